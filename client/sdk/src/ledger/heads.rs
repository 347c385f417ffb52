//! Lists of records of any length. Of each record, only the fields that distinguish it from others are read; the full record is
//! read when a user looks at it. Anybody can write records to anybody, as many as they pay for.

use core::{cmp::Reverse, mem::offset_of};

use generion::state::Record;
use generion_interface::accounts::{LedgerAccount, RecordAccount};
use solana_account_decoder_client_types::UiDataSliceConfig;
use solana_address::Address;
use solana_rpc_client_api::{
    config::RpcProgramAccountsConfig,
    request::RpcRequest,
    response::{Response, RpcKeyedAccount},
};

use super::{
    ACCOUNTS_PER_REQUEST, KeyedAccount,
    filter::{DISCRIMINATOR, Filter},
};
use crate::{
    error::{ClientError, node_lie::NodeLie},
    ledger::Ledger,
};

/// Bytes of an account that are asked for: all up to the creator.
const LENGTH: usize = DISCRIMINATOR + offset_of!(Record, creator) + 32;

/// The fields that distinguish a record from others. All of them are one node's word: [`Ledger::records_at`] reads the records
/// themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// The record's address.
    pub address: Address,
    /// The owner's wallet.
    pub owner: Address,
    /// The wallet that wrote it.
    pub creator: Address,
    /// Unix time of creation, in seconds.
    pub created_at: i64,
    /// Whether the owner has verified it.
    pub is_verified: bool,
}

impl RecordHead {
    fn decode(address: Address, data: &[u8]) -> Option<Self> {
        let body = data
            .get(..LENGTH)?
            .strip_prefix(&RecordAccount::DISCRIMINATOR)?;
        let wallet = |offset: usize| {
            let bytes = body.get(offset..)?.first_chunk()?;
            Some(Address::new_from_array(*bytes))
        };
        let created_at = body.get(offset_of!(Record, created_at)..)?.first_chunk()?;
        Some(Self {
            address,
            owner: wallet(offset_of!(Record, owner))?,
            creator: wallet(offset_of!(Record, creator))?,
            created_at: i64::from_le_bytes(*created_at),
            is_verified: *body.get(offset_of!(Record, verified))? != 0,
        })
    }
}

impl Ledger {
    /// The heads of all records that match every filter, the newest first.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn record_heads(&self, filters: &[Filter]) -> Result<Vec<RecordHead>, ClientError> {
        let node = self.primary();
        let accounts = self
            .with_min_context_slot(|slot| {
                let mut config: RpcProgramAccountsConfig =
                    self.accounts_config::<RecordAccount>(filters, slot);
                config.account_config.data_slice = Some(UiDataSliceConfig {
                    offset: 0,
                    length: LENGTH,
                });
                let parameters = serde_json::json!([self.program_id().to_string(), config]);
                node.rpc().send::<Response<Vec<RpcKeyedAccount>>>(
                    RpcRequest::GetProgramAccounts,
                    parameters,
                )
            })
            .await?;
        let mut heads = Vec::with_capacity(accounts.len());
        for account in accounts {
            let Ok(address) = account.pubkey.parse() else {
                continue;
            };
            let Some(data) = account.account.data.decode() else {
                continue;
            };
            match RecordHead::decode(address, &data) {
                Some(head) if filters.iter().all(|filter| filter.matches(&data)) => {
                    heads.push(head);
                }
                Some(_) => self.note_lie(NodeLie {
                    node: node.url().to_string(),
                    address,
                    reason: "it was not asked for".to_owned(),
                }),
                // Of another kind, or of a version to come.
                None => {}
            }
        }
        heads.sort_unstable_by_key(|head| (Reverse(head.created_at), head.address));
        heads.dedup_by_key(|head| head.address);
        Ok(heads)
    }

    /// The records behind heads, in their order. Each address is recomputed from the contents. A record that is gone meanwhile
    /// is left out. A record that contradicts its head is left out, too, and kept for [`Self::take_lies`].
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn records_at(
        &self,
        heads: &[RecordHead],
    ) -> Result<Vec<KeyedAccount<RecordAccount>>, ClientError> {
        let node = self.primary();
        let mut records = Vec::with_capacity(heads.len());
        for heads in heads.chunks(ACCOUNTS_PER_REQUEST) {
            let addresses: Vec<_> = heads.iter().map(|head| head.address).collect();
            let accounts = self
                .with_min_context_slot(|slot| {
                    self.rpc()
                        .get_multiple_ui_accounts_with_config(&addresses, self.account_config(slot))
                })
                .await?;
            if accounts.len() != heads.len() {
                return Err(self.nonsense("it answers with another number of accounts"));
            }
            for (head, account) in heads.iter().zip(accounts) {
                let Some(account) = account else {
                    continue;
                };
                let told = RpcKeyedAccount {
                    pubkey: head.address.to_string(),
                    account,
                };
                let filters = [
                    Filter::record_owner(head.owner),
                    Filter::record_creator(head.creator),
                ];
                records.extend(self.listed(node, &filters, &told));
            }
        }
        Ok(records)
    }
}
