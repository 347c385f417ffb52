//! One change of an audit trail, as text.

use generion_client::rpc::{amount::Sol, text::quoted};
use generion_history::{ChangeDetails, ChangeKind, Entry, Source};
use solana_address::Address;

use crate::output::{count::Count, time};

/// The details of a change, without the subject of the history and without the actor, which have columns of their own.
pub fn describe(entry: &Entry, subject: &Address, self_issued_records: Option<usize>) -> String {
    let details = &entry.details;
    let actor = entry.actor();
    let mut parts = Vec::new();
    let mut address = |name: &str, address: Option<Address>| {
        if let Some(address) =
            address.filter(|address| address != subject && Some(*address) != actor)
        {
            parts.push(format!("{name} {address}"));
        }
    };
    match entry.kind {
        ChangeKind::EncryptionKeySet => {}
        ChangeKind::RecordCreated | ChangeKind::RecordVerified | ChangeKind::RecordDeleted => {
            address("record", details.record);
            address("of", details.owner);
            address("by", details.creator);
        }
        ChangeKind::RecordShared | ChangeKind::ShareRevoked => {
            address("record", details.record);
            address("share", details.share);
            address("with", details.recipient);
        }
        ChangeKind::OrderCreated | ChangeKind::SalesStopped | ChangeKind::OrderClosed => {
            address("order", details.order);
            address("for", details.only_buyer);
        }
        ChangeKind::Purchased
        | ChangeKind::Delivered
        | ChangeKind::Settled
        | ChangeKind::Refunded
        | ChangeKind::PurchaseClosed
        | ChangeKind::StudyJoined
        | ChangeKind::ParticipantAdmitted
        | ChangeKind::SeatClosed => {
            address("purchase", details.purchase);
            address("of order", details.order);
            address("from", details.seller);
            address("to", details.buyer);
            address("of study", details.study);
        }
        ChangeKind::StudyCreated
        | ChangeKind::StudyUpdated
        | ChangeKind::BudgetWithdrawn
        | ChangeKind::StudyClosed => {
            address("study", details.study);
            address("by", details.sponsor);
        }
        ChangeKind::StudyApplied | ChangeKind::ApplicationWithdrawn => {
            address("application", details.application);
            address("to study", details.study);
            address("of order", details.order);
            address("from", details.participant);
        }
    }
    parts.extend(amounts(entry.kind, details));
    match (entry.is_self_issued(), self_issued_records) {
        (Some(true), _) if entry.kind == ChangeKind::RecordCreated => {
            parts.push("SELF-ISSUED".to_owned())
        }
        (_, Some(count @ 1..)) => parts.push(format!("{count} SELF-ISSUED")),
        _ => {}
    }
    if let Some(program) = entry.through {
        parts.push(format!("through program {program}"));
    }
    match (&entry.failure, entry.source) {
        (Some(failed), _) => {
            let reason = failed
                .rule
                .map_or_else(|| failed.error.to_string(), |rule| rule.to_string());
            parts.push(format!("FAILED: {reason}"));
        }
        (None, Source::Complete) => {}
        (None, Source::InstructionAlone(lost)) => {
            parts.push(format!("from the instruction alone: {}", lost.reason()));
        }
        (None, Source::EventAlone(lost)) => {
            parts.push(format!("from the event alone: {}", lost.reason()));
        }
    }
    parts.join(", ")
}

/// The numbers of a change, with their units.
fn amounts(kind: ChangeKind, details: &ChangeDetails) -> Vec<String> {
    let mut parts = Vec::new();
    match kind {
        ChangeKind::EncryptionKeySet => {
            parts.extend(details.key_index.map(|index| format!("key {index}")))
        }
        ChangeKind::RecordShared => {
            let expires = details.expires_at.filter(|time| *time != 0);
            parts.extend(expires.map(|time| format!("until {}", time::show(time))));
        }
        ChangeKind::OrderCreated => {
            parts.extend(details.id.map(|id| format!("id {id}")));
            parts.extend(details.label.as_deref().map(quoted));
            let records = details.records.as_ref();
            parts.extend(records.map(|records| Count(records.len(), "record").to_string()));
            parts.extend(details.price.map(|price| format!("for {}", Sol(price))));
        }
        ChangeKind::SalesStopped => {
            parts.extend(
                details
                    .pending_purchases
                    .map(|count| format!("{count} pending")),
            );
        }
        ChangeKind::Purchased | ChangeKind::StudyJoined | ChangeKind::ParticipantAdmitted => {
            parts.extend(
                details
                    .price
                    .map(|price| format!("{} into escrow", Sol(price))),
            );
            parts.extend(
                details
                    .deadline
                    .map(|time| format!("to be delivered by {}", time::show(time))),
            );
        }
        ChangeKind::Delivered => {
            parts.extend(
                details
                    .count
                    .map(|count| Count(count, "record").to_string()),
            );
            let settle_by = details.settle_by.filter(|time| *time != 0);
            let locked = |time| format!("locked, to be settled by {}", time::show(time));
            parts.extend(settle_by.map(locked));
        }
        ChangeKind::Settled => {
            let paid = details.lamports;
            parts.extend(paid.map(|lamports| format!("{} to the seller", Sol(lamports))));
        }
        ChangeKind::OrderClosed => {
            parts.extend(
                details
                    .settled_purchases
                    .map(|count| format!("{count} settled")),
            );
        }
        ChangeKind::RecordCreated | ChangeKind::RecordVerified | ChangeKind::RecordDeleted => {}
        ChangeKind::ShareRevoked => {}
        ChangeKind::Refunded | ChangeKind::PurchaseClosed => {}
        ChangeKind::StudyCreated => {
            parts.extend(details.id.map(|id| format!("id {id}")));
            let reward = details.reward;
            parts.extend(reward.map(|reward| format!("{} for each participant", Sol(reward))));
            let closes_at = details.closes_at;
            parts.extend(closes_at.map(|time| format!("open until {}", time::show(time))));
        }
        ChangeKind::StudyUpdated => {
            let closes_at = details.closes_at;
            parts.extend(closes_at.map(|time| format!("open until {}", time::show(time))));
        }
        ChangeKind::BudgetWithdrawn
        | ChangeKind::StudyApplied
        | ChangeKind::ApplicationWithdrawn
        | ChangeKind::SeatClosed
        | ChangeKind::StudyClosed => {}
    }
    let back = details.lamports.filter(|_| kind != ChangeKind::Settled);
    parts.extend(back.map(|lamports| format!("{} back", Sol(lamports))));
    parts
}
