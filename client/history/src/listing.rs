//! Transactions as nodes list them.

use solana_signature::Signature;

/// A transaction as a node lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The transaction's signature.
    pub signature: Signature,
    /// The transaction's slot.
    pub slot: u64,
    /// The time of its block, in seconds since the Unix epoch, if the node knows it.
    pub time: Option<i64>,
    /// Whether it failed, so that it changed nothing.
    pub failed: bool,
}
