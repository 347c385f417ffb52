//! A change of the ledger in JSON, as the index keeps it and histories show it.

use std::collections::BTreeMap;

use generion_history::{Entry, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::json::{AddressText, SignatureText, U64Text};

/// The kind of the change.
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
    /// `complete`, or the only source of the change: `instruction`, `event`.
    pub source: String,
    /// Another program, whose instruction called this one.
    pub through: Option<AddressText>,
    /// Why the transaction failed, so that it changed nothing; `null`: it did not fail.
    pub error: Option<String>,
    /// The program's rule that it broke.
    pub rule: Option<String>,
    /// The wallet that acted.
    pub by: Option<AddressText>,
    /// The signers of the transaction, the payer of its fee first.
    pub signers: Vec<AddressText>,
    /// The whole transaction's fee.
    pub fee_lamports: U64Text,
    /// Wallets and accounts by their part in it.
    pub accounts: BTreeMap<String, AddressText>,
    /// The further details.
    pub details: ChangeDetails,
}

/// The further details of a change; unknown ones are left out.
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
    /// The time that the seller has for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_window_seconds: Option<u32>,
    /// Deadline for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_at: Option<i64>,
    /// Deadline for settling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle_by_at: Option<i64>,
    /// The amount that was paid out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_out_lamports: Option<U64Text>,
}

impl Change {
    /// A change, as the audit trail has it.
    pub fn of(entry: &Entry) -> Self {
        let details = &entry.details;
        let failure = entry.failure.as_ref();
        let source = match entry.source {
            Source::Complete => "complete",
            Source::InstructionAlone(_) => "instruction",
            Source::EventAlone(_) => "event",
        };
        let accounts = details
            .roles()
            .map(|(role, address)| (role.to_owned(), AddressText(*address)));
        Self {
            event: entry.kind.name().to_owned(),
            instruction: entry.kind.instruction().to_owned(),
            block_at: entry.time,
            signature: SignatureText(entry.signature),
            position: u32::try_from(entry.position).unwrap_or(u32::MAX),
            source: source.to_owned(),
            through: entry.through.map(AddressText),
            error: failure.map(|failure| failure.error.to_string()),
            rule: failure.and_then(|failure| Some(format!("{:?}", failure.rule?))),
            by: entry.actor().map(AddressText),
            signers: entry.signers.iter().copied().map(AddressText).collect(),
            fee_lamports: U64Text(entry.fee),
            accounts: accounts.collect(),
            details: ChangeDetails {
                id: details.id.map(U64Text),
                records: details
                    .records
                    .as_ref()
                    .map(|records| records.iter().copied().map(AddressText).collect()),
                verified: details.verified,
                key_index: details.key_index,
                encryption_key: details.encryption_key.map(hex::encode),
                data_public_key: details.data_public_key.map(hex::encode),
                facts_root: details.facts_root.map(hex::encode),
                created_at: details.created_at,
                expires_at: details.expires_at.filter(|time| *time != 0),
                label: details.label.clone(),
                price_lamports: details.price.map(U64Text),
                delivery_window_seconds: details.delivery_window,
                deadline_at: details.deadline,
                settle_by_at: details.settle_by.filter(|time| *time != 0),
                paid_out_lamports: details.lamports.map(U64Text),
            },
        }
    }
}
