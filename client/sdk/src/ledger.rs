use generion::state::{Share, User};
use generion_interface::{
    Addresses, Instructions,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
    events::{self, Event},
};
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Error as RpcError,
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcTransactionConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
    option_serializer::OptionSerializer,
};

use crate::ClientError;

/// The program's accounts on a cluster, read at `confirmed` or better.
pub struct Ledger {
    rpc: RpcClient,
    instructions: Instructions,
}

/// An account and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its address.
    pub address: Address,
    /// Its contents.
    pub account: T,
}

/// A field of an account that a listing is narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    offset: usize,
    value: [u8; 32],
}

macro_rules! filters {
    ($($(#[$attr:meta])* $name:ident: $state:ident.$field:ident,)*) => {
        impl Filter {
            $(
                $(#[$attr])*
                pub const fn $name(address: Address) -> Self {
                    const OFFSET: usize = 8 + core::mem::offset_of!(generion::state::$state, $field);
                    Self { offset: OFFSET, value: address.to_bytes() }
                }
            )*
        }
    };
}

filters! {
    /// Records of an owner.
    record_owner: Record.owner,
    /// Records by a creator.
    record_creator: Record.creator,
    /// Orders of a seller.
    order_seller: Order.seller,
    /// Purchases of an order.
    purchase_order: Purchase.order,
    /// Purchases from a seller.
    purchase_seller: Purchase.seller,
    /// Purchases by a buyer.
    purchase_buyer: Purchase.buyer,
    /// Shares of a record.
    share_record: Share.record,
    /// Shares by an owner.
    share_owner: Share.owner,
    /// Shares with a recipient.
    share_recipient: Share.recipient,
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
            rpc: RpcClient::new_with_commitment(url, commitment),
            instructions: Instructions::new(program_id),
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
            .raw(address)
            .await?
            .filter(|account| account.lamports > 0 && !account.data.is_empty());
        account
            .map(|account| self.decode(address, &account))
            .transpose()
    }

    /// The records with these addresses, in this order.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub async fn records(&self, addresses: &[Address]) -> Result<Vec<RecordAccount>, ClientError> {
        let accounts = self
            .rpc
            .get_multiple_accounts(addresses)
            .await
            .map_err(|error| self.node(error))?;
        let decode = |(address, account): (&Address, Option<Account>)| {
            let account = account.ok_or(ClientError::NotFound {
                kind: RecordAccount::NAME,
                address: *address,
            })?;
            self.decode(address, &account)
        };
        addresses.iter().zip(accounts).map(decode).collect()
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
        let memcmp = |offset, bytes: &[u8]| {
            RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()))
        };
        let mut all = vec![memcmp(0, &T::DISCRIMINATOR)];
        all.extend(
            filters
                .iter()
                .map(|filter| memcmp(filter.offset, &filter.value)),
        );
        let config = RpcProgramAccountsConfig {
            filters: Some(all),
            account_config: RpcAccountInfoConfig {
                encoding: Some(solana_account_decoder_client_types::UiAccountEncoding::Base64),
                commitment: Some(self.rpc.commitment()),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let accounts = self
            .rpc
            .get_program_ui_accounts_with_config(self.program_id(), config)
            .await
            .map_err(|error| self.node(error))?;
        let mut listed: Vec<_> = accounts
            .into_iter()
            .filter_map(|(address, account)| {
                let account = self.decode(&address, &account.decode::<Account>()?).ok()?;
                Some(Listed { address, account })
            })
            .collect();
        listed.sort_unstable_by_key(|listed| listed.address);
        Ok(listed)
    }

    /// The ledger's clock, in seconds since the Unix epoch: what deadlines are compared with.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn unix_time(&self) -> Result<i64, ClientError> {
        let address = solana_sdk_ids::sysvar::clock::ID;
        let account = self.raw(&address).await?.ok_or(ClientError::NotFound {
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

    async fn raw(&self, address: &Address) -> Result<Option<Account>, ClientError> {
        let response = self
            .rpc
            .get_account_with_commitment(address, self.rpc.commitment())
            .await;
        Ok(response.map_err(|error| self.node(error))?.value)
    }

    fn decode<T: LedgerAccount>(
        &self,
        address: &Address,
        account: &Account,
    ) -> Result<T, ClientError> {
        T::decode(self.program_id(), &account.owner, &account.data).map_err(|source| {
            ClientError::Account {
                address: *address,
                source,
            }
        })
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
