//! How a settlement is sent. It differs from every other transaction: from the first byte on its secret is public, and
//! whoever has it may keep it. So it is never simulated, and no other method of a node gets its bytes than
//! `sendTransaction`, without preflight; what nodes answer to that decides nothing; and it is signed anew before the last
//! one is dead, since a second one that lands costs a fee and nothing else. It ends when enough nodes agree on what the
//! ledger holds, whatever another one says: one that lies about it must not have the seller sign for ever.

pub(crate) mod event;
pub(crate) mod options;
mod outcome;
pub(crate) mod send;
