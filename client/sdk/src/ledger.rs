mod balance;
mod everywhere;
pub(crate) mod filter;
pub(crate) mod heads;
mod list;
mod local;
mod many;
mod min_context_slot;
pub(crate) mod priority;
pub(crate) mod program;
pub(crate) mod rent;
pub(crate) mod through;

use std::{
    sync::{Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use futures::future::{join, join_all};
use generion::state::{Share, User};
use generion_interface::{
    Addresses, Deployment, Instructions,
    accounts::{AccountError, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_rpc::{
    confirmation::Confirmer,
    node::Node,
    url::NodeUrl,
    witness::{WitnessOptions, Witnesses},
};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::RpcAccountInfoConfig,
};

use self::priority::PriorityPrice;
use crate::{
    error::{ClientError, node_lie::NodeLie},
    progress::Reporter,
};

/// The time that nodes may fail to answer before a transaction's status is reported as unknown.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most accounts that a node gives in one answer.
pub(crate) const ACCOUNTS_PER_REQUEST: usize = 100;

/// Most lies that are kept until [`Ledger::take_lies`].
const REMEMBERED_LIES: usize = 1_000;

/// The program's accounts on a cluster, read at `confirmed` or better. Account contents that don't follow from the account's
/// address are the first node's word; [`Self::witnesses`] has what several nodes agree on.
pub struct Ledger {
    witnesses: Witnesses,
    deployment: Deployment,
    instructions: Instructions,
    priority: PriorityPrice,
    patience: Duration,
    /// The lowest slot whose state is accepted.
    min_context_slot: AtomicU64,
    lies: Mutex<Vec<NodeLie>>,
    pub(crate) progress: Reporter,
}

/// An account and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedAccount<T> {
    /// The account's address.
    pub address: Address,
    /// The account's contents.
    pub account: T,
}

impl Ledger {
    /// The ledger of a deployment that its user has set, over nodes of which the first is asked first. All reads are at
    /// `commitment`, or at `confirmed` where that is lower.
    ///
    /// # Errors
    /// [`ClientError::Witness`] where no node is named.
    pub fn new(
        deployment: Deployment,
        nodes: Vec<NodeUrl>,
        commitment: CommitmentConfig,
        options: WitnessOptions,
    ) -> Result<Self, ClientError> {
        let commitment = if commitment.is_finalized() {
            commitment
        } else {
            CommitmentConfig::confirmed()
        };
        let nodes = nodes
            .into_iter()
            .map(|url| Node::new(url, commitment))
            .collect();
        Self::over(deployment, nodes, options)
    }

    /// As [`Self::new`], over nodes with transports of the caller's own.
    ///
    /// # Errors
    /// [`ClientError::Witness`] where there is no node.
    pub fn over(
        deployment: Deployment,
        nodes: Vec<Node>,
        options: WitnessOptions,
    ) -> Result<Self, ClientError> {
        let genesis = Hash::new_from_array(deployment.genesis.0);
        Ok(Self {
            witnesses: Witnesses::new(nodes, genesis, options)?,
            deployment,
            instructions: Instructions::new(deployment.program_id),
            priority: PriorityPrice::default(),
            patience: PATIENCE,
            min_context_slot: AtomicU64::new(0),
            lies: Mutex::new(Vec::new()),
            progress: Reporter::default(),
        })
    }

    /// JSON-RPC of the first node.
    pub fn rpc(&self) -> &RpcClient {
        self.primary().rpc()
    }

    /// The first node.
    pub fn primary(&self) -> &Node {
        // There is one: `Witnesses::new` refuses none.
        &self.witnesses.nodes()[0]
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        self.witnesses.nodes()
    }

    /// All nodes, for questions that need an agreement.
    pub const fn witnesses(&self) -> &Witnesses {
        &self.witnesses
    }

    /// Sends transactions to all nodes, and confirms them.
    pub(crate) fn confirmer(&self) -> Confirmer<'_> {
        Confirmer::new(self.nodes(), self.witnesses.genesis(), self.patience)
    }

    /// The cluster, and the program there.
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Makes sure that the first node is of the cluster that this ledger was made for. That is done once, before anything
    /// is read or sent.
    ///
    /// # Errors
    /// [`ClientError::OtherGenesis`], [`ClientError::Node`].
    pub async fn check_genesis(&self) -> Result<(), ClientError> {
        self.check_genesis_of(self.primary()).await
    }

    /// Makes sure that a node is of the cluster that this ledger was made for, once for each node.
    ///
    /// # Errors
    /// [`ClientError::OtherGenesis`], [`ClientError::Node`].
    pub async fn check_genesis_of(&self, node: &Node) -> Result<(), ClientError> {
        Ok(node.check_genesis(self.witnesses.genesis()).await?)
    }

    /// The accounts that nodes listed at addresses where they can't be, since this was called last. Lists leave them out.
    pub fn take_lies(&self) -> Vec<NodeLie> {
        core::mem::take(&mut self.lies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note_lie(&self, lie: NodeLie) {
        let mut lies = self.lies.lock().unwrap_or_else(PoisonError::into_inner);
        if lies.len() < REMEMBERED_LIES && !lies.contains(&lie) {
            lies.push(lie);
        }
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
    /// Those of [`Self::record`].
    pub async fn order(&self, address: &Address) -> Result<OrderAccount, ClientError> {
        self.get(address).await
    }

    /// A purchase.
    ///
    /// # Errors
    /// Those of [`Self::record`].
    pub async fn purchase(&self, address: &Address) -> Result<PurchaseAccount, ClientError> {
        self.get(address).await
    }

    /// A share.
    ///
    /// # Errors
    /// Those of [`Self::record`].
    pub async fn share(&self, address: &Address) -> Result<Share, ClientError> {
        self.get(address).await
    }

    /// An account that must be there.
    ///
    /// # Errors
    /// Those of [`Self::record`].
    pub async fn get<T: LedgerAccount>(&self, address: &Address) -> Result<T, ClientError> {
        self.find(address).await?.ok_or(ClientError::NotFound {
            kind: T::NAME,
            address: *address,
        })
    }

    /// An account that may be there.
    ///
    /// # Errors
    /// [`ClientError::Lie`], [`ClientError::Account`], [`ClientError::Node`].
    pub async fn find<T: LedgerAccount>(
        &self,
        address: &Address,
    ) -> Result<Option<T>, ClientError> {
        let account = self
            .with_min_context_slot(|slot| {
                self.rpc()
                    .get_ui_account_with_config(address, self.account_config(slot))
            })
            .await?;
        let account = account.map(|account| self.read(self.primary(), address, &account));
        Ok(account.transpose()?.flatten())
    }

    /// The ledger's clock, in seconds since the Unix epoch. Deadlines are compared with it.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn unix_time(&self) -> Result<i64, ClientError> {
        self.unix_time_since(0).await
    }

    /// As [`Self::unix_time`], from a state no older than `slot`.
    pub(crate) async fn unix_time_since(&self, slot: u64) -> Result<i64, ClientError> {
        let slot = self.min_context_slot().unwrap_or_default().max(slot);
        self.unix_time_at(self.primary(), slot).await
    }

    async fn unix_time_at(&self, node: &Node, slot: u64) -> Result<i64, ClientError> {
        let address = solana_sdk_ids::sysvar::clock::ID;
        let account = self
            .raw(node, &address, slot)
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

    /// The earliest of the nodes' clocks, so that a node whose clock is ahead can't keep a transaction from being sent. The
    /// first node's clock is from a state no older than `slot`.
    pub(crate) async fn earliest_time(&self, slot: u64) -> Result<i64, ClientError> {
        let first = self.unix_time_since(slot);
        let [_, others @ ..] = self.nodes() else {
            return first.await;
        };
        let others = others.iter().map(|node| self.unix_time_at(node, 0));
        let (first, others) = join(first, join_all(others)).await;
        let earliest = others.into_iter().flatten().min();
        match (first, earliest) {
            (Ok(time), earliest) => Ok(earliest.map_or(time, |other| other.min(time))),
            (Err(_), Some(time)) => Ok(time),
            (Err(error), None) => Err(error),
        }
    }

    async fn raw(
        &self,
        node: &Node,
        address: &Address,
        slot: u64,
    ) -> Result<Option<Account>, ClientError> {
        let account = self
            .with_min_context_slot_at(node, slot, |slot| {
                node.rpc()
                    .get_ui_account_with_config(address, self.account_config(slot))
            })
            .await?;
        // A node that answers in another encoding than it was asked for answers nothing.
        Ok(account.and_then(|account| account.decode()))
    }

    fn account_config(&self, min_context_slot: Option<u64>) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.rpc().commitment()),
            min_context_slot,
            ..RpcAccountInfoConfig::default()
        }
    }

    /// `None`: it was closed, and only its address is left.
    fn read<T: LedgerAccount>(
        &self,
        node: &Node,
        address: &Address,
        account: &UiAccount,
    ) -> Result<Option<T>, ClientError> {
        let account: Option<Account> = account.decode();
        account
            .filter(|account| account.lamports > 0 && !account.data.is_empty())
            .map(|account| {
                T::read(self.addresses(), address, &account.owner, &account.data)
                    .map_err(|error| self.unreadable(node, address, error))
            })
            .transpose()
    }

    /// An account that is at an address where it can't be is the node's lie; any other may be the caller's mistake.
    pub(crate) fn unreadable(
        &self,
        node: &Node,
        address: &Address,
        source: AccountError,
    ) -> ClientError {
        match source {
            AccountError::WrongAddress { .. } => ClientError::Lie(NodeLie {
                node: node.url().to_string(),
                address: *address,
                reason: source.to_string(),
            }),
            source => ClientError::Account {
                address: *address,
                source,
            },
        }
    }

    pub(crate) fn node(&self, source: RpcError) -> ClientError {
        self.primary().error(source).into()
    }

    pub(crate) fn nonsense(&self, reason: &str) -> ClientError {
        self.node(ErrorKind::Custom(reason.to_owned()).into())
    }
}
