//! What happened since the snapshot, transaction by transaction.
//!
//! Nodes list the program's transactions. Each of them that the index does not have yet is read, and so are all accounts
//! that it names, in a state of its slot or later. What is written in one go moves the progress: a slot is followed once
//! all of its transactions are in, and no gap is ever behind it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use generion_history::{Fetched, Listing, NodeReader};
use generion_rpc::node::NodeError;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_signature::Signature;

use super::{
    found::found,
    ledger_node::{LedgerNode, LedgerNodeError, MAX_ACCOUNTS},
    snapshot::{self, SnapshotError, SnapshotReport},
};
use crate::storage::{
    IndexedAccount, Progress, Storage, StorageError, TransactionState, Update, Writer, Written,
};

/// Transactions that are read and written in one go.
const TRANSACTIONS_AT_A_TIME: usize = 64;
/// Signatures whose state a node tells in one answer.
const SIGNATURES_AT_A_TIME: u32 = 256;
/// Transactions that a node lists in one answer.
const LISTED_AT_A_TIME: usize = 1_000;

/// How long a node is waited for that is a little behind what it said of itself: behind one address there may be several.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the ledger could not be followed. What was written until then is right, and the next step goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// A node failed.
    #[error(transparent)]
    Node(#[from] LedgerNodeError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<NodeError> for FollowError {
    fn from(error: NodeError) -> Self {
        Self::Node(error.into())
    }
}

impl From<SnapshotError> for FollowError {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Node(error) => Self::Node(error),
            SnapshotError::Storage(error) => Self::Storage(error),
        }
    }
}

/// What a step has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Transactions that are new.
    pub found: usize,
    /// Transactions that are there for good now.
    pub finalized: usize,
    /// Transactions that a fork took back.
    pub vanished: Vec<Signature>,
}

/// Takes the first snapshot of an index. What is not final in it is looked at again as transactions.
///
/// # Errors
/// [`FollowError`].
pub async fn start(
    storage: &Storage,
    writer: &mut Writer,
    node: &LedgerNode,
) -> Result<SnapshotReport, FollowError> {
    let finalized_slot = node.finalized_slot().await?;
    let report = snapshot::take(storage, writer, node).await?;
    let known = storage.progress().await?;
    let progress = Progress {
        snapshot_slot: report.slot,
        // A later snapshot closes no gap: what lies between is read from its transactions.
        ..known.unwrap_or(Progress {
            followed_slot: finalized_slot,
            finalized_slot,
            ..Progress::default()
        })
    };
    let update = Update {
        progress: Some(progress),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(report)
}

/// Reads what is new, then what has become final or has vanished.
///
/// # Errors
/// [`FollowError`].
pub async fn step(
    storage: &Storage,
    writer: &mut Writer,
    node: &LedgerNode,
) -> Result<Step, FollowError> {
    let mut progress = storage.progress().await?.unwrap_or_default();
    let mut step = Step::default();
    let reached = node.slot().await?.max(progress.followed_slot);
    let reader = node.reader(reached);

    let listed = new_listings(storage, &reader, progress.finalized_slot).await?;
    for some in listed.chunks(TRANSACTIONS_AT_A_TIME) {
        let (mut transactions, mut touched) = (Vec::new(), BTreeMap::new());
        for listing in some {
            let fetched = reader.fetch(listing).await?;
            let changes_accounts = !listing.failed && matches!(fetched, Fetched::Read(_));
            let (transaction, accounts) = found(listing, fetched, TransactionState::Confirmed);
            transactions.push(transaction);
            if changes_accounts {
                touched.extend(accounts.into_iter().map(|one| (one, listing.signature)));
            }
        }
        let slot = some.iter().map(|listing| listing.slot).max();
        let accounts = read_accounts(node, &touched, slot.unwrap_or_default()).await?;
        step.found += transactions.len();
        let update = Update {
            accounts,
            transactions,
            ..Update::default()
        };
        writer.update(update).await?;
    }
    progress.followed_slot = reached;
    writer
        .update(Update {
            progress: Some(progress),
            ..Update::default()
        })
        .await?;
    finalize(storage, writer, node, progress, &mut step).await?;
    Ok(step)
}

/// The transactions behind a slot that the index does not have, the oldest first.
async fn new_listings(
    storage: &Storage,
    reader: &NodeReader<'_>,
    behind: u64,
) -> Result<Vec<Listing>, FollowError> {
    let (mut new, mut before) = (Vec::new(), None);
    loop {
        let page = reader
            .page(&reader.addresses.program_id, before, LISTED_AT_A_TIME)
            .await?;
        let is_last = page.len() < LISTED_AT_A_TIME;
        before = page.last().map(|listing| listing.signature);
        let signatures: Vec<_> = page.iter().map(|listing| listing.signature).collect();
        let known = storage.known(&signatures).await?;
        let mut reaches_behind = false;
        for listing in page {
            if listing.slot <= behind {
                reaches_behind = true;
                break;
            }
            let is_known = known.get(&listing.signature);
            if is_known.is_none_or(|state| *state == TransactionState::Vanished) {
                new.push(listing);
            }
        }
        if is_last || reaches_behind {
            new.reverse();
            return Ok(new);
        }
    }
}

/// What became of accounts, in a state of `slot` or later. `touched` names the last transaction that named each.
async fn read_accounts(
    node: &LedgerNode,
    touched: &BTreeMap<Address, Signature>,
    slot: u64,
) -> Result<Vec<Written>, FollowError> {
    let all: Vec<_> = touched.keys().copied().collect();
    let mut written = Vec::new();
    for some in all.chunks(MAX_ACCOUNTS - 1) {
        let (read_at, accounts) = node.read(some, slot).await?;
        for (address, account) in some.iter().zip(accounts) {
            let program = node.addresses().program_id;
            let Some(account) = account.filter(|account| account.owner == program) else {
                // Wallets and programs were never accounts of the program.
                if !address.is_on_curve() {
                    written.push(Written::Closed {
                        address: *address,
                        slot: read_at,
                    });
                }
                continue;
            };
            let read = IndexedAccount::read(
                node.addresses(),
                *address,
                &account.owner,
                account.lamports,
                read_at,
                account.data,
            );
            match read {
                Ok(account) => written.push(Written::Present {
                    account,
                    signature: touched.get(address).copied(),
                    disputed: false,
                }),
                Err(error) => {
                    tracing::warn!(%address, %error, "an account that can't be read is left out");
                }
            }
        }
    }
    Ok(written)
}

/// Looks which confirmed transactions are there for good, and which a fork took back.
async fn finalize(
    storage: &Storage,
    writer: &mut Writer,
    node: &LedgerNode,
    mut progress: Progress,
    step: &mut Step,
) -> Result<(), FollowError> {
    let finalized_slot = node.finalized_slot().await?.min(progress.followed_slot);
    loop {
        let signatures = storage
            .unfinalized(finalized_slot, SIGNATURES_AT_A_TIME)
            .await?;
        if signatures.is_empty() {
            break;
        }
        let present = node.finalized(&signatures).await?;
        let (mut states, mut touched) = (Vec::new(), BTreeMap::new());
        for (signature, is_final) in signatures.into_iter().zip(present) {
            if is_final {
                step.finalized += 1;
                states.push((signature, TransactionState::Finalized));
                continue;
            }
            states.push((signature, TransactionState::Vanished));
            let concerned: BTreeSet<_> = storage.concerned(&signature).await?.into_iter().collect();
            touched.extend(concerned.into_iter().map(|address| (address, signature)));
            step.vanished.push(signature);
        }
        let accounts = read_accounts(node, &touched, progress.followed_slot).await?;
        let update = Update {
            accounts,
            states,
            ..Update::default()
        };
        writer.update(update).await?;
    }
    progress.finalized_slot = progress.finalized_slot.max(finalized_slot);
    let update = Update {
        progress: Some(progress),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(())
}

impl LedgerNode {
    /// Reads transactions from the node, in a state of `slot` or later.
    pub fn reader(&self, slot: u64) -> NodeReader<'_> {
        NodeReader {
            addresses: *self.addresses(),
            patience: PATIENCE,
            node: self.node(),
            slot,
        }
    }

    /// The slot up to which the ledger is there for good.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn finalized_slot(&self) -> Result<u64, LedgerNodeError> {
        let finalized = CommitmentConfig::finalized();
        let slot = self.node().rpc().get_slot_with_commitment(finalized).await;
        Ok(slot.map_err(|error| self.node().error(error))?)
    }

    /// Whether each of some transactions is there for good.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn finalized(&self, signatures: &[Signature]) -> Result<Vec<bool>, LedgerNodeError> {
        let answer = self
            .node()
            .rpc()
            .get_signature_statuses_with_history(signatures)
            .await
            .map_err(|error| self.node().error(error))?;
        let finalized = CommitmentConfig::finalized();
        let statuses = answer.value.into_iter();
        Ok(statuses
            .map(|status| status.is_some_and(|status| status.satisfies_commitment(finalized)))
            .collect())
    }
}
