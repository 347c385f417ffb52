//! Reads of many accounts, in as few requests as nodes take.

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::accounts::{LedgerAccount, RecordAccount};
use solana_account_decoder_client_types::UiAccount;
use solana_address::Address;

use super::ACCOUNTS_PER_REQUEST;
use crate::{error::ClientError, ledger::Ledger};

/// Requests that are made at the same time.
const REQUESTS_AT_A_TIME: usize = 8;

impl Ledger {
    /// The records with these addresses, in this order.
    ///
    /// # Errors
    /// Those of [`Self::record`].
    pub async fn records(&self, addresses: &[Address]) -> Result<Vec<RecordAccount>, ClientError> {
        let records = self.find_all(addresses).await?;
        let require = |(address, record): (&Address, Option<RecordAccount>)| {
            record.ok_or(ClientError::NotFound {
                kind: RecordAccount::NAME,
                address: *address,
            })
        };
        addresses.iter().zip(records).map(require).collect()
    }

    /// Accounts that may be there, in the order of their addresses, any number of them.
    ///
    /// # Errors
    /// [`ClientError::Lie`], [`ClientError::Account`], [`ClientError::Node`].
    pub async fn find_all<T: LedgerAccount>(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<Option<T>>, ClientError> {
        // Owned, so that the future is `Send`: a borrowing closure isn't general enough for that.
        let chunks: Vec<_> = (addresses.chunks(ACCOUNTS_PER_REQUEST))
            .map(<[Address]>::to_vec)
            .collect();
        let batches = stream::iter(chunks)
            .map(|addresses| async move { self.find_some(&addresses).await })
            .buffered(REQUESTS_AT_A_TIME);
        batches.try_concat().await
    }

    /// As [`Self::find_all`], for no more accounts than a node gives in one answer.
    async fn find_some<T: LedgerAccount>(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<Option<T>>, ClientError> {
        let accounts = self.raw_accounts(addresses).await?;
        let read = |(address, account): (&Address, Option<UiAccount>)| {
            let account = account.map(|account| self.read(self.primary(), address, &account));
            Ok(account.transpose()?.flatten())
        };
        addresses.iter().zip(accounts).map(read).collect()
    }
    /// The accounts that the first node shows, for no more addresses than it answers for at once.
    pub(super) async fn raw_accounts(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<Option<UiAccount>>, ClientError> {
        let accounts = self
            .with_min_context_slot(|slot| {
                self.rpc()
                    .get_multiple_ui_accounts_with_config(addresses, self.account_config(slot))
            })
            .await?;
        if accounts.len() != addresses.len() {
            return Err(self.nonsense("it answers with another number of accounts"));
        }
        Ok(accounts)
    }
}
