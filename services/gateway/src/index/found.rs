//! A transaction as the index keeps it.

use generion_history::{Entry, Fetched, Listing, Source, TransactionChanges};
use serde::Serialize;
use solana_address::Address;
use std::collections::BTreeMap;

use crate::storage::{FoundChange, FoundTransaction, TransactionState};

/// A change in JSON. Numbers of the ledger are texts: a client's numbers may end at 2^53.
#[derive(Serialize)]
struct ChangeBody {
    event: &'static str,
    instruction: &'static str,
    slot: u64,
    block_at: Option<i64>,
    signature: String,
    position: usize,
    /// `complete`, or what alone shows it: `instruction`, `event`.
    source: &'static str,
    /// Another program, whose instruction led to it.
    through: Option<String>,
    /// `null`: it did not fail.
    error: Option<String>,
    /// The program's rule that it broke.
    rule: Option<String>,
    by: Option<String>,
    signers: Vec<String>,
    fee_lamports: String,
    accounts: BTreeMap<&'static str, String>,
    details: Details,
}

/// What else is known of a change; what is not known is left out.
#[derive(Serialize)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts_root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_lamports: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_window_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settle_by_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_out_lamports: Option<String>,
}

/// Reads what a node has of a transaction.
pub fn found(listing: &Listing, fetched: Fetched, state: TransactionState) -> FoundTransaction {
    let (changes, unread) = match fetched {
        Fetched::Read(TransactionChanges {
            entries, unread, ..
        }) => (entries, unread),
        Fetched::Unreadable(reason) => (Vec::new(), vec![reason]),
        Fetched::Missing => {
            let reason = "the node lists it, and does not keep it any more".to_owned();
            (Vec::new(), vec![reason])
        }
    };
    FoundTransaction {
        signature: listing.signature,
        slot: listing.slot,
        block_time: listing.time,
        failed: listing.failed,
        state,
        unread: (!unread.is_empty()).then(|| unread.join("; ")),
        changes: changes.iter().map(change).collect(),
        touched: Vec::new(),
    }
}

fn change(entry: &Entry) -> FoundChange {
    let mut addresses: Vec<_> = entry.details.roles().map(|(_, address)| *address).collect();
    addresses.extend(entry.details.records.iter().flatten());
    addresses.extend(&entry.signers);
    FoundChange {
        kind: entry.kind.name(),
        body: serde_json::to_string(&body(entry)).expect("texts and numbers are JSON"),
        addresses,
    }
}

fn body(entry: &Entry) -> ChangeBody {
    let details = &entry.details;
    let failure = entry.failure.as_ref();
    let text = |number: u64| number.to_string();
    ChangeBody {
        event: entry.kind.name(),
        instruction: entry.kind.instruction(),
        slot: entry.slot,
        block_at: entry.time,
        signature: entry.signature.to_string(),
        position: entry.position,
        source: match entry.source {
            Source::Complete => "complete",
            Source::InstructionAlone(_) => "instruction",
            Source::EventAlone(_) => "event",
        },
        through: entry.through.map(|program| program.to_string()),
        error: failure.map(|failure| failure.error.to_string()),
        rule: failure.and_then(|failure| Some(format!("{:?}", failure.rule?))),
        by: entry.actor().map(|actor| actor.to_string()),
        signers: entry.signers.iter().map(Address::to_string).collect(),
        fee_lamports: text(entry.fee),
        accounts: details
            .roles()
            .map(|(role, address)| (role, address.to_string()))
            .collect(),
        details: Details {
            id: details.id.map(text),
            records: details
                .records
                .as_ref()
                .map(|records| records.iter().map(Address::to_string).collect()),
            verified: details.verified,
            key_index: details.key_index,
            encryption_key: details.encryption_key.map(hex::encode),
            data_public_key: details.data_public_key.map(hex::encode),
            facts_root: details.facts_root.map(hex::encode),
            created_at: details.created_at,
            expires_at: details.expires_at.filter(|time| *time != 0),
            label: details.label.clone(),
            price_lamports: details.price.map(text),
            delivery_window_seconds: details.delivery_window,
            deadline_at: details.deadline,
            settle_by_at: details.settle_by.filter(|time| *time != 0),
            paid_out_lamports: details.lamports.map(text),
        },
    }
}
