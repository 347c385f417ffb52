//! The errors of following the ledger.

use generion_rpc::node::NodeError;

use super::{ledger_node::LedgerNodeError, snapshot::SnapshotError};
use crate::storage::StorageError;

/// The reason why the ledger could not be followed. All that was written before is right, and the next step continues from
/// there.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// A node failed.
    #[error(transparent)]
    Node(#[from] LedgerNodeError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<NodeError> for FollowError {
    fn from(error: NodeError) -> Self {
        Self::Node(error.into())
    }
}

impl From<SnapshotError> for FollowError {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Node(error) => Self::Node(error),
            SnapshotError::Storage(error) => Self::Storage(error),
        }
    }
}
