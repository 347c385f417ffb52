//! Changes, as histories show them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    change::Change,
    http::problem::Problem,
    json::U64Text,
    storage::{StoredChange, TransactionState},
};

/// The finality of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCommitment {
    /// Two thirds of the stake have voted for it. A fork may still take it back.
    Confirmed,
    /// The transaction is final.
    Finalized,
    /// The transaction was confirmed, and a fork took it back: it did not happen.
    Vanished,
}

/// A change, or of a failed transaction the attempt at one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// The finality of the transaction.
    pub commitment: ChangeCommitment,
    /// The slot of the transaction.
    pub slot: U64Text,
    #[serde(flatten)]
    pub change: Change,
}

impl ChangeView {
    /// Shows a change of the index.
    ///
    /// # Errors
    /// `Internal` if this software can't read its own row.
    pub fn read(stored: &StoredChange) -> Result<Self, Problem> {
        let change = serde_json::from_str(&stored.body);
        Ok(Self {
            commitment: match stored.state {
                TransactionState::Finalized => ChangeCommitment::Finalized,
                TransactionState::Vanished => ChangeCommitment::Vanished,
                _ => ChangeCommitment::Confirmed,
            },
            slot: U64Text(stored.at.slot),
            change: change.map_err(|error| Problem::internal(&error))?,
        })
    }
}
