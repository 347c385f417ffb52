//! Sending: a transaction is simulated (`simulateTransaction`), given the compute units that it needs, and sent to all nodes
//! until it is confirmed. It is never signed a second time while the first could still reach the ledger.
//!
//! A transaction that carries a secret is never simulated: [`Confidential`] has no method for it, and `settlement` has a sender
//! of its own.
//!
//! [`Confidential`]: prepared::Confidential

pub(crate) mod budget;
pub(crate) mod confirmed;
pub(crate) mod dry_run;
pub(crate) mod options;
pub(crate) mod prepared;
mod send;
pub(crate) mod signed;
pub(crate) mod terms;
