//! Changes, as histories show them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{
        json::{AddressText, SignatureText, U64Text},
        problem::Problem,
    },
    storage::{StoredChange, TransactionState},
};

/// How sure it is that a transaction stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCommitment {
    /// Two thirds of the stake have voted for it. A fork may still take it back.
    Confirmed,
    /// It is there for good.
    Finalized,
    /// It was confirmed, and a fork took it back: it did not happen.
    Vanished,
}

/// A change, or of a failed transaction the attempt at one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// How sure it is that the transaction stays.
    pub commitment: ChangeCommitment,
    /// The slot of the transaction.
    pub slot: U64Text,
    #[serde(flatten)]
    pub change: Change,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangeBody)]
pub struct Change {
    /// The event's name, such as `RecordCreated`.
    pub event: String,
    /// The instruction, such as `create_record`.
    pub instruction: String,
    /// The time of the block, in seconds since the Unix epoch; `null` where the node does not know it any more.
    pub block_at: Option<i64>,
    /// The transaction.
    pub signature: SignatureText,
    /// The change's place among those of the transaction, from 0.
    pub position: u32,
    /// `complete`, or what alone shows it: `instruction`, `event`.
    pub source: String,
    /// Another program, whose instruction led to it.
    pub through: Option<AddressText>,
    /// Why the transaction failed, so that it changed nothing; `null`: it did not fail.
    pub error: Option<String>,
    /// The program's rule that it broke.
    pub rule: Option<String>,
    /// Who did it.
    pub by: Option<AddressText>,
    /// Who signed the transaction, the payer of its fee first.
    pub signers: Vec<AddressText>,
    /// The whole transaction's fee.
    pub fee_lamports: U64Text,
    /// Wallets and accounts by their part in it.
    pub accounts: BTreeMap<String, AddressText>,
    /// What else is known of it.
    pub details: ChangeDetails,
}

/// What else is known of a change; what is not known is left out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangeDetails {
    /// The number of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<U64Text>,
    /// The records of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Vec<AddressText>>,
    /// Whether a record was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Index of an encryption key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_index: Option<u32>,
    /// An encryption key, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_key: Option<String>,
    /// The key to which a document is encrypted, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_public_key: Option<String>,
    /// Root of a document's facts, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts_root: Option<String>,
    /// A time of creation, in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// When a share expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// An order's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_lamports: Option<U64Text>,
    /// How long the seller has for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_window_seconds: Option<u32>,
    /// Deadline for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_at: Option<i64>,
    /// Deadline for settling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle_by_at: Option<i64>,
    /// What was paid out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_out_lamports: Option<U64Text>,
}

impl ChangeView {
    /// Shows a change of the index.
    ///
    /// # Errors
    /// `Internal` where this software can't read what it wrote.
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
