//! A node, and its errors.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountData, UiAccountEncoding};
use solana_address::Address;
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::{
    nonblocking::rpc_client::RpcClient, rpc_client::RpcClientConfig, rpc_sender::RpcSender,
};
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::RpcAccountInfoConfig,
    custom_error::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
    request::{RpcError as ResponseError, RpcRequest},
    response::Response,
};
use solana_sdk_ids::sysvar;
use solana_signature::Signature;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::{sync::OnceCell, time::timeout};

use crate::{
    causes::with_causes, cluster::OtherGenesis, status_queue::StatusQueue, text::brief, transport,
    url::NodeUrl,
};

/// The time during which a node that did not answer in time gets less time than other nodes.
const SILENCE: Duration = Duration::from_secs(5);

/// A node that is spoken to over JSON-RPC.
pub struct Node {
    url: NodeUrl,
    rpc: RpcClient,
    /// The genesis hash that the node showed.
    genesis: OnceCell<Hash>,
    statuses: StatusQueue<NodeError>,
    /// The highest slot that it showed, and when it did first.
    highest: Mutex<Option<(u64, Instant)>>,
    /// Since when it has not answered in time beside other nodes.
    silent_since: Mutex<Option<Instant>>,
}

/// An error of a node. Its text names the node, without the secrets in the node's address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node at {node} {reason}")]
pub struct NodeError {
    node: String,
    kind: NodeErrorKind,
    reason: String,
}

/// The kinds of failures of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeErrorKind {
    /// The node can't be reached, or does not answer in time.
    Unreachable,
    /// The node answers with an error of its own.
    Refused {
        /// The code of the JSON-RPC error.
        code: i64,
    },
    /// The node has taken this transaction before: the ledger has its status.
    AlreadyProcessed,
    /// The node has not reached a slot that other nodes have reached.
    Behind {
        /// The slot.
        slot: u64,
    },
    /// The node answers from a state that is long past.
    Stale,
    /// The node's answer makes no sense.
    Nonsense,
}

/// Why it is not certain that a node belongs to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenesisError {
    /// The node does not answer.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The node is of another cluster.
    #[error(transparent)]
    Other(#[from] OtherGenesis),
}

/// Accounts as a node shows them, with the ledger's clock in the same state.
#[derive(Clone, Debug)]
pub struct State {
    /// The slot of the state.
    pub slot: u64,
    /// The accounts that were asked for, in that order; `None`: there is none.
    pub accounts: Vec<Option<Account>>,
    /// In seconds since the Unix epoch.
    pub unix_time: i64,
}

impl AsRef<Self> for Node {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Node {
    /// A node at an address. [`Self::rpc`] asks it at `commitment`.
    pub fn new(url: NodeUrl, commitment: CommitmentConfig) -> Self {
        let sender = transport::sender(url.expose_full().to_owned());
        Self::with_sender(url, sender, commitment)
    }

    /// A node over a transport of the caller's own. Its address names the node, and its operator follows from it.
    pub fn with_sender(
        url: NodeUrl,
        sender: impl RpcSender + Send + Sync + 'static,
        commitment: CommitmentConfig,
    ) -> Self {
        let config = RpcClientConfig::with_commitment(commitment);
        Self {
            url,
            rpc: RpcClient::new_sender(sender, config),
            genesis: OnceCell::new(),
            statuses: StatusQueue::default(),
            highest: Mutex::new(None),
            silent_since: Mutex::new(None),
        }
    }

    /// Notes whether it answered in time, beside other nodes.
    pub(crate) fn note_answer(&self, in_time: bool) {
        let mut since = (self.silent_since.lock()).unwrap_or_else(PoisonError::into_inner);
        if in_time {
            *since = None;
        } else if since.is_none_or(|since| since.elapsed() >= SILENCE) {
            *since = Some(Instant::now());
        }
    }

    /// Whether this node did not answer in time a moment ago, when it was asked beside other nodes. After [`SILENCE`], a slow
    /// node gets its whole time again: otherwise the other nodes would be believed without it from then on.
    pub(crate) fn was_silent(&self) -> bool {
        let since = *(self.silent_since.lock()).unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < SILENCE)
    }

    /// The node's address.
    pub const fn url(&self) -> &NodeUrl {
        &self.url
    }

    /// The node's JSON-RPC client. Its errors quote the whole address: show them by [`Self::error`].
    pub const fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    /// The genesis hash that it shows; it is asked once.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn genesis(&self) -> Result<Hash, NodeError> {
        let ask = || async { self.rpc.get_genesis_hash().await };
        let genesis = self.genesis.get_or_try_init(ask).await;
        genesis.copied().map_err(|error| self.error(error))
    }

    /// Refuses a node of another cluster.
    ///
    /// # Errors
    /// [`GenesisError::Other`] where it shows another genesis hash, [`GenesisError::Node`] where it does not answer.
    pub async fn check_genesis(&self, expected: &Hash) -> Result<(), GenesisError> {
        let shown = self.genesis().await?;
        if shown != *expected {
            return Err(GenesisError::Other(OtherGenesis {
                node: self.url.to_string(),
                shown,
                expected: *expected,
            }));
        }
        Ok(())
    }

    /// The status of a transaction in the node's cache of recent ones; `None`: the node does not know it. Questions that are
    /// asked at the same time share one request.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn signature_status(
        &self,
        signature: &Signature,
    ) -> Result<Option<TransactionStatus>, NodeError> {
        let request = async |signatures: Vec<Signature>| match self
            .rpc
            .get_signature_statuses(&signatures)
            .await
        {
            Ok(statuses) if statuses.value.len() == signatures.len() => Ok(statuses.value),
            Ok(_) => {
                let words = "it answers with another number of statuses than it was asked for";
                Err(self.error(ErrorKind::Custom(words.to_owned()).into()))
            }
            Err(error) => Err(self.error(error)),
        };
        self.statuses.ask(signature, request).await
    }

    /// The error as a [`NodeError`], without the secrets in the address.
    pub fn error(&self, error: RpcError) -> NodeError {
        let (kind, reason) = match *error.kind {
            ErrorKind::Reqwest(error) => unreachable(error),
            ErrorKind::RpcError(ResponseError::RpcResponseError { code, message, .. }) => (
                match is_processed(&message) {
                    true => NodeErrorKind::AlreadyProcessed,
                    false => NodeErrorKind::Refused { code },
                },
                format!("answers with an error: {message} ({code})"),
            ),
            ErrorKind::SerdeJson(_) => (
                NodeErrorKind::Nonsense,
                "answers with something that is no answer to the question".to_owned(),
            ),
            ErrorKind::Io(error) => (
                NodeErrorKind::Unreachable,
                format!("can't be reached: {error}"),
            ),
            ErrorKind::Middleware(error) => (
                NodeErrorKind::Unreachable,
                format!("can't be used: {error}"),
            ),
            other => (
                NodeErrorKind::Nonsense,
                format!("does not answer as it should: {other}"),
            ),
        };
        self.failed(kind, &self.url.redact(&reason))
    }

    pub(crate) fn failed(&self, kind: NodeErrorKind, reason: &str) -> NodeError {
        NodeError {
            node: self.url.to_string(),
            kind,
            reason: brief(reason),
        }
    }

    /// An answer within a time.
    ///
    /// # Errors
    /// [`NodeErrorKind::Unreachable`] where there is none.
    pub async fn within<T>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, NodeError>>,
    ) -> Result<T, NodeError> {
        match timeout(limit, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(self.failed(
                NodeErrorKind::Unreachable,
                &format!("did not answer within {} s", limit.as_secs_f32()),
            )),
        }
    }

    /// Reads accounts and the ledger's clock in one request, from a state that has reached `min_slot`.
    ///
    /// # Errors
    /// [`NodeError`], with [`NodeErrorKind::Behind`] where the node has not reached that slot.
    pub async fn state(
        &self,
        addresses: &[Address],
        commitment: CommitmentConfig,
        min_slot: u64,
    ) -> Result<State, NodeError> {
        let asked: Vec<_> = (addresses.iter().chain([&sysvar::clock::ID]))
            .map(Address::to_string)
            .collect();
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(commitment),
            min_context_slot: Some(min_slot).filter(|slot| *slot > 0),
            ..RpcAccountInfoConfig::default()
        };
        let answer = self
            .rpc
            .send::<Response<Vec<Option<UiAccount>>>>(
                RpcRequest::GetMultipleAccounts,
                serde_json::json!([asked, config]),
            )
            .await
            .map_err(|error| match is_behind(&error) {
                true => self.behind(min_slot),
                false => self.error(error),
            })?;
        let slot = answer.context.slot;
        // Not every node minds the slot that it was asked for.
        if slot < min_slot {
            return Err(self.behind(min_slot));
        }
        if answer.value.len() != asked.len() {
            return Err(
                self.nonsense("answers with another number of accounts than it was asked for")
            );
        }
        let accounts = (answer.value.into_iter()).map(|account| match account {
            None => Some(None),
            Some(account) => read(account).map(Some),
        });
        let Some(mut accounts) = accounts.collect::<Option<Vec<_>>>() else {
            return Err(self.nonsense("answers with an account that can't be read"));
        };
        let Some(unix_time) = accounts.pop().flatten().and_then(|clock| unix_time(&clock)) else {
            return Err(self.nonsense("shows no clock of the ledger"));
        };
        Ok(State {
            slot,
            accounts,
            unix_time,
        })
    }

    fn behind(&self, slot: u64) -> NodeError {
        let reason = format!("is behind: it has not reached slot {slot}, which was seen elsewhere");
        self.failed(NodeErrorKind::Behind { slot }, &reason)
    }

    pub(crate) fn nonsense(&self, reason: &str) -> NodeError {
        self.failed(NodeErrorKind::Nonsense, reason)
    }

    /// Notes the slot of an answer; an error where it has stood still for longer than `limit`.
    pub(crate) fn check_progress(
        &self,
        slot: u64,
        now: Instant,
        limit: Duration,
    ) -> Result<(), NodeError> {
        let mut highest = self
            .highest
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match *highest {
            Some((known, since)) if slot <= known => {
                let still = now.duration_since(since);
                if still > limit {
                    let reason = format!(
                        "stands still: it has shown no slot after {known} for {} s",
                        still.as_secs()
                    );
                    return Err(self.failed(NodeErrorKind::Stale, &reason));
                }
            }
            _ => *highest = Some((slot, now)),
        }
        Ok(())
    }
}

impl NodeError {
    /// The node, without the secrets in its address.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The kind of failure.
    pub const fn kind(&self) -> NodeErrorKind {
        self.kind
    }

    /// The failure as a sentence that follows the node's name.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// The account; `None` if the answer is not what was asked for.
fn read(account: UiAccount) -> Option<Account> {
    // A compressed answer could be of any size.
    let UiAccountData::Binary(_, UiAccountEncoding::Base64) = account.data else {
        return None;
    };
    Some(Account {
        lamports: account.lamports,
        data: account.data.decode()?,
        owner: account.owner.parse().ok()?,
        executable: account.executable,
        rent_epoch: account.rent_epoch,
    })
}

/// Bincode of the sysvar: slot, epoch start, epoch, leader schedule epoch, then the Unix time, 8 bytes each.
fn unix_time(clock: &Account) -> Option<i64> {
    let bytes = clock
        .data
        .get(core::mem::offset_of!(Clock, unix_timestamp)..)?;
    bytes.first_chunk().map(|bytes| i64::from_le_bytes(*bytes))
}

/// Nodes say it by different codes, and all by these words, or by the error's name.
fn is_processed(message: &str) -> bool {
    message.contains("already been processed") || message.contains("AlreadyProcessed")
}

fn is_behind(error: &RpcError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::RpcError(ResponseError::RpcResponseError { code, .. })
            if *code == JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED
    )
}

/// The library's error says little, and its source says a lot; both are shown without the address.
fn unreachable(error: reqwest::Error) -> (NodeErrorKind, String) {
    let error = error.without_url();
    if let Some(status) = error.status() {
        let reason = format!("answers with HTTP {}", status.as_u16());
        return (NodeErrorKind::Unreachable, reason);
    }
    if error.is_decode() {
        let reason = "answers with something that is no JSON".to_owned();
        return (NodeErrorKind::Nonsense, reason);
    }
    let what = if error.is_body() {
        "can't be read"
    } else {
        "can't be reached"
    };
    let reason = format!("{what}: {}", with_causes(&error));
    (NodeErrorKind::Unreachable, reason)
}

mod min_context_slot;
#[cfg(test)]
mod tests;
