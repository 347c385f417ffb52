//! Transactions and the accounts that they name, written in one database transaction.

use std::collections::BTreeMap;

use generion_history::Listing;

use super::{
    agreed::read_accounts, follow_error::FollowError, ledger_nodes::Reached, transactions::fetch,
};
use crate::storage::{Progress, TransactionState, Update, Writer};

/// The result of writing.
pub struct TakenIn {
    /// Whether some of the transactions can't be read, so that it is unknown which accounts they have changed.
    pub is_unread: bool,
    /// The number of accounts that were written.
    pub accounts: usize,
}

/// Writes some transactions, the oldest first, and the accounts that they name. If one of them can't be read, this is noted as
/// well: all accounts have to be read again.
///
/// # Errors
/// [`FollowError`]; then nothing was written.
pub async fn take_in(
    writer: &mut Writer,
    reached: &Reached<'_>,
    listed: &[Listing],
    progress: Progress,
) -> Result<TakenIn, FollowError> {
    let (mut transactions, mut touched) = (Vec::new(), BTreeMap::new());
    let mut is_unread = false;
    for read in fetch(reached, listed, TransactionState::Confirmed).await? {
        is_unread |= read.is_unread;
        let signature = read.transaction.signature;
        let named = read.transaction.touched.iter();
        touched.extend(named.map(|address| (*address, Some(signature))));
        transactions.push(read.transaction);
    }
    let slot = listed.iter().map(|listing| listing.slot).max();
    let addresses = *reached.nodes[0].addresses();
    let accounts = read_accounts(reached, &addresses, &touched, slot.unwrap_or_default()).await?;
    let update = Update {
        accounts,
        transactions,
        progress: is_unread.then_some(Progress {
            snapshot_is_due: true,
            ..progress
        }),
        ..Update::default()
    };
    Ok(TakenIn {
        is_unread,
        accounts: writer.update(update).await?,
    })
}
