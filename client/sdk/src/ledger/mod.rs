mod filter;
mod fresh;

use std::{sync::atomic::AtomicU64, time::Duration};

use generion::state::{Share, User};
use generion_interface::{
    Addresses, Instructions,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
    events::{self, Event},
};
use generion_rpc::transport;
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::{nonblocking::rpc_client::RpcClient, rpc_client::RpcClientConfig};
use solana_rpc_client_api::{
    client_error::Error as RpcError,
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcTransactionConfig},
    request::RpcRequest,
    response::{Response, RpcKeyedAccount},
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
    option_serializer::OptionSerializer,
};

use crate::{ClientError, PriorityPrice, progress::Reporter};

pub use self::filter::Filter;

/// How long a node may fail to answer before a transaction's fate is reported as unknown.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most accounts that a node gives in one answer.
const ACCOUNTS_PER_REQUEST: usize = 100;

/// The program's accounts on a cluster, read at `confirmed` or better.
pub struct Ledger {
    rpc: RpcClient,
    instructions: Instructions,
    priority: PriorityPrice,
    patience: Duration,
    /// What is read must be at least as new as this slot.
    floor: AtomicU64,
    pub(crate) progress: Reporter,
    pub(crate) dry_run: bool,
}

/// An account and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its address.
    pub address: Address,
    /// Its contents.
    pub account: T,
}

impl Ledger {
    /// Over a node's JSON-RPC address; a commitment below `confirmed` is raised to it.
    pub fn new(url: String, program_id: Address, commitment: CommitmentConfig) -> Self {
        let commitment = if commitment.is_finalized() {
            commitment
        } else {
            CommitmentConfig::confirmed()
        };
        Self {
            rpc: RpcClient::new_sender(
                transport::sender(url),
                RpcClientConfig::with_commitment(commitment),
            ),
            instructions: Instructions::new(program_id),
            priority: PriorityPrice::None,
            patience: PATIENCE,
            floor: AtomicU64::new(0),
            progress: Reporter::default(),
            dry_run: false,
        }
    }

    /// The node.
    pub const fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    /// The program's id.
    pub const fn program_id(&self) -> &Address {
        &self.instructions.addresses.program_id
    }

    /// Derives addresses.
    pub const fn addresses(&self) -> &Addresses {
        &self.instructions.addresses
    }

    /// Builds instructions.
    pub const fn instructions(&self) -> &Instructions {
        &self.instructions
    }

    /// A wallet's User account.
    ///
    /// # Errors
    /// [`ClientError::NoKey`] where the wallet has none.
    pub async fn user(&self, wallet: &Address) -> Result<User, ClientError> {
        self.find(&self.addresses().user(wallet))
            .await?
            .ok_or(ClientError::NoKey(*wallet))
    }

    /// A record.
    ///
    /// # Errors
    /// [`ClientError::NotFound`], [`ClientError::Account`], [`ClientError::Node`].
    pub async fn record(&self, address: &Address) -> Result<RecordAccount, ClientError> {
        self.get(address).await
    }

    /// An order.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub async fn order(&self, address: &Address) -> Result<OrderAccount, ClientError> {
        self.get(address).await
    }

    /// A purchase.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub async fn purchase(&self, address: &Address) -> Result<PurchaseAccount, ClientError> {
        self.get(address).await
    }

    /// A share.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub async fn share(&self, address: &Address) -> Result<Share, ClientError> {
        self.get(address).await
    }

    /// An account that must be there.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub async fn get<T: LedgerAccount>(&self, address: &Address) -> Result<T, ClientError> {
        self.find(address).await?.ok_or(ClientError::NotFound {
            kind: T::NAME,
            address: *address,
        })
    }

    /// An account that may be there.
    ///
    /// # Errors
    /// [`ClientError::Account`], [`ClientError::Node`].
    pub async fn find<T: LedgerAccount>(
        &self,
        address: &Address,
    ) -> Result<Option<T>, ClientError> {
        let account = self
            .fresh(|slot| {
                self.rpc
                    .get_ui_account_with_config(address, self.account_config(slot))
            })
            .await?;
        let account = account.map(|account| self.read(address, &account));
        Ok(account.transpose()?.flatten())
    }

    /// The records with these addresses, in this order.
    ///
    /// # Errors
    /// As [`Self::record`].
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
    /// [`ClientError::Account`], [`ClientError::Node`].
    pub async fn find_all<T: LedgerAccount>(
        &self,
        addresses: &[Address],
    ) -> Result<Vec<Option<T>>, ClientError> {
        let mut found = Vec::with_capacity(addresses.len());
        for addresses in addresses.chunks(ACCOUNTS_PER_REQUEST) {
            let accounts = self
                .fresh(|slot| {
                    self.rpc
                        .get_multiple_ui_accounts_with_config(addresses, self.account_config(slot))
                })
                .await?;
            for (address, account) in addresses.iter().zip(accounts) {
                let account = account
                    .map(|account| self.read(address, &account))
                    .transpose()?;
                found.push(account.flatten());
            }
        }
        Ok(found)
    }

    /// All accounts of a kind that match every filter, by address. Accounts that don't decode are left out: anybody's
    /// node may be ahead of this software.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn list<T: LedgerAccount>(
        &self,
        filters: &[Filter],
    ) -> Result<Vec<Listed<T>>, ClientError> {
        let config = |slot| self.accounts_config::<T>(filters, slot);
        let accounts = self
            .fresh(|slot| {
                let parameters = serde_json::json!([self.program_id().to_string(), config(slot)]);
                self.rpc.send::<Response<Vec<RpcKeyedAccount>>>(
                    RpcRequest::GetProgramAccounts,
                    parameters,
                )
            })
            .await?;
        let mut listed: Vec<_> = accounts
            .iter()
            .filter_map(|account| self.listed(account))
            .collect();
        listed.sort_unstable_by_key(|listed| listed.address);
        Ok(listed)
    }

    /// What a node is asked for accounts of a kind with.
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

    /// An account that a node told about; `None`: it is of another kind, or of a version to come.
    pub(crate) fn listed<T: LedgerAccount>(&self, told: &RpcKeyedAccount) -> Option<Listed<T>> {
        let address = told.pubkey.parse().ok()?;
        let account = self.read(&address, &told.account).ok()??;
        Some(Listed { address, account })
    }

    /// The ledger's clock, in seconds since the Unix epoch: what deadlines are compared with.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn unix_time(&self) -> Result<i64, ClientError> {
        self.unix_time_since(0).await
    }

    /// As [`Self::unix_time`], from a state no older than `slot`.
    pub(crate) async fn unix_time_since(&self, slot: u64) -> Result<i64, ClientError> {
        let address = solana_sdk_ids::sysvar::clock::ID;
        let account = self
            .raw(&address, slot)
            .await?
            .ok_or(ClientError::NotFound {
                kind: "clock",
                address,
            })?;
        // Bincode of the sysvar: slot, epoch start, epoch, leader schedule epoch, then the Unix time, 8 bytes each.
        let offset = core::mem::offset_of!(Clock, unix_timestamp);
        let bytes = account
            .data
            .get(offset..)
            .and_then(|data| data.first_chunk());
        bytes
            .map(|bytes| i64::from_le_bytes(*bytes))
            .ok_or(ClientError::NotFound {
                kind: "clock",
                address,
            })
    }

    /// The lamports of an address.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn lamports(&self, address: &Address) -> Result<u64, ClientError> {
        self.rpc
            .get_balance(address)
            .await
            .map_err(|error| self.node(error))
    }

    /// The lamports of addresses, in their order.
    pub(crate) async fn balances(&self, addresses: &[Address]) -> Result<Vec<u64>, ClientError> {
        let accounts = self
            .fresh(|slot| {
                self.rpc
                    .get_multiple_ui_accounts_with_config(addresses, self.account_config(slot))
            })
            .await?;
        let balance = |account: Option<UiAccount>| account.map_or(0, |account| account.lamports);
        Ok(accounts.into_iter().map(balance).collect())
    }

    /// A transaction that landed, with what it used.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn transaction(
        &self,
        signature: &Signature,
    ) -> Result<EncodedConfirmedTransactionWithStatusMeta, ClientError> {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.rpc.commitment()),
            max_supported_transaction_version: Some(0),
        };
        self.rpc
            .get_transaction_with_config(signature, config)
            .await
            .map_err(|error| self.node(error))
    }

    /// The program's events in a transaction that landed.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn events(&self, signature: &Signature) -> Result<Vec<Event>, ClientError> {
        let transaction = self.transaction(signature).await?;
        let logs = transaction
            .transaction
            .meta
            .and_then(|meta| match meta.log_messages {
                OptionSerializer::Some(logs) => Some(logs),
                _ => None,
            });
        Ok(events::from_logs(
            self.program_id(),
            logs.unwrap_or_default().iter().map(String::as_str),
        ))
    }

    async fn raw(&self, address: &Address, slot: u64) -> Result<Option<Account>, ClientError> {
        let account = self
            .fresh_since(slot, |slot| {
                self.rpc
                    .get_ui_account_with_config(address, self.account_config(slot))
            })
            .await?;
        // A node that answers in another encoding than it was asked for answers nothing.
        Ok(account.and_then(|account| account.decode()))
    }

    fn account_config(&self, min_context_slot: Option<u64>) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.rpc.commitment()),
            min_context_slot,
            ..RpcAccountInfoConfig::default()
        }
    }

    /// `None`: it was closed, and only its address is left.
    fn read<T: LedgerAccount>(
        &self,
        address: &Address,
        account: &UiAccount,
    ) -> Result<Option<T>, ClientError> {
        let account: Option<Account> = account.decode();
        account
            .filter(|account| account.lamports > 0 && !account.data.is_empty())
            .map(|account| {
                T::decode(self.program_id(), &account.owner, &account.data).map_err(|source| {
                    ClientError::Account {
                        address: *address,
                        source,
                    }
                })
            })
            .transpose()
    }

    pub(crate) fn node(&self, source: RpcError) -> ClientError {
        ClientError::Node {
            url: self.rpc.url(),
            source: Box::new(source),
        }
    }
}

/// The address of the records that an order lists.
pub(crate) fn record_addresses(
    addresses: &Addresses,
    seller: &Address,
    ids: &[u64],
) -> Vec<Address> {
    ids.iter().map(|id| addresses.record(seller, *id)).collect()
}
