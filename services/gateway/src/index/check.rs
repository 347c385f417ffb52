//! Compares an index with the ledger, account by account.

mod decoder;
mod report;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use sha2::{Digest, Sha256};
use solana_address::Address;
use tokio::{
    join,
    sync::mpsc,
    time::{Instant, sleep},
};

use self::decoder::{Expected, decode};
pub use self::report::{CheckReport, Difference, NAMED_DIFFERENCES, What};
use super::{
    follow_error::FollowError,
    ledger_node::{LedgerNode, MAX_ACCOUNTS},
    program_accounts::ShownAccount,
};
use crate::storage::{AccountKind, Storage, WalkedRow};

/// Accounts that are compared at a time.
const BATCH: usize = 1_000;
/// How often accounts that differ are looked at again: the ledger goes on meanwhile, and so does the index.
const INTERVAL: Duration = Duration::from_millis(200);

/// A part of a hash over an account's balance and data.
type Fingerprint = [u8; 16];

/// Compares an index with what a node shows. Accounts that differ are looked at again for `patience`: meanwhile the ledger
/// goes on, and an index behind it.
///
/// # Errors
/// [`FollowError`], where the node or the database fails.
pub async fn check(
    storage: &Storage,
    node: &LedgerNode,
    patience: Duration,
) -> Result<CheckReport, FollowError> {
    let started = Instant::now();
    let slot = node.slot().await?;
    let mut report = CheckReport::default();
    let (mut on_ledger, left_out) = read_ledger(node, slot).await?;
    report.left_out = left_out;
    let mut doubtful = HashSet::new();
    for kind in AccountKind::ALL {
        let mut after = None;
        loop {
            let rows = storage.walk(kind, after.as_ref(), BATCH).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = Some(last.address);
            for row in rows {
                report.compared += 1;
                report.disputed += u64::from(row.disputed);
                let shown = on_ledger.remove(&row.address.to_bytes());
                let is_alike = shown == Some(fingerprint(row.lamports, &row.data));
                if !is_alike || difference(node, &row).is_some() {
                    doubtful.insert(row.address);
                }
            }
        }
    }
    report.compared += u64::try_from(on_ledger.len()).unwrap_or(u64::MAX);
    doubtful.extend(on_ledger.into_keys().map(Address::new_from_array));
    let (differences, slot) = loop {
        let (differences, read_at) = look_again(storage, node, &doubtful, slot).await?;
        if differences.is_empty() || started.elapsed() > patience {
            break (differences, read_at);
        }
        doubtful = differences.iter().map(|(address, _)| *address).collect();
        sleep(INTERVAL).await;
    };
    for (address, what) in differences {
        report.differs(address.to_bytes(), what);
    }
    report.is_equal = report.different == 0;
    report.ledger_slot = slot.to_string();
    let progress = storage.progress().await?;
    report.indexed_slot = progress.map(|progress| progress.followed_slot.to_string());
    Ok(report)
}

/// Fingerprints of all accounts that the node shows, and how many it shows that are none.
async fn read_ledger(
    node: &LedgerNode,
    slot: u64,
) -> Result<(HashMap<[u8; 32], Fingerprint>, u64), FollowError> {
    let program_id = node.addresses().program_id;
    let (to, mut from) = mpsc::channel(BATCH);
    let reading = async {
        let (mut accounts, mut left_out) = (HashMap::new(), 0);
        let mut shown: Vec<ShownAccount> = Vec::new();
        while from.recv_many(&mut shown, BATCH).await > 0 {
            for account in shown.drain(..) {
                let is_ours = account.owner == program_id
                    && decode(&program_id, &account.address, &account.data).is_some();
                match is_ours {
                    true => {
                        let fingerprint = fingerprint(account.lamports, &account.data);
                        accounts.insert(account.address.to_bytes(), fingerprint);
                    }
                    false => left_out += 1,
                }
            }
        }
        (accounts, left_out)
    };
    let (shown, read) = join!(node.all_accounts(slot, to), reading);
    shown?;
    Ok(read)
}

/// Compares some accounts as they are at present, in the order of their addresses.
async fn look_again(
    storage: &Storage,
    node: &LedgerNode,
    addresses: &HashSet<Address>,
    slot: u64,
) -> Result<(Vec<(Address, What)>, u64), FollowError> {
    let mut addresses: Vec<_> = addresses.iter().copied().collect();
    addresses.sort_unstable();
    let (mut differences, mut slot) = (Vec::new(), slot);
    for some in addresses.chunks(MAX_ACCOUNTS - 1) {
        let (read_at, accounts) = node.read(some, slot).await?;
        slot = read_at;
        let mut indexed: HashMap<Address, WalkedRow> = HashMap::new();
        for kind in AccountKind::ALL {
            let rows = storage.walk_at(kind, some).await?;
            indexed.extend(rows.into_iter().map(|row| (row.address, row)));
        }
        let program_id = node.addresses().program_id;
        for (address, account) in some.iter().zip(accounts) {
            let account = account.filter(|account| {
                account.owner == program_id && decode(&program_id, address, &account.data).is_some()
            });
            let what = match (indexed.get(address), account) {
                (None, None) => None,
                (None, Some(_)) => Some(What::Missing),
                (Some(_), None) => Some(What::Gone),
                (Some(row), Some(account)) => {
                    match (row.lamports, &row.data) == (account.lamports, &account.data) {
                        true => difference(node, row),
                        false => Some(What::Contents),
                    }
                }
            };
            differences.extend(what.map(|what| (*address, what)));
        }
    }
    Ok((differences, slot))
}

/// Compares a row's columns with its data.
fn difference(node: &LedgerNode, row: &WalkedRow) -> Option<What> {
    let Some(expected) = decode(&node.addresses().program_id, &row.address, &row.data) else {
        return Some(What::Contents);
    };
    let Expected {
        kind,
        bytes,
        integers,
        flags,
        mut records,
    } = expected;
    if kind != row.kind.name() {
        return Some(What::Column("kind"));
    }
    let of_bytes = bytes.into_iter().zip(&row.bytes);
    let of_integers = integers.into_iter().zip(&row.integers);
    let of_flags = flags.into_iter().zip(&row.flags);
    records.sort_unstable();
    let unlike = (of_bytes.filter(|((_, expected), found)| expected != *found))
        .map(|((name, _), _)| name)
        .chain(
            of_integers
                .filter(|((_, expected), found)| expected != *found)
                .map(|((name, _), _)| name),
        )
        .chain(
            of_flags
                .filter(|((_, expected), found)| expected != *found)
                .map(|((name, _), _)| name),
        )
        .chain((records != row.records).then_some("records"))
        .next();
    unlike.map(What::Column)
}

fn fingerprint(lamports: u64, data: &[u8]) -> Fingerprint {
    let hash = Sha256::new()
        .chain_update(lamports.to_le_bytes())
        .chain_update(data)
        .finalize();
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash[..16]);
    fingerprint
}
