use solana_account_decoder_client_types::UiAccount;
use solana_address::Address;
use solana_rpc_client_api::{config::RpcContextConfig, request::RpcRequest, response::Response};

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// The lamports of an address.
    ///
    /// # Errors
    /// [`ClientError::Node`], [`ClientError::Stale`].
    pub async fn lamports(&self, address: &Address) -> Result<u64, ClientError> {
        self.with_min_context_slot(|min_context_slot| {
            let config = RpcContextConfig {
                commitment: Some(self.rpc().commitment()),
                min_context_slot,
            };
            let parameters = serde_json::json!([address.to_string(), config]);
            async move {
                let balance = RpcRequest::GetBalance;
                self.rpc().send::<Response<u64>>(balance, parameters).await
            }
        })
        .await
    }

    /// The lamports of addresses, in their order.
    pub(crate) async fn balances(&self, addresses: &[Address]) -> Result<Vec<u64>, ClientError> {
        let accounts = self
            .with_min_context_slot(|slot| {
                self.rpc()
                    .get_multiple_ui_accounts_with_config(addresses, self.account_config(slot))
            })
            .await?;
        let balance = |account: Option<UiAccount>| account.map_or(0, |account| account.lamports);
        Ok(accounts.into_iter().map(balance).collect())
    }
}
