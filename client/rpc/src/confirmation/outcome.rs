//! The outcome of a transaction.

use solana_signature::Signature;
use solana_transaction_error::TransactionError;

use crate::{
    cluster::OtherGenesis,
    node::{GenesisError, NodeError},
};

/// A transaction on the ledger that succeeded, as a node shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The transaction's signature.
    pub signature: Signature,
    /// The slot of the transaction.
    pub slot: u64,
    /// The transaction's fee, in lamports.
    pub fee: u64,
    /// The compute units that it used; 0 where the node does not say.
    pub compute_units: u64,
    /// The transaction's log, line by line; empty if the node does not show it.
    pub logs: Vec<String>,
}

/// The state of a transaction, as several nodes show it at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The transaction is on the ledger, and succeeded.
    Confirmed(Confirmed),
    /// The transaction is not confirmed yet, or a node is behind.
    Open,
    /// Some nodes show it as confirmed, and others don't know it or show something else.
    Contradictory,
}

/// A transaction on the ledger that failed: it had no effect, and cost its fee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {signature} failed")]
pub struct FailedTransaction {
    /// The transaction's signature.
    pub signature: Signature,
    /// The slot of the transaction.
    pub slot: u64,
    /// The transaction's fee, in lamports.
    pub fee: u64,
    /// The ledger's error.
    pub error: TransactionError,
    /// The transaction's log, line by line.
    pub logs: Vec<String>,
}

/// Why a transaction is not confirmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// The transaction failed on the ledger.
    #[error(transparent)]
    Failed(#[from] Box<FailedTransaction>),
    /// The block hash of the transaction expired before the transaction reached the ledger. It never will.
    #[error("transaction {0} expired before it reached the ledger, and can't reach it any more")]
    Expired(Signature),
    /// The transaction was sent, and the nodes don't show its outcome.
    #[error("transaction {0} was sent, but the nodes don't show its outcome")]
    Unknown(Signature),
    /// A node does not answer, or refuses the transaction.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node is of another cluster.
    #[error(transparent)]
    OtherGenesis(#[from] OtherGenesis),
}

impl From<GenesisError> for ConfirmationError {
    fn from(error: GenesisError) -> Self {
        match error {
            GenesisError::Node(error) => error.into(),
            GenesisError::Other(error) => error.into(),
        }
    }
}
