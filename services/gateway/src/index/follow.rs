//! Follows the ledger from the snapshot on, transaction by transaction.
//!
//! Nodes list the program's transactions. The index reads each new one, and all accounts that it names, in a state of its slot
//! or later. One database transaction writes these together with the progress: a slot is followed once all of its transactions
//! are in, so the progress never passes a gap. If a transaction can't be read, or the nodes have deleted a part, all accounts
//! are read again before the progress moves.

use std::time::{SystemTime, UNIX_EPOCH};

use tracing::{info, warn};

use super::{
    finality::{Settled, finalize},
    follow_error::FollowError,
    ledger_nodes::{LedgerNodes, Reached},
    snapshot::{self, SnapshotReport},
    take_in::take_in,
    transactions::list_new,
};
use crate::storage::{Progress, Storage, StorageError, Update, Writer};

/// Transactions that are read and written in one go.
const TRANSACTIONS_AT_A_TIME: usize = 64;
/// The number of slots behind, from which the nodes are asked whether they still have the transactions in between.
const MAY_BE_PRUNED: u64 = 1_000;

/// The findings of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Transactions that are new.
    pub found: usize,
    /// The result for the transactions that were known before.
    pub settled: Settled,
}

/// Takes the first snapshot of an index. Transactions that were not final at its slot are read as well.
///
/// # Errors
/// [`FollowError`].
pub async fn start(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
) -> Result<SnapshotReport, FollowError> {
    let finalized_slot = nodes.reach().await?.finalized_slot().await?;
    let report = snapshot::take(storage, writer, nodes).await?;
    let known = storage.progress().await?;
    let progress = Progress {
        snapshot_slot: report.slot,
        snapshot_is_due: false,
        // A later snapshot closes no gap: the transactions in between are read.
        ..known.unwrap_or(Progress {
            followed_slot: finalized_slot,
            finalized_slot,
            node_slot: report.slot,
            followed_at: now(),
            complete_from_slot: finalized_slot.saturating_add(1),
            ..Progress::default()
        })
    };
    write_progress(writer, progress).await?;
    Ok(report)
}

/// Reads new transactions, then those that have become final or have vanished.
///
/// # Errors
/// [`FollowError`].
pub async fn step(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
) -> Result<Step, FollowError> {
    let mut progress = storage.progress().await?.unwrap_or_default();
    let reached_at = now();
    let reached = nodes.reach().await?;
    // A node that is behind the known slot shows the past, so nothing is taken from it.
    let slot = reached.slot.max(progress.followed_slot);
    let reached = Reached { slot, ..reached };
    progress.node_slot = progress.node_slot.max(slot);
    note_deleted(&reached, &mut progress).await?;
    let mut step = Step::default();

    let listed = list_new(storage, &reached, progress.finalized_slot).await?;
    for some in listed.chunks(TRANSACTIONS_AT_A_TIME) {
        step.found += some.len();
        progress.snapshot_is_due |= take_in(writer, &reached, some, progress).await?.is_unread;
    }
    if progress.snapshot_is_due {
        info!("all accounts are read again");
        write_progress(writer, progress).await?;
        let report = snapshot::take(storage, writer, nodes).await?;
        progress.snapshot_slot = report.slot;
        progress.snapshot_is_due = false;
    }
    progress.followed_slot = slot;
    progress.followed_at = reached_at;
    write_progress(writer, progress).await?;
    step.settled = finalize(storage, writer, &reached, progress).await?;
    Ok(step)
}

/// Notes where all nodes have deleted transactions that the index has not read.
async fn note_deleted(reached: &Reached<'_>, progress: &mut Progress) -> Result<(), FollowError> {
    if reached.slot.saturating_sub(progress.followed_slot) < MAY_BE_PRUNED {
        return Ok(());
    }
    let first = reached.first_available_slot().await?;
    if first > progress.followed_slot.saturating_add(1) {
        warn!(
            from = progress.followed_slot,
            to = first,
            "the nodes have deleted transactions that were not read: histories have a gap"
        );
        progress.snapshot_is_due = true;
        progress.complete_from_slot = first;
        progress.oldest = None;
        progress.history_is_full = false;
    }
    Ok(())
}

async fn write_progress(writer: &mut Writer, progress: Progress) -> Result<(), StorageError> {
    let update = Update {
        progress: Some(progress),
        ..Update::default()
    };
    writer.update(update).await.map(|_| ())
}

/// Now, in seconds since the Unix epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
