//! Signed transactions, on their way to the ledger.
//!
//! * [`check`]: which transactions are relayed at all.
//! * `places`: how many are on their way at the same time, and whose.
//! * [`send`]: to all nodes, until the ledger shows the outcome.
//!
//! A transaction's signature says which one it is. The ledger takes it once, however often it is sent, and what became of it
//! is read from the ledger: so the relay keeps nothing on the disk, and a restarted gateway answers as before.

pub mod check;
mod outcome;
mod places;
pub mod send;
