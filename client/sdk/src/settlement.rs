//! Sends settlements. A settlement differs from every other transaction: its secret is public as soon as one byte is sent, and
//! a node may keep it back. So it is never simulated, and nodes get its bytes by `sendTransaction` alone, without preflight;
//! their answers to that decide nothing; and it is signed anew before the last one has expired, since a second one on the
//! ledger costs only a fee. Sending ends when enough nodes agree on the outcome, even if another node contradicts them: a node
//! that lies must not make the seller sign for ever.

pub(crate) mod event;
pub(crate) mod options;
mod outcome;
pub(crate) mod send;
