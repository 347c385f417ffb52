//! Signed transactions, on their way to the ledger.
//!
//! * [`check`]: which transactions are relayed at all.
//! * `block_hash`: whether a transaction can still reach the ledger.
//! * `places`: the number of transactions on their way, and their clients.
//! * [`send`]: to all nodes, until the ledger shows the outcome.
//!
//! A transaction is identified by its signature. The ledger takes it once, however often it is sent, and the outcome is read
//! from the ledger. So the relay keeps nothing on the disk, and a restarted gateway answers as before.

mod block_hash;
pub mod check;
mod outcome;
mod places;
pub mod send;
