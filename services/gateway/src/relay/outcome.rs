//! The outcome of a transaction that is relayed.

use generion::GenerionError;
use generion_rpc::{cluster::OtherGenesis, node::NodeError};
use solana_transaction_error::TransactionError;

/// The outcome of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// The transaction was sent, or a node has it, and it is not confirmed yet.
    Pending,
    /// The transaction succeeded, and two thirds of the stake voted for it.
    Confirmed {
        /// The slot of the transaction.
        slot: u64,
        /// The fee of the transaction, in lamports.
        fee: u64,
        /// The compute units that it used.
        compute_units: u64,
    },
    /// The transaction failed on the ledger: it cost its fee and had no other effect.
    Failed {
        /// The slot of the transaction.
        slot: u64,
        /// The fee of the transaction, in lamports.
        fee: u64,
        /// The rule of the program that it broke, if it was one.
        rule: Option<GenerionError>,
        /// The ledger's error.
        error: TransactionError,
    },
    /// The transaction is not on the ledger and never will be: its block hash is no longer valid.
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
    /// The nodes don't show the outcome.
    #[error(
        "the nodes do not show the outcome of the transaction, and it may still reach the ledger: ask for it again, and build no other \
         one before you know"
    )]
    Unknown,
    /// Some nodes have it, and others do not.
    #[error(
        "the nodes contradict each other: some show the transaction, and others do not know it, or have deleted it. Ask again, \
         or ask a node that keeps the whole history, and build no other one before you know"
    )]
    Contradictory,
    /// Too many transactions are on their way.
    #[error(
        "too many transactions are on their way, and this one is no longer followed: ask for it, and send it again if no \
         node knows it"
    )]
    Busy,
    /// Too many of the same client are on their way.
    #[error(
        "{0} transactions from this address are on their way already: send this one again once some of them are confirmed"
    )]
    ClientBusy(usize),
}

/// The outcome of a transaction, or the reason why it is unknown.
pub(super) type Outcome = Result<TransactionOutcome, RelayError>;
