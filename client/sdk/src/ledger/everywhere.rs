//! Reads from all nodes, so that no single node can hide an account.

use futures::future::join_all;
use generion_interface::accounts::LedgerAccount;
use generion_rpc::node::Node;
use solana_address::Address;

use super::ACCOUNTS_PER_REQUEST;
use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// Accounts in the order of their addresses, as each node shows them, in the order of the nodes. An account that can't be
    /// at the address where a node shows it counts as not shown, and is kept for [`Self::take_lies`].
    pub(crate) async fn find_everywhere<T: LedgerAccount>(
        &self,
        addresses: &[Address],
    ) -> Vec<Result<Vec<Option<T>>, ClientError>> {
        let min_context_slot = self.min_context_slot().unwrap_or_default();
        let nodes = self.nodes().iter().enumerate();
        // A slot that one node reached is no minimum for another.
        let lists = nodes.map(|(index, node)| {
            let slot = if index == 0 { min_context_slot } else { 0 };
            self.find_all_at(node, slot, addresses)
        });
        join_all(lists).await
    }

    async fn find_all_at<T: LedgerAccount>(
        &self,
        node: &Node,
        slot: u64,
        addresses: &[Address],
    ) -> Result<Vec<Option<T>>, ClientError> {
        let mut found = Vec::with_capacity(addresses.len());
        for addresses in addresses.chunks(ACCOUNTS_PER_REQUEST) {
            let accounts = self
                .with_min_context_slot_at(node, slot, |slot| {
                    node.rpc()
                        .get_multiple_ui_accounts_with_config(addresses, self.account_config(slot))
                })
                .await?;
            if accounts.len() != addresses.len() {
                let words = "it answers with another number of accounts".to_owned();
                let error = solana_rpc_client_api::client_error::ErrorKind::Custom(words);
                return Err(node.error(error.into()).into());
            }
            for (address, account) in addresses.iter().zip(accounts) {
                let account = account.map(|account| self.read(node, address, &account));
                found.push(match account.transpose() {
                    Ok(account) => account.flatten(),
                    Err(ClientError::Lie(lie)) => {
                        self.note_lie(lie);
                        None
                    }
                    Err(error) => return Err(error),
                });
            }
        }
        Ok(found)
    }
}
