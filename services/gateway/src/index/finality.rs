//! Finds out which transactions have become final, and which a fork took back.

use std::collections::BTreeMap;

use solana_address::Address;
use solana_signature::Signature;
use tracing::warn;

use super::{again, agreed::read_accounts, follow_error::FollowError, ledger_nodes::Reached};
use crate::storage::{
    AccountKind, Progress, Storage, StorageError, TransactionState, Update, Writer,
};

/// The number of signatures whose state a node shows in one answer.
const SIGNATURES_AT_A_TIME: u32 = 256;
/// Disputed accounts of a kind that are read again in one go.
const DISPUTED_AT_A_TIME: usize = 99;

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

/// Looks again at accounts and transactions that nodes disagree on: they may agree by now.
///
/// # Errors
/// [`FollowError`].
pub async fn look_at_disputed(
    storage: &Storage,
    writer: &mut Writer,
    reached: &Reached<'_>,
) -> Result<(), FollowError> {
    let Some(progress) = storage.progress().await? else {
        return Ok(());
    };
    // All at once: those that stay disputed must not keep the others from being looked at.
    let signatures = storage
        .all_in_state(TransactionState::Disputed, progress.finalized_slot)
        .await?;
    // Told as new where the nodes agree by now; looked at for finality by the next step.
    again::transactions(storage, writer, reached, &signatures).await?;
    let addresses = *reached.nodes[0].addresses();
    for kind in AccountKind::ALL {
        let mut after = None;
        loop {
            let some = disputed(storage, kind, after.as_ref()).await?;
            let Some(last) = some.last() else {
                break;
            };
            after = Some(*last);
            let touched = some.iter().map(|address| (*address, None)).collect();
            let slot = progress.followed_slot;
            writer
                .write(read_accounts(reached, &addresses, &touched, slot).await?)
                .await?;
        }
    }
    Ok(())
}

async fn disputed(
    storage: &Storage,
    kind: AccountKind,
    after: Option<&Address>,
) -> Result<Vec<Address>, StorageError> {
    storage.disputed(kind, after, DISPUTED_AT_A_TIME).await
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
