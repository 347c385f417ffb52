//! What happened before the snapshot, from there back to the program's first transaction. It changes no account.

use solana_signature::Signature;

use super::{follow::FollowError, found::found, ledger_node::LedgerNode};
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
    node: &LedgerNode,
) -> Result<bool, FollowError> {
    let progress = storage.progress().await?.unwrap_or_default();
    if progress.history_is_full {
        return Ok(false);
    }
    let reader = node.reader(progress.followed_slot);
    let page = reader
        .page(
            &reader.addresses.program_id,
            progress.oldest,
            TRANSACTIONS_AT_A_TIME,
        )
        .await?;
    let oldest: Option<Signature> = page.last().map(|listing| listing.signature);
    let is_last = page.len() < TRANSACTIONS_AT_A_TIME;
    let signatures: Vec<_> = page.iter().map(|listing| listing.signature).collect();
    let known = storage.known(&signatures).await?;
    let mut transactions = Vec::new();
    for listing in &page {
        if known.contains_key(&listing.signature) || listing.slot > progress.finalized_slot {
            continue;
        }
        let fetched = reader.fetch(listing).await?;
        transactions.push(found(listing, fetched, TransactionState::Finalized).0);
    }
    let update = Update {
        transactions,
        direction: Direction::Backward,
        progress: Some(Progress {
            oldest: oldest.or(progress.oldest),
            history_is_full: is_last,
            ..progress
        }),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(!is_last)
}
