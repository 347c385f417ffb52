//! Sending: a transaction is simulated, given the compute units that it needs, sent to all nodes until the ledger tells
//! its status, and never made a second time while the first could still land.
//!
//! What carries a secret is never simulated: [`Confidential`] has no way to, and `settlement` has a sender of its own.
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
