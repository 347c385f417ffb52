//! Transactions as nodes list them.

use solana_signature::Signature;

/// A transaction as a node lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) signature: Signature,
    pub(crate) slot: u64,
    pub(crate) time: Option<i64>,
    pub(crate) failed: bool,
}
