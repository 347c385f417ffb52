//! Accounts as they are, undecoded, with the slot of the state that they are from.

use futures::{StreamExt, TryStreamExt, stream};
use generion_interface::accounts::AccountError;
use solana_account::Account;
use solana_address::Address;
use solana_rpc_client_api::response::Response;

use super::ACCOUNTS_PER_REQUEST;
use crate::{error::ClientError, ledger::Ledger};

/// Requests that are made at the same time.
const REQUESTS_AT_A_TIME: usize = 8;

/// An account as the first node shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// The slot of the node's state.
    pub slot: u64,
    /// The account; `None` where there is none.
    pub account: Option<Account>,
}

impl Ledger {
    /// Accounts in the order of their addresses, any number of them. Later reads are from no older state.
    ///
    /// # Errors
    /// [`ClientError::Node`], [`ClientError::Stale`].
    pub async fn account_snapshots(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<AccountSnapshot>, ClientError> {
        let batches = stream::iter(addresses.chunks(ACCOUNTS_PER_REQUEST))
            .map(|addresses| self.some_snapshots(addresses))
            .buffered(REQUESTS_AT_A_TIME);
        batches.try_concat().await
    }

    /// As [`Self::account_snapshots`], of no more accounts than a node gives in one answer.
    async fn some_snapshots(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<AccountSnapshot>, ClientError> {
        let (slot, accounts) = self
            .with_min_context_slot(|slot| async move {
                let config = self.account_config(slot);
                let rpc = self.rpc();
                let answer = rpc.get_multiple_ui_accounts_with_config(addresses, config);
                answer.await.map(|Response { context, value }| {
                    let value = (context.slot, value);
                    Response { context, value }
                })
            })
            .await?;
        if accounts.len() != addresses.len() {
            return Err(self.nonsense("it answers with another number of accounts"));
        }
        self.expect_slot(slot);
        let snapshot = |account: Option<solana_account_decoder_client_types::UiAccount>| {
            let account = account.and_then(|account| account.decode());
            AccountSnapshot { slot, account }
        };
        Ok(accounts.into_iter().map(snapshot).collect())
    }

    /// The error of an account that the first node showed and that can't be decoded.
    pub fn account_error(&self, address: &Address, source: AccountError) -> ClientError {
        self.unreadable(self.primary(), address, source)
    }
}
