//! The program's transactions as the nodes list and show them.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use futures::{StreamExt, TryStreamExt, stream};
use generion_history::{Fetched, Listing, TransactionChanges};
use solana_signature::Signature;

use super::{
    follow_error::FollowError,
    found::found,
    ledger_node::{LedgerNode, LedgerNodeError},
    ledger_nodes::Reached,
};
use crate::storage::{FoundTransaction, Storage, TransactionState};

/// Transactions that a node lists in its first answer: mostly there are few new ones.
const FIRST_LISTED: usize = 64;
/// Transactions that a node lists in each further answer.
const LISTED_AT_A_TIME: usize = 1_000;
/// Transactions that are asked for at the same time.
const FETCHED_AT_A_TIME: usize = 16;

/// A transaction that was read.
pub struct ReadTransaction {
    /// The transaction, as the index keeps it.
    pub transaction: FoundTransaction,
    /// Whether it is unknown which accounts the transaction may have changed.
    pub is_unread: bool,
}

/// The transactions behind a slot that the index does not have, from any of the nodes, the oldest first.
///
/// # Errors
/// [`FollowError`].
pub async fn list_new(
    storage: &Storage,
    reached: &Reached<'_>,
    behind: u64,
) -> Result<Vec<Listing>, FollowError> {
    let listings = reached
        .ask(|node| list_behind(node, reached.slot, behind))
        .await?;
    let mut all: HashMap<Signature, Listing> = HashMap::new();
    // The latest first; the order within a slot is that of the first node that has it.
    let mut order: Vec<(u64, usize, Signature)> = Vec::new();
    for (_, listed) in listings {
        let count = listed.len();
        for (index, listing) in listed.into_iter().enumerate() {
            let signature = listing.signature;
            if let Entry::Vacant(place) = all.entry(signature) {
                order.push((listing.slot, count - index, signature));
                place.insert(listing);
            }
        }
    }
    order.sort_unstable_by_key(|(slot, place, _)| (*slot, *place));
    let signatures: Vec<_> = order.iter().map(|(_, _, signature)| *signature).collect();
    let known = storage.known(&signatures).await?;
    let is_new = |signature: &Signature| {
        let state = known.get(signature);
        state.is_none_or(|state| *state == TransactionState::Vanished)
    };
    Ok((signatures.iter())
        .filter(|signature| is_new(signature))
        .filter_map(|signature| all.remove(signature))
        .collect())
}

/// Transactions by their signatures, each as the first node lists it that knows it. Those that no node knows are left out. There
/// are at most [`MAX_SIGNATURES`](super::ledger_node::MAX_SIGNATURES).
///
/// # Errors
/// [`FollowError`], where no node answers.
pub async fn look_up(
    reached: &Reached<'_>,
    signatures: &[Signature],
) -> Result<Vec<Listing>, FollowError> {
    let answers = reached.ask(|node| node.listings(signatures)).await?;
    let mut listed = vec![None; signatures.len()];
    for (_, shown) in answers {
        for (known, shown) in listed.iter_mut().zip(shown) {
            if known.is_none() {
                *known = shown;
            }
        }
    }
    Ok(listed.into_iter().flatten().collect())
}

/// A node's list of transactions after a slot and up to the one that was reached, the latest first.
///
/// # Errors
/// [`LedgerNodeError`].
pub async fn list_behind(
    node: &LedgerNode,
    up_to: u64,
    behind: u64,
) -> Result<Vec<Listing>, LedgerNodeError> {
    let reader = node.reader(up_to);
    let (mut listed, mut before) = (Vec::new(), None);
    let mut limit = FIRST_LISTED;
    loop {
        let page = reader
            .page(&reader.addresses.program_id, before, limit)
            .await?;
        let is_last = page.len() < limit;
        before = page.last().map(|listing| listing.signature);
        for listing in page {
            if listing.slot <= behind {
                return Ok(listed);
            }
            if listing.slot <= up_to {
                listed.push(listing);
            }
        }
        if is_last {
            return Ok(listed);
        }
        limit = LISTED_AT_A_TIME;
    }
}

/// Reads transactions from all nodes. Those that the nodes disagree on are marked.
///
/// # Errors
/// [`FollowError`], where no node answers.
pub async fn fetch(
    reached: &Reached<'_>,
    listed: &[Listing],
    state: TransactionState,
) -> Result<Vec<ReadTransaction>, FollowError> {
    let listed = listed.to_vec();
    stream::iter(listed)
        .map(|listing| async move { fetch_one(reached, &listing, state).await })
        .buffered(FETCHED_AT_A_TIME)
        .try_collect()
        .await
}

async fn fetch_one(
    reached: &Reached<'_>,
    listing: &Listing,
    state: TransactionState,
) -> Result<ReadTransaction, FollowError> {
    let answers = reached
        .ask(|node| async move { Ok(node.reader(reached.slot).fetch(listing).await?) })
        .await?;
    let mut named = BTreeSet::new();
    let (mut best, mut shown) = (None, Vec::new());
    for (_, fetched) in answers {
        if let Fetched::Read(changes) = &fetched {
            named.extend(changes.accounts.iter().copied());
            shown.push(Some(without_times(changes)));
            best = Some(fetched);
        } else {
            shown.push(None);
            best = best.or(Some(fetched));
        }
    }
    let agree = shown.windows(2).all(|pair| pair[0] == pair[1]);
    let state = match agree {
        true => state,
        false => TransactionState::Disputed,
    };
    let fetched = best.unwrap_or(Fetched::Missing);
    let is_unread = !listing.failed && !matches!(fetched, Fetched::Read(_));
    let mut transaction = found(listing, fetched, state);
    if !listing.failed && state != TransactionState::Finalized {
        transaction.touched = named.into_iter().collect();
    }
    Ok(ReadTransaction {
        transaction,
        is_unread,
    })
}

/// A node may not know the time of a block that another one knows.
fn without_times(changes: &TransactionChanges) -> TransactionChanges {
    let mut changes = changes.clone();
    for entry in &mut changes.entries {
        entry.time = None;
    }
    changes
}
