//! What becomes of a transaction that is relayed.

use generion::GenerionError;
use generion_rpc::{cluster::OtherGenesis, node::NodeError};
use solana_transaction_error::TransactionError;

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// It was sent, or a node has it, and it is not confirmed yet.
    Pending,
    /// It succeeded, and two thirds of the stake voted for it.
    Confirmed {
        /// Its slot.
        slot: u64,
        /// Its fee, in lamports.
        fee: u64,
        /// The compute units that it used.
        compute_units: u64,
    },
    /// It failed on the ledger: it cost its fee and had no other effect.
    Failed {
        /// Its slot.
        slot: u64,
        /// Its fee, in lamports.
        fee: u64,
        /// The rule of the program that it broke, if it was one.
        rule: Option<GenerionError>,
        /// The ledger's error.
        error: TransactionError,
    },
    /// It is not on the ledger and never will be: its block hash is no longer valid.
    Expired,
}

/// Why the outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// No node took it, or none answers.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node belongs to another ledger.
    #[error(transparent)]
    OtherLedger(#[from] OtherGenesis),
    /// The nodes don't say what became of it.
    #[error(
        "the nodes do not say what became of the transaction, and it may still land: ask for it again, and build no other \
         one before you know"
    )]
    Unknown,
    /// Too many transactions are on their way.
    #[error(
        "too many transactions are on their way, and this one is no longer followed: ask for it, and send it again if no \
         node knows it"
    )]
    Busy,
    /// Too many of the same client are on their way.
    #[error(
        "{0} transactions from this address are on their way already: send this one again once some of them have landed"
    )]
    ClientBusy(usize),
}

/// What became of a transaction, or why that is not known.
pub(super) type Outcome = Result<TransactionOutcome, RelayError>;
