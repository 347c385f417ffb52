use std::collections::BTreeMap;

use futures::future::join_all;
use generion_interface::accounts::LedgerAccount;
use generion_rpc::node::Node;
use solana_rpc_client_api::{
    config::RpcProgramAccountsConfig,
    request::RpcRequest,
    response::{Response, RpcKeyedAccount},
};

use super::{KeyedAccount, filter::Filter};
use crate::{
    error::{ClientError, node_lie::NodeLie},
    ledger::Ledger,
};

impl Ledger {
    /// All accounts of a kind that match every filter, by address. Accounts that don't decode are left out: the program may be
    /// newer than this software. Accounts that can't be at their address, or were not asked for, are left out, too, and kept
    /// for [`Self::take_lies`]. The first node may leave accounts out without being noticed.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn list<T: LedgerAccount>(
        &self,
        filters: &[Filter],
    ) -> Result<Vec<KeyedAccount<T>>, ClientError> {
        let slot = self.min_context_slot().unwrap_or_default();
        self.list_at(self.primary(), slot, filters).await
    }

    /// As [`Self::list`], from all nodes that answer, joined into one list, so that no node can hide an account.
    ///
    /// # Errors
    /// [`ClientError::Node`] where none answers.
    pub async fn list_everywhere<T: LedgerAccount>(
        &self,
        filters: &[Filter],
    ) -> Result<Vec<KeyedAccount<T>>, ClientError> {
        let slot = self.min_context_slot().unwrap_or_default();
        let lists = self.nodes().iter().enumerate().map(|(index, node)| {
            let slot = if index == 0 { slot } else { 0 };
            self.list_at::<T>(node, slot, filters)
        });
        let (mut all, mut answered, mut error) = (BTreeMap::new(), false, None);
        for list in join_all(lists).await {
            match list {
                Ok(list) => {
                    answered = true;
                    for listed in list {
                        all.entry(listed.address).or_insert(listed);
                    }
                }
                Err(failed) => error = error.or(Some(failed)),
            }
        }
        match error {
            Some(error) if !answered => Err(error),
            _ => Ok(all.into_values().collect()),
        }
    }

    async fn list_at<T: LedgerAccount>(
        &self,
        node: &Node,
        slot: u64,
        filters: &[Filter],
    ) -> Result<Vec<KeyedAccount<T>>, ClientError> {
        let config = |slot| self.accounts_config::<T>(filters, slot);
        let accounts = self
            .with_min_context_slot_at(node, slot, |slot| {
                let parameters = serde_json::json!([self.program_id().to_string(), config(slot)]);
                node.rpc().send::<Response<Vec<RpcKeyedAccount>>>(
                    RpcRequest::GetProgramAccounts,
                    parameters,
                )
            })
            .await?;
        let mut listed: Vec<_> = accounts
            .iter()
            .filter_map(|account| self.listed(node, filters, account))
            .collect();
        listed.sort_unstable_by_key(|listed: &KeyedAccount<T>| listed.address);
        listed.dedup_by_key(|listed| listed.address);
        Ok(listed)
    }

    /// The configuration of a `getProgramAccounts` request for accounts of a kind.
    pub(crate) fn accounts_config<T: LedgerAccount>(
        &self,
        filters: &[Filter],
        min_context_slot: Option<u64>,
    ) -> RpcProgramAccountsConfig {
        RpcProgramAccountsConfig {
            filters: Some(Filter::all::<T>(filters)),
            account_config: self.account_config(min_context_slot),
            with_context: Some(true),
            ..RpcProgramAccountsConfig::default()
        }
    }

    /// An account that a node listed; `None`: it is of another kind or of a later version, or the node lies, which is noted.
    pub(crate) fn listed<T: LedgerAccount>(
        &self,
        node: &Node,
        filters: &[Filter],
        keyed: &RpcKeyedAccount,
    ) -> Option<KeyedAccount<T>> {
        let address = keyed.pubkey.parse().ok()?;
        let data = keyed.account.data.decode()?;
        match self.read(node, &address, &keyed.account) {
            Ok(account) => {
                let account = account?;
                if filters.iter().all(|filter| filter.matches(&data)) {
                    return Some(KeyedAccount { address, account });
                }
                self.note_lie(NodeLie {
                    node: node.url().to_string(),
                    address,
                    reason: "it was not asked for".to_owned(),
                });
            }
            Err(ClientError::Lie(lie)) => self.note_lie(lie),
            Err(_) => {}
        }
        None
    }
}
