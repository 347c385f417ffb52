//! Reads all accounts of the program, from which an index starts.
//!
//! A row has a slot, which its state is not older than: the slot that the node had reached before it was asked. Later changes
//! are read from the transactions after that slot, even if the snapshot has them already.

use std::collections::HashSet;

use generion_interface::Addresses;
use generion_rpc::causes::with_causes;
use solana_account::Account;
use solana_address::Address;
use tokio::{join, sync::mpsc, task::spawn_blocking};
use tracing::warn;

use super::{
    agreed::{present_or_closed, read_accounts},
    ledger_node::{LedgerNode, LedgerNodeError},
    ledger_nodes::{LedgerNodes, Reached},
    program_accounts::ShownAccount,
};
use crate::storage::{AccountKind, Storage, StorageError, Writer, Written};

/// Accounts that are written, or asked for, at a time.
const BATCH: usize = 1_000;
/// Accounts on their way from the node to the database.
const IN_FLIGHT: usize = 4 * BATCH;
/// Accounts of a snapshot that are written in one go: the fewer goes, the less often the same pages are written.
const LOADED_BATCH: usize = 16_000;

/// The reason why a snapshot could not be taken. All that it wrote before is right, and stays.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The node failed.
    #[error(transparent)]
    Node(#[from] LedgerNodeError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The findings of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SnapshotReport {
    /// The slot that the snapshot has reached, at least: the transactions continue from there.
    pub slot: u64,
    /// Accounts that are there.
    pub present: u64,
    /// The number of accounts that this software can't read, or that the node shows at a wrong address.
    pub unreadable: u64,
    /// Accounts that the index had, and that are gone.
    pub closed: u64,
}

/// Brings an index to the state that the nodes show.
///
/// # Errors
/// [`SnapshotError`].
pub async fn take(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
) -> Result<SnapshotReport, SnapshotError> {
    let reached = nodes.reach().await?;
    let mut report = SnapshotReport {
        slot: reached.slot,
        ..SnapshotReport::default()
    };
    writer.begin_load().await?;
    let mut loaded = Vec::new();
    for kind in AccountKind::ALL {
        let (first, (present, unreadable)) = load_kind(writer, &reached, kind).await?;
        report.present += present;
        report.unreadable += unreadable;
        loaded.push((kind, first));
    }
    writer.finish_load().await?;
    for (kind, first) in loaded {
        let mut doubtful = HashSet::new();
        for node in &reached.nodes {
            if std::ptr::eq(*node, first) {
                continue;
            }
            match compare(storage, node, kind, reached.slot, &mut doubtful).await {
                Err(SnapshotError::Node(error)) => {
                    warn!(error = with_causes(&error), "a node is left out")
                }
                other => other?,
            }
        }
        report.closed += close_missing(storage, writer, &reached, kind).await?;
        let doubtful: Vec<_> = doubtful.into_iter().collect();
        for some in doubtful.chunks(BATCH) {
            let touched = some.iter().map(|address| (*address, None)).collect();
            let read = read_accounts(&reached, nodes.addresses(), &touched, reached.slot).await?;
            writer.write(read).await?;
        }
    }
    Ok(report)
}

/// Loads a kind from the first node that shows it to the end; returns which one that is.
async fn load_kind<'a>(
    writer: &mut Writer,
    reached: &Reached<'a>,
    kind: AccountKind,
) -> Result<(&'a LedgerNode, (u64, u64)), SnapshotError> {
    let mut failure = None;
    for node in &reached.nodes {
        let (to, from) = mpsc::channel(IN_FLIGHT);
        let (shown, loaded) = join!(
            node.accounts(kind, reached.slot, to),
            load(writer, *node.addresses(), reached.slot, from)
        );
        let loaded = loaded?;
        match shown {
            Ok(_) => return Ok((node, loaded)),
            Err(error) => {
                warn!(error = with_causes(&error), "a node is left out");
                writer.clear_loaded(kind).await?;
                failure = failure.or(Some(error));
            }
        }
    }
    Err(failure.expect("at least one node was reached").into())
}

/// Adds the addresses at which a further node shows something else than the index has.
async fn compare(
    storage: &Storage,
    node: &LedgerNode,
    kind: AccountKind,
    slot: u64,
    doubtful: &mut HashSet<Address>,
) -> Result<(), SnapshotError> {
    let mut seen = HashSet::new();
    let (to, mut from) = mpsc::channel(IN_FLIGHT);
    let compared = async {
        let mut shown: Vec<ShownAccount> = Vec::new();
        while from.recv_many(&mut shown, BATCH).await > 0 {
            let addresses: Vec<_> = shown.iter().map(|account| account.address).collect();
            let known = storage.contents(kind, &addresses).await?;
            for account in shown.drain(..) {
                let alike = known.get(&account.address).is_some_and(|(lamports, data)| {
                    (*lamports, data) == (account.lamports, &account.data)
                });
                seen.insert(account.address);
                if !alike {
                    doubtful.insert(account.address);
                }
            }
        }
        Ok::<_, StorageError>(())
    };
    let (shown, compared) = join!(node.accounts(kind, slot, to), compared);
    compared?;
    shown?;
    let mut after = None;
    loop {
        let some = storage.addresses(kind, after.as_ref(), BATCH).await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = Some(*last);
        doubtful.extend(some.into_iter().filter(|address| !seen.contains(address)));
    }
}

/// Writes accounts as they come, in a state of `slot` or later; returns how many there are, and how many can't be read.
///
/// # Errors
/// [`StorageError`].
pub async fn load(
    writer: &mut Writer,
    addresses: Addresses,
    slot: u64,
    mut accounts: mpsc::Receiver<ShownAccount>,
) -> Result<(u64, u64), StorageError> {
    let (to, mut batches) = mpsc::channel::<(Vec<Written>, u64)>(2);
    // To derive the addresses takes longer than anything else here.
    let reading = spawn_blocking(move || {
        loop {
            let mut shown = Vec::with_capacity(BATCH);
            if accounts.blocking_recv_many(&mut shown, BATCH) == 0 {
                return;
            }
            let all = shown.len();
            let read: Vec<_> = shown
                .into_iter()
                .filter_map(|account| present(&addresses, account, slot))
                .collect();
            let unreadable = u64::try_from(all - read.len()).unwrap_or(u64::MAX);
            if to.blocking_send((read, unreadable)).is_err() {
                return;
            }
        }
    });
    let (mut present, mut unreadable) = (0, 0);
    let mut waiting = Vec::new();
    while let Some((batch, unread)) = batches.recv().await {
        present += u64::try_from(batch.len()).unwrap_or(u64::MAX);
        unreadable += unread;
        waiting.extend(batch);
        if waiting.len() >= LOADED_BATCH {
            writer.write(std::mem::take(&mut waiting)).await?;
        }
    }
    writer.write(waiting).await?;
    reading
        .await
        .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
    Ok((present, unreadable))
}

fn present(addresses: &Addresses, shown: ShownAccount, slot: u64) -> Option<Written> {
    let account = Account {
        lamports: shown.lamports,
        data: shown.data,
        owner: shown.owner,
        ..Account::default()
    };
    let read = present_or_closed(addresses, shown.address, Some(account), slot, None, false);
    read.filter(|read| matches!(read, Written::Present { .. }))
}

/// Looks at the accounts of a kind that the index has and the node did not show, and returns the number of those that are gone.
async fn close_missing(
    storage: &Storage,
    writer: &mut Writer,
    reached: &Reached<'_>,
    kind: AccountKind,
) -> Result<u64, SnapshotError> {
    let (mut closed, mut after) = (0, None);
    loop {
        let missing = storage
            .older_than(kind, reached.slot, after.as_ref(), BATCH)
            .await?;
        let Some(last) = missing.last() else {
            return Ok(closed);
        };
        after = Some(*last);
        let touched = missing.iter().map(|address| (*address, None)).collect();
        let addresses = reached.nodes[0].addresses();
        let read = read_accounts(reached, addresses, &touched, reached.slot).await?;
        closed += read
            .iter()
            .map(|one| u64::from(one.is_closed()))
            .sum::<u64>();
        writer.write(read).await?;
    }
}
