//! A transaction as the index keeps it.

use generion_history::{Entry, Fetched, Listing, TransactionChanges};

use crate::{
    change::Change,
    storage::{FoundChange, FoundTransaction, TransactionState},
};

/// Reads a transaction as a node has it.
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
        body: serde_json::to_string(&Change::of(entry)).expect("texts and numbers are JSON"),
        addresses,
    }
}
