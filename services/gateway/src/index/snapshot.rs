//! What an index starts from: all accounts of the program, as a node shows them.
//!
//! A row says of which slot its state is at the least: the one that the node had reached before it was asked. What happened
//! since is read from the transactions behind that slot, whatever the snapshot has of it.

use generion_interface::Addresses;
use tokio::{join, sync::mpsc, task::spawn_blocking};
use tracing::warn;

use super::{
    ledger_node::{LedgerNode, LedgerNodeError, MAX_ACCOUNTS},
    program_accounts::ShownAccount,
};
use crate::storage::{AccountKind, IndexedAccount, Storage, StorageError, Writer, Written};

/// Accounts that are written at a time.
const BATCH: usize = 1_000;
/// Accounts on their way from the node to the database.
const IN_FLIGHT: usize = 4 * BATCH;

/// Why a snapshot could not be taken. What it wrote until then is right, and stays.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The node failed.
    #[error(transparent)]
    Node(#[from] LedgerNodeError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a snapshot has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SnapshotReport {
    /// The slot that its state has reached at the least: where the transactions take over.
    pub slot: u64,
    /// Accounts that are there.
    pub present: u64,
    /// Accounts that this software can't read, or that the node shows at an address that is not theirs.
    pub unreadable: u64,
    /// Accounts that the index had, and that are gone.
    pub closed: u64,
}

/// Brings an index to what a node shows.
///
/// # Errors
/// [`SnapshotError`].
pub async fn take(
    storage: &Storage,
    writer: &mut Writer,
    node: &LedgerNode,
) -> Result<SnapshotReport, SnapshotError> {
    let slot = node.slot().await?;
    let mut report = SnapshotReport {
        slot,
        ..SnapshotReport::default()
    };
    for kind in AccountKind::ALL {
        let (to, from) = mpsc::channel(IN_FLIGHT);
        let (shown, loaded) = join!(
            node.accounts(kind, slot, to),
            load(writer, *node.addresses(), slot, from)
        );
        let (present, unreadable) = loaded?;
        shown?;
        report.present += present;
        report.unreadable += unreadable;
        report.closed += close_missing(storage, writer, node, kind, slot).await?;
    }
    Ok(report)
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
    while let Some((batch, unread)) = batches.recv().await {
        present += u64::try_from(batch.len()).unwrap_or(u64::MAX);
        unreadable += unread;
        writer.write(batch).await?;
    }
    reading
        .await
        .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
    Ok((present, unreadable))
}

fn present(addresses: &Addresses, shown: ShownAccount, slot: u64) -> Option<Written> {
    let ShownAccount {
        address,
        owner,
        lamports,
        data,
    } = shown;
    match IndexedAccount::read(addresses, address, &owner, lamports, slot, data) {
        Ok(account) => Some(Written::Present {
            account,
            signature: None,
            disputed: false,
        }),
        Err(error) => {
            warn!(%address, %error, "an account that can't be read is left out");
            None
        }
    }
}

/// Looks at what the index has of a kind and the node did not show, and returns how much of it is gone.
async fn close_missing(
    storage: &Storage,
    writer: &mut Writer,
    node: &LedgerNode,
    kind: AccountKind,
    slot: u64,
) -> Result<u64, SnapshotError> {
    let (mut closed, mut after) = (0, None);
    loop {
        let missing = storage
            .older_than(kind, slot, after.as_ref(), MAX_ACCOUNTS)
            .await?;
        let Some(last) = missing.last() else {
            return Ok(closed);
        };
        after = Some(*last);
        let (read_at, accounts) = node.read(&missing, slot).await?;
        let mut written = Vec::new();
        for (address, account) in missing.into_iter().zip(accounts) {
            match account {
                Some(account) if account.owner == node.addresses().program_id => {
                    let shown = ShownAccount {
                        address,
                        owner: account.owner,
                        lamports: account.lamports,
                        data: account.data,
                    };
                    written.extend(present(node.addresses(), shown, read_at));
                }
                _ => {
                    closed += 1;
                    written.push(Written::Closed {
                        address,
                        slot: read_at,
                    });
                }
            }
        }
        writer.write(written).await?;
    }
}
