//! Reads the transactions before the snapshot, back to the first one that the nodes still have. This changes no account.

use super::{follow_error::FollowError, ledger_nodes::LedgerNodes, transactions::fetch};
use crate::storage::{Direction, Progress, Storage, TransactionState, Update, Writer};

/// Transactions that are read and written in one go.
const TRANSACTIONS_AT_A_TIME: usize = 64;

/// Reads some older transactions; returns whether there are more.
///
/// # Errors
/// [`FollowError`].
pub async fn step(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
) -> Result<bool, FollowError> {
    let progress = storage.progress().await?.unwrap_or_default();
    if progress.history_is_full {
        return Ok(false);
    }
    let reached = nodes.reach().await?;
    let node = reached.nodes[0];
    let reader = node.reader(progress.followed_slot);
    let page = reader
        .page(
            &reader.addresses.program_id,
            progress.oldest,
            TRANSACTIONS_AT_A_TIME,
        )
        .await?;
    let is_last = page.len() < TRANSACTIONS_AT_A_TIME;
    let (oldest, oldest_slot) = match page.last() {
        Some(listing) => (Some(listing.signature), listing.slot),
        None => (progress.oldest, progress.complete_from_slot),
    };
    let signatures: Vec<_> = page.iter().map(|listing| listing.signature).collect();
    let known = storage.known(&signatures).await?;
    let new: Vec<_> = (page.into_iter())
        .filter(|listing| listing.slot <= progress.finalized_slot)
        .filter(|listing| !known.contains_key(&listing.signature))
        .collect();
    let read = fetch(&reached, &new, TransactionState::Finalized).await?;
    let complete_from_slot = match is_last {
        true => reached.first_available_slot().await?,
        // Of this slot there may be more on the next page.
        false => progress
            .complete_from_slot
            .min(oldest_slot.saturating_add(1)),
    };
    let update = Update {
        transactions: read.into_iter().map(|read| read.transaction).collect(),
        direction: Direction::Backward,
        progress: Some(Progress {
            oldest,
            history_is_full: is_last,
            complete_from_slot,
            ..progress
        }),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(!is_last)
}
