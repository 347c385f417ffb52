//! Indexes a part of the ledger again, whatever the index has of it.

use std::collections::BTreeMap;

use solana_address::Address;
use solana_signature::Signature;

use super::{
    agreed::read_accounts,
    follow_error::FollowError,
    ledger_node::MAX_SIGNATURES,
    ledger_nodes::{LedgerNodes, Reached},
    take_in::take_in,
    transactions::{list_behind, look_up},
};
use crate::storage::{Storage, Writer};

/// Transactions that are read and written in one go.
const TRANSACTIONS_AT_A_TIME: usize = 64;

/// The result of indexing again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexedAgain {
    /// Transactions that were read.
    pub transactions: usize,
    /// Accounts that were written, or removed.
    pub accounts: usize,
}

/// Indexes a transaction again, and the accounts that it names. Where no node knows it, nothing is done.
///
/// # Errors
/// [`FollowError`].
pub async fn transaction(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
    signature: &Signature,
) -> Result<IndexedAgain, FollowError> {
    let reached = nodes.reach().await?;
    transactions(storage, writer, &reached, &[*signature]).await
}

/// Indexes those of some transactions again that a node knows.
///
/// # Errors
/// [`FollowError`].
pub(super) async fn transactions(
    storage: &Storage,
    writer: &mut Writer,
    reached: &Reached<'_>,
    signatures: &[Signature],
) -> Result<IndexedAgain, FollowError> {
    let progress = storage.progress().await?.unwrap_or_default();
    let mut listed = Vec::new();
    for some in signatures.chunks(MAX_SIGNATURES) {
        listed.extend(look_up(reached, some).await?);
    }
    let mut again = IndexedAgain::default();
    for some in listed.chunks(TRANSACTIONS_AT_A_TIME) {
        again.accounts += take_in(writer, reached, some, progress).await?.accounts;
        again.transactions += some.len();
    }
    Ok(again)
}

/// Indexes an account again.
///
/// # Errors
/// [`FollowError`].
pub async fn account(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
    address: &Address,
) -> Result<IndexedAgain, FollowError> {
    let reached = nodes.reach().await?;
    let followed = storage.progress().await?.unwrap_or_default().followed_slot;
    let slot = reached.slot.max(followed);
    let touched = BTreeMap::from([(*address, None)]);
    let read = read_accounts(&reached, nodes.addresses(), &touched, slot).await?;
    Ok(IndexedAgain {
        transactions: 0,
        accounts: writer.write(read).await?,
    })
}

/// Indexes all transactions of some slots again, and the accounts that they name.
///
/// # Errors
/// [`FollowError`].
pub async fn range(
    storage: &Storage,
    writer: &mut Writer,
    nodes: &LedgerNodes,
    from_slot: u64,
    to_slot: u64,
) -> Result<IndexedAgain, FollowError> {
    let reached = nodes.reach().await?;
    let behind = from_slot.saturating_sub(1);
    let listings = reached
        .ask(|node| list_behind(node, reached.slot, behind))
        .await?;
    let mut signatures: Vec<_> = (listings.into_iter().flat_map(|(_, listed)| listed))
        .filter(|listing| (from_slot..=to_slot).contains(&listing.slot))
        .map(|listing| (listing.slot, listing.signature))
        .collect();
    signatures.sort_by_key(|(slot, _)| *slot);
    let signatures: Vec<_> = signatures.into_iter().map(|(_, one)| one).collect();
    transactions(storage, writer, &reached, &signatures).await
}
