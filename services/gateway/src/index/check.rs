//! Compares an index with the ledger, account by account.

mod decoder;
mod report;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use generion_rpc::{answers::ask_all, causes::with_causes};
use sha2::{Digest, Sha256};
use solana_account::Account;
use solana_address::Address;
use tokio::{
    join,
    sync::mpsc,
    time::{Instant, sleep},
};

use self::decoder::{Expected, decode};
pub use self::report::{
    CheckReport, CheckedNode, Difference, DifferenceKind, Disagreement, NAMED_DIFFERENCES,
};
use super::{
    agreed::are_alike,
    follow_error::FollowError,
    ledger_node::{LedgerNode, LedgerNodeError, MAX_ACCOUNTS},
    ledger_nodes::{ANSWER_WAIT, LedgerNodes},
    program_accounts::ShownAccount,
};
use crate::storage::{AccountKind, Storage, WalkedRow};

/// Accounts that are compared at a time.
const BATCH: usize = 1_000;
/// The time after which differing accounts are looked at again: meanwhile both the ledger and the index change.
const INTERVAL: Duration = Duration::from_millis(200);

/// A part of a hash over an account's balance and data.
type Fingerprint = [u8; 16];

/// Compares an index with the accounts that its nodes show. Differing accounts are looked at again for `patience`, because the
/// ledger changes meanwhile, and the index follows it. A node that fails is named in the report, and the comparison continues
/// with the others.
///
/// # Errors
/// [`FollowError`], where all nodes fail, or the database does.
pub async fn check(
    storage: &Storage,
    nodes: &LedgerNodes,
    patience: Duration,
) -> Result<CheckReport, FollowError> {
    let started = Instant::now();
    let mut report = CheckReport::default();
    let (asked, slot, mut on_ledger) = read_ledger(nodes, &mut report).await?;
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
                let is_alike = shown.is_some_and(|shown| {
                    shown.is_by_all(&asked) && shown.is(row.lamports, &row.data)
                });
                if !is_alike || row.disputed || difference(nodes, &row).is_some() {
                    doubtful.insert(row.address);
                }
            }
        }
    }
    report.compared += u64::try_from(on_ledger.len()).unwrap_or(u64::MAX);
    doubtful.extend(on_ledger.into_keys().map(Address::new_from_array));
    let (looked, slot) = loop {
        let (looked, read_at) = look_again(storage, nodes, &asked, &doubtful, slot).await?;
        let is_done = looked.differences.is_empty() && looked.failures.is_empty();
        if is_done || started.elapsed() > patience {
            break (looked, read_at);
        }
        // The accounts that a failed node was not asked about have to be asked again.
        if looked.failures.is_empty() {
            doubtful = looked.addresses().collect();
        }
        sleep(INTERVAL).await;
    };
    for (number, problem) in looked.failures {
        report.fails(number, problem);
    }
    for (address, kind) in looked.differences {
        report.differs(&address, kind);
    }
    for disagreement in looked.disagreements {
        report.disagrees(disagreement);
    }
    report.is_equal = report.different == 0;
    let is_asked = report.nodes.iter().all(|node| node.problem.is_none());
    report.is_certain = is_asked && report.disagreed == 0;
    report.ledger_slot = slot.to_string();
    let progress = storage.progress().await?;
    report.indexed_slot = progress.map(|progress| progress.followed_slot.to_string());
    Ok(report)
}

/// An account on the ledger: a fingerprint of it at the first node that shows it, and the number of nodes that show the same.
struct OnLedger {
    fingerprint: Fingerprint,
    shown_by: usize,
}

impl OnLedger {
    const fn is_by_all(&self, asked: &[&LedgerNode]) -> bool {
        self.shown_by == asked.len()
    }

    fn is(&self, lamports: u64, data: &[u8]) -> bool {
        self.fingerprint == fingerprint(lamports, data)
    }
}

/// All accounts that the nodes show, with the nodes that answered in full, and the lowest slot of their states.
async fn read_ledger<'a>(
    nodes: &'a LedgerNodes,
    report: &mut CheckReport,
) -> Result<(Vec<&'a LedgerNode>, u64, HashMap<[u8; 32], OnLedger>), FollowError> {
    let reached = nodes.reach().await?;
    let (mut asked, mut accounts, mut failure) = (Vec::new(), HashMap::new(), None);
    for (number, node) in (1..).zip(nodes.all()) {
        let has_reached = reached.nodes.iter().any(|one| std::ptr::eq(*one, node));
        let read = match has_reached {
            true => read_node(node, reached.slot).await.map_err(Some),
            false => Err(None),
        };
        let problem = match read {
            Ok((shown, left_out)) => {
                for (address, fingerprint) in shown {
                    let known = accounts.entry(address).or_insert(OnLedger {
                        fingerprint,
                        shown_by: 0,
                    });
                    known.shown_by += usize::from(known.fingerprint == fingerprint);
                }
                report.left_out = report.left_out.max(left_out);
                asked.push(node);
                None
            }
            Err(None) => Some("it does not answer, or is behind the other nodes".to_owned()),
            Err(Some(error)) => {
                let problem = with_causes(&error).to_string();
                failure = failure.or(Some(error));
                Some(problem)
            }
        };
        report.nodes.push(CheckedNode {
            number,
            url: node.node().url().to_string(),
            problem,
        });
    }
    match failure {
        Some(error) if asked.is_empty() => Err(error.into()),
        _ => Ok((asked, reached.slot, accounts)),
    }
}

/// Fingerprints of all accounts that a node shows, and how many it shows that are none.
async fn read_node(
    node: &LedgerNode,
    slot: u64,
) -> Result<(HashMap<[u8; 32], Fingerprint>, u64), LedgerNodeError> {
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

/// The findings of a look at some accounts.
#[derive(Default)]
struct Looked {
    differences: Vec<(Address, DifferenceKind)>,
    disagreements: Vec<Disagreement>,
    /// Nodes that did not answer, by their numbers, and why.
    failures: BTreeMap<usize, String>,
}

impl Looked {
    fn addresses(&self) -> impl Iterator<Item = Address> {
        let differing = self.differences.iter().map(|(address, _)| *address);
        differing.chain(self.disagreements.iter().map(|one| one.address))
    }
}

/// Compares some accounts as they are at present, in the order of their addresses.
async fn look_again(
    storage: &Storage,
    nodes: &LedgerNodes,
    asked: &[&LedgerNode],
    addresses: &HashSet<Address>,
    slot: u64,
) -> Result<(Looked, u64), FollowError> {
    let mut addresses: Vec<_> = addresses.iter().copied().collect();
    addresses.sort_unstable();
    let (mut looked, mut slot) = (Looked::default(), slot);
    for some in addresses.chunks(MAX_ACCOUNTS - 1) {
        let (mut answers, mut failure) = (Vec::new(), None);
        let read = ask_all(asked, ANSWER_WAIT, |node: &LedgerNode| {
            node.read(some, slot)
        });
        for (node, read) in asked.iter().zip(read.await) {
            match read {
                Ok((read_at, accounts)) => answers.push((nodes.number(node), read_at, accounts)),
                Err(error) => {
                    looked
                        .failures
                        .insert(nodes.number(node), with_causes(&error));
                    failure = failure.or(Some(error));
                }
            }
        }
        match failure {
            Some(error) if answers.is_empty() => return Err(error.into()),
            _ => {}
        }
        // The lowest one, which all nodes reach that answer.
        slot = answers
            .iter()
            .map(|(_, read_at, _)| *read_at)
            .min()
            .unwrap_or(slot);
        let mut indexed: HashMap<Address, WalkedRow> = HashMap::new();
        for kind in AccountKind::ALL {
            let rows = storage.walk_at(kind, some).await?;
            indexed.extend(rows.into_iter().map(|row| (row.address, row)));
        }
        let program_id = nodes.addresses().program_id;
        for (index, address) in some.iter().enumerate() {
            let ours = |account: &&Account| {
                account.owner == program_id && decode(&program_id, address, &account.data).is_some()
            };
            let shown: Vec<_> = (answers.iter())
                .map(|(number, _, accounts)| (*number, accounts[index].as_ref().filter(ours)))
                .collect();
            let row = indexed.get(address);
            let is_as_indexed = |account: Option<&Account>| match (row, account) {
                (Some(row), Some(account)) => {
                    (row.lamports, &row.data) == (account.lamports, &account.data)
                }
                (row, account) => row.is_none() && account.is_none(),
            };
            let (first, others) = shown.split_first().expect("a node was asked");
            let agree = others.iter().all(|(_, other)| are_alike(first.1, *other));
            if !agree {
                let (as_indexed, otherwise): (Vec<_>, Vec<_>) = shown
                    .iter()
                    .partition(|(_, account)| is_as_indexed(*account));
                let numbers = |shown: Vec<(usize, _)>| shown.into_iter().map(|one| one.0).collect();
                looked.disagreements.push(Disagreement {
                    address: *address,
                    as_indexed: numbers(as_indexed),
                    otherwise: numbers(otherwise),
                });
            }
            let kind = match (row, first.1) {
                (None, None) if agree => None,
                (None, _) => Some(DifferenceKind::Missing),
                (Some(row), _) if !agree => match row.disputed {
                    true => difference(nodes, row),
                    false => Some(DifferenceKind::Undisputed),
                },
                (Some(_), None) => Some(DifferenceKind::Gone),
                (Some(_), Some(_)) if !is_as_indexed(first.1) => Some(DifferenceKind::Contents),
                (Some(row), Some(_)) => {
                    // With fewer nodes than the index has, this is unknown.
                    let is_settled = row.disputed && shown.len() == nodes.all().len();
                    difference(nodes, row).or(is_settled.then_some(DifferenceKind::Disputed))
                }
            };
            looked.differences.extend(kind.map(|kind| (*address, kind)));
        }
    }
    Ok((looked, slot))
}

/// Compares a row's columns with its data.
fn difference(nodes: &LedgerNodes, row: &WalkedRow) -> Option<DifferenceKind> {
    let Some(expected) = decode(&nodes.addresses().program_id, &row.address, &row.data) else {
        return Some(DifferenceKind::Contents);
    };
    let Expected {
        kind,
        bytes,
        integers,
        flags,
        mut records,
    } = expected;
    if kind != row.kind.name() {
        return Some(DifferenceKind::Column("kind"));
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
    unlike.map(DifferenceKind::Column)
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
