//! Compares what two nodes show of the same transactions.

use std::collections::HashMap;

use solana_address::Address;
use solana_signature::Signature;

use crate::{
    entry::{Entry, Source},
    gap::{Gap, GapKind},
    listing::Listing,
    node_reader::{Fetched, Walked},
    transaction::TransactionChanges,
};

/// The differences between two nodes' lists of the same address.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    /// The transactions that only the first node lists, and those that only the second lists.
    pub(crate) alone: [Vec<Listing>; 2],
    /// The transactions that both list, with different details.
    pub(crate) unlike: Vec<[Listing; 2]>,
}

impl Differences {
    /// Compares the part that both nodes must have: `up_to` is the slot that both had reached.
    pub(crate) fn of(first: &Walked, second: &Walked, up_to: u64) -> Self {
        let behind = first.complete_behind.max(second.complete_behind);
        let is_of_both = |listing: &&Listing| {
            listing.slot <= up_to && behind.is_none_or(|behind| listing.slot > behind)
        };
        let by_signature = |walked: &Walked| -> HashMap<Signature, Listing> {
            let listed = walked.listed.iter();
            listed
                .map(|listing| (listing.signature, *listing))
                .collect()
        };
        let (of_first, of_second) = (by_signature(first), by_signature(second));
        let mut differences = Self::default();
        for listing in first.listed.iter().filter(is_of_both) {
            match of_second.get(&listing.signature) {
                None => differences.alone[0].push(*listing),
                Some(other) if (other.slot, other.failed) != (listing.slot, listing.failed) => {
                    differences.unlike.push([*listing, *other]);
                }
                Some(_) => {}
            }
        }
        let only_second = second.listed.iter().filter(is_of_both);
        differences.alone[1]
            .extend(only_second.filter(|listing| !of_first.contains_key(&listing.signature)));
        differences
    }

    /// The first node's list. A transaction that only one of both nodes calls failed counts as succeeded here, so that it is
    /// looked at.
    pub(crate) fn believed(&self, mut listed: Vec<Listing>) -> Vec<Listing> {
        for [one, other] in &self.unlike {
            let unlike = listed.iter_mut().filter(|listing| *listing == one);
            unlike.for_each(|listing| listing.failed &= other.failed);
        }
        listed
    }

    /// The gaps: the transactions that one of both lists lacks.
    pub(crate) fn gaps(&self, account: Address, names: &[String; 2]) -> Vec<Gap> {
        let alone = self.alone.iter().zip([(0, 1), (1, 0)]);
        let mut gaps: Vec<_> = alone
            .filter_map(|(listings, (who, other))| {
                let words = format!(
                    "{} that the node at {} lists, the node at {} does not list",
                    transactions(listings.len()),
                    names[who],
                    names[other]
                );
                of_many(Some(account), listings, words)
            })
            .collect();
        gaps.extend(self.unlike.iter().map(|[one, other]| Gap {
            kind: GapKind::NodesDiffer,
            account: Some(account),
            signature: Some(one.signature),
            from_slot: Some(one.slot.min(other.slot)),
            to_slot: Some(one.slot.max(other.slot)),
            missing: format!(
                "of this transaction the node at {} says that it {}, and the node at {} that it {}",
                names[0],
                outcome(one),
                names[1],
                outcome(other)
            ),
        }));
        gaps
    }
}

/// The nodes that show a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Teller {
    /// Both nodes, alike; or neither.
    Both,
    /// One of them alone: the first (0) or the second (1).
    Only(usize),
    /// Both, and not alike.
    Disagreeing,
}

/// Joins what two nodes have of a transaction.
pub(crate) fn together(first: Fetched, second: Fetched) -> (Fetched, Teller) {
    match (first, second) {
        (Fetched::Read(first), Fetched::Read(second)) => {
            if let Some(both) = merged(&first, &second) {
                return (Fetched::Read(both), Teller::Both);
            }
            match (is_whole(&first), is_whole(&second)) {
                (true, false) => (Fetched::Read(first), Teller::Only(0)),
                (false, true) => (Fetched::Read(second), Teller::Only(1)),
                _ => (Fetched::Read(first), Teller::Disagreeing),
            }
        }
        (Fetched::Read(first), _) => (Fetched::Read(first), Teller::Only(0)),
        (_, Fetched::Read(second)) => (Fetched::Read(second), Teller::Only(1)),
        (unreadable @ Fetched::Unreadable(_), _) | (_, unreadable) => (unreadable, Teller::Both),
    }
}

/// The transactions that only one of two nodes shows, as one gap; `None` if there are none.
pub(crate) fn told_alone(listings: &[Listing], who: &str, other: &str) -> Option<Gap> {
    let words = format!(
        "{} that the node at {other} does not tell as a whole: the node at {who} alone tells of them",
        transactions(listings.len())
    );
    of_many(None, listings, words)
}

fn of_many(account: Option<Address>, listings: &[Listing], missing: String) -> Option<Gap> {
    let slots = || listings.iter().map(|listing| listing.slot);
    let from_slot = slots().min()?;
    let signature = match listings {
        [listing] => Some(listing.signature),
        _ => None,
    };
    Some(Gap {
        kind: GapKind::NodesDiffer,
        account,
        signature,
        from_slot: Some(from_slot),
        to_slot: slots().max(),
        missing,
    })
}

fn transactions(count: usize) -> String {
    match count {
        1 => "one transaction".to_owned(),
        _ => format!("{count} transactions"),
    }
}

fn outcome(listing: &Listing) -> String {
    let outcome = if listing.failed {
        "failed"
    } else {
        "succeeded"
    };
    format!("{outcome} in slot {}", listing.slot)
}

/// Whether everything that a transaction did with the program is known.
fn is_whole(executed: &TransactionChanges) -> bool {
    let is_complete = |entry: &Entry| entry.source == Source::Complete;
    executed.unread.is_empty() && executed.entries.iter().all(is_complete)
}

/// The changes that both show; `None` if they contradict each other, or if the parts that one of them has lost can't be joined
/// with the other's.
fn merged(first: &TransactionChanges, second: &TransactionChanges) -> Option<TransactionChanges> {
    if first.entries.len() != second.entries.len() {
        return None;
    }
    let entries = first.entries.iter().zip(&second.entries);
    let entries = entries.map(|(one, other)| {
        let is_same = (one.slot, one.position, one.kind, one.fee)
            == (other.slot, other.position, other.kind, other.fee)
            && one.signers == other.signers
            && one.failure == other.failure;
        let (time, through) = (one.time.or(other.time), one.through.or(other.through));
        let is_same = is_same
            && other.time.is_none_or(|told| time == Some(told))
            && other.through.is_none_or(|told| through == Some(told));
        let details = one.details.with(&other.details)?;
        is_same.then(|| Entry {
            time,
            through,
            details,
            source: match one.source {
                Source::Complete => one.source,
                _ => other.source,
            },
            ..one.clone()
        })
    });
    let unread = match second.unread.is_empty() {
        true => &second.unread,
        false => &first.unread,
    };
    Some(TransactionChanges {
        entries: entries.collect::<Option<_>>()?,
        unread: unread.clone(),
        accounts: first.accounts.clone(),
    })
}
