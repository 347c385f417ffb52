//! Finds out which transactions have become final, and which a fork took back.

use std::collections::{BTreeMap, VecDeque};

use solana_address::Address;
use solana_signature::Signature;
use tracing::warn;

use super::{
    again,
    agreed::read_accounts,
    follow_error::FollowError,
    ledger_node::{MAX_ACCOUNTS, MAX_SIGNATURES},
    ledger_nodes::Reached,
};
use crate::storage::{
    AccountKind, Progress, Storage, StorageError, TransactionState, Update, Writer,
};

/// The number of signatures whose state a node shows in one answer.
const SIGNATURES_AT_A_TIME: u32 = 256;
/// Transactions that nodes disagree on and that are looked at in one round.
const DISPUTED_TRANSACTIONS: usize = MAX_SIGNATURES;
/// Accounts that nodes disagree on and that are looked at in one round.
const DISPUTED_ACCOUNTS: usize = 4 * (MAX_ACCOUNTS - 1);
/// Accounts that are read from the database at a time.
const BATCH: usize = 1_000;

/// The result for transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The number of transactions that have become final.
    pub finalized: usize,
    /// Those that a fork took back.
    pub vanished: Vec<Signature>,
}

/// Looks for confirmed transactions that have become final, and for those that a fork took back. The accounts of the latter are
/// read again.
///
/// # Errors
/// [`FollowError`].
pub async fn finalize(
    storage: &Storage,
    writer: &mut Writer,
    reached: &Reached<'_>,
    mut progress: Progress,
) -> Result<Settled, FollowError> {
    let finalized_slot = reached.finalized_slot().await?.min(progress.followed_slot);
    let mut settled = Settled::default();
    loop {
        let signatures = storage
            .in_state(
                TransactionState::Confirmed,
                finalized_slot,
                SIGNATURES_AT_A_TIME,
            )
            .await?;
        if signatures.is_empty() {
            break;
        }
        let more = settle(storage, writer, reached, signatures, progress).await?;
        settled.finalized += more.finalized;
        settled.vanished.extend(more.vanished);
    }
    progress.finalized_slot = progress.finalized_slot.max(finalized_slot);
    let update = Update {
        progress: Some(progress),
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(settled)
}

/// The transactions and accounts that nodes disagree on. Each round looks at a part of them, so that the ledger is followed
/// meanwhile.
#[derive(Debug, Default)]
pub struct Disputed {
    transactions: VecDeque<Signature>,
    accounts: VecDeque<Address>,
}

impl Disputed {
    /// All that the index marks at present.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn read(storage: &Storage) -> Result<Self, StorageError> {
        let finalized = storage.progress().await?.unwrap_or_default().finalized_slot;
        let transactions = storage
            .all_in_state(TransactionState::Disputed, finalized)
            .await?;
        let mut accounts = VecDeque::new();
        for kind in AccountKind::ALL {
            let mut after = None;
            loop {
                let some = storage.disputed(kind, after.as_ref(), BATCH).await?;
                let Some(last) = some.last() else {
                    break;
                };
                after = Some(*last);
                accounts.extend(some);
            }
        }
        Ok(Self {
            transactions: transactions.into(),
            accounts,
        })
    }

    /// Whether nothing is left to look at.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty() && self.accounts.is_empty()
    }

    /// Looks again at the next part: the nodes may agree by now. What fails is left for the next reading.
    ///
    /// # Errors
    /// [`FollowError`].
    pub async fn look_at_some(
        &mut self,
        storage: &Storage,
        writer: &mut Writer,
        reached: &Reached<'_>,
    ) -> Result<(), FollowError> {
        let signatures = take(&mut self.transactions, DISPUTED_TRANSACTIONS);
        // Told as new where the nodes agree by now; looked at for finality by the next step.
        again::transactions(storage, writer, reached, &signatures).await?;
        let touched: BTreeMap<_, _> = take(&mut self.accounts, DISPUTED_ACCOUNTS)
            .into_iter()
            .map(|address| (address, None))
            .collect();
        let slot = storage.progress().await?.unwrap_or_default().followed_slot;
        let addresses = *reached.nodes[0].addresses();
        let read = read_accounts(reached, &addresses, &touched, slot).await?;
        writer.write(read).await?;
        Ok(())
    }
}

/// The first of those that wait.
fn take<T>(waiting: &mut VecDeque<T>, most: usize) -> Vec<T> {
    waiting.drain(..most.min(waiting.len())).collect()
}

async fn settle(
    storage: &Storage,
    writer: &mut Writer,
    reached: &Reached<'_>,
    signatures: Vec<Signature>,
    progress: Progress,
) -> Result<Settled, FollowError> {
    let asked = &signatures;
    let answers = reached.ask(|node| node.finalized(asked)).await?;
    let mut settled = Settled::default();
    let (mut states, mut touched) = (Vec::new(), BTreeMap::new());
    for (index, signature) in signatures.iter().enumerate() {
        let mut said = answers.iter().map(|(_, finalized)| finalized[index]);
        let state = match said.next() {
            Some(first) if said.all(|other| other == first) => match first {
                true => TransactionState::Finalized,
                false => TransactionState::Vanished,
            },
            _ => TransactionState::Disputed,
        };
        match state {
            TransactionState::Finalized => settled.finalized += 1,
            TransactionState::Vanished => {
                warn!(%signature, "a fork took back a transaction that was confirmed");
                settled.vanished.push(*signature);
            }
            _ => warn!(%signature, "nodes disagree on a transaction: it is not served as fact"),
        }
        if state != TransactionState::Finalized {
            let named = storage.touched(signature).await?.into_iter();
            touched.extend(named.map(|address| (address, None)));
        }
        states.push((*signature, state));
    }
    let addresses = *reached.nodes[0].addresses();
    let accounts = read_accounts(reached, &addresses, &touched, progress.followed_slot).await?;
    let update = Update {
        accounts,
        states,
        ..Update::default()
    };
    writer.update(update).await?;
    Ok(settled)
}
