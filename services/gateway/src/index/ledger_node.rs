//! The questions of the index to a node. No answer is believed here: the readers of accounts derive their addresses.

use std::{
    collections::{BTreeSet, HashMap},
    io,
    iter::repeat,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::{StreamExt, TryStreamExt, stream};
use generion_history::{Listing, NodeReader};
use generion_interface::Addresses;
use generion_rpc::{
    node::{Node, NodeError},
    url::NodeUrl,
};
use reqwest::{Client, redirect};
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_signature::Signature;
use tokio::{sync::mpsc, task::spawn_blocking};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::program_accounts::{AnswerError, ShownAccount, read};
use crate::storage::AccountKind;

/// The longest time until a node begins its answer, and between two parts of it. An answer with a million accounts takes
/// minutes as a whole.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a node is waited for that is a little behind what it said of itself: behind one address there may be several.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Accounts that a node gives in one answer.
pub const MAX_ACCOUNTS: usize = 100;
/// Signatures whose state a node tells in one answer.
pub const MAX_SIGNATURES: usize = 256;
/// Blocks whose time a node is asked for at the same time.
const TIMES_AT_A_TIME: usize = 8;

/// The errors of a node.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerNodeError {
    /// The node does not answer a question.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The node's accounts can't be fetched.
    #[error("the node at {node} can't be reached: {reason}")]
    Unreachable {
        /// The node, without the secrets in its address.
        node: String,
        /// The reason, without the secrets in the address.
        reason: String,
    },
    /// The node's accounts can't be read.
    #[error("the accounts that the node at {node} shows can't be read")]
    Answer {
        /// The node, without the secrets in its address.
        node: String,
        /// Why.
        source: AnswerError,
    },
    /// The node shows an older state than it was asked for.
    #[error(
        "the node at {node} shows the state of slot {slot}, and was asked for slot {min_slot} or a later one"
    )]
    Behind {
        /// The node, without the secrets in its address.
        node: String,
        /// The slot that it shows.
        slot: u64,
        /// The slot that it was asked for.
        min_slot: u64,
    },
}

/// A node, and the program that it is asked about.
pub struct LedgerNode {
    node: Node,
    http: Client,
    addresses: Addresses,
}

impl AsRef<Node> for LedgerNode {
    fn as_ref(&self) -> &Node {
        &self.node
    }
}

impl LedgerNode {
    /// At an address.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(url: NodeUrl, addresses: Addresses) -> Result<Self, reqwest::Error> {
        let mut http = Client::builder()
            .connect_timeout(READ_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(redirect::Policy::none());
        if url.is_this_machine() {
            // Through a proxy it would be whatever the proxy says.
            http = http.no_proxy();
        }
        Ok(Self {
            node: Node::new(url, CommitmentConfig::confirmed()),
            http: http.build()?,
            addresses,
        })
    }

    /// The node.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// The program's addresses.
    pub const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The slot that it has reached, confirmed.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn slot(&self) -> Result<u64, LedgerNodeError> {
        let slot = self.node.rpc().get_slot().await;
        Ok(slot.map_err(|error| self.node.error(error))?)
    }

    /// Hands on all accounts of a kind that it shows, in a state of `min_slot` or later; returns the slot of that state.
    /// It ends early where nobody takes them any more.
    ///
    /// # Errors
    /// [`LedgerNodeError`]; accounts that came before it have been handed on.
    pub async fn accounts(
        &self,
        kind: AccountKind,
        min_slot: u64,
        to: mpsc::Sender<ShownAccount>,
    ) -> Result<u64, LedgerNodeError> {
        let of_kind = json!([{ "memcmp": {
            "offset": 0,
            "bytes": BASE64_STANDARD.encode(kind.discriminator()),
            "encoding": "base64",
        } }]);
        self.program_accounts(of_kind, min_slot, to).await
    }

    /// The same, for accounts of all kinds.
    ///
    /// # Errors
    /// [`LedgerNodeError`]; accounts that came before it have been handed on.
    pub async fn all_accounts(
        &self,
        min_slot: u64,
        to: mpsc::Sender<ShownAccount>,
    ) -> Result<u64, LedgerNodeError> {
        self.program_accounts(json!([]), min_slot, to).await
    }

    async fn program_accounts(
        &self,
        filters: Value,
        min_slot: u64,
        to: mpsc::Sender<ShownAccount>,
    ) -> Result<u64, LedgerNodeError> {
        let question = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "getProgramAccounts",
            "params": [self.addresses.program_id.to_string(), {
                "commitment": "confirmed",
                "encoding": "base64",
                "withContext": true,
                "minContextSlot": min_slot,
                "filters": filters,
            }],
        });
        let unreachable = |error: reqwest::Error| LedgerNodeError::Unreachable {
            node: self.node.url().to_string(),
            reason: self.node.url().redact(&error.without_url().to_string()),
        };
        let answer = self
            .http
            .post(self.node.url().expose_full())
            .json(&question)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(unreachable)?;
        let bytes = answer.bytes_stream().map_err(io::Error::other);
        let bytes = SyncIoBridge::new(StreamReader::new(bytes));
        let on_account = move |account| {
            to.blocking_send(account)
                .map_err(|_| "nobody takes the accounts any more".to_owned())
        };
        let slot = spawn_blocking(move || read(bytes, on_account))
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
            .map_err(|source| LedgerNodeError::Answer {
                node: self.node.url().to_string(),
                source,
            })?;
        self.require(slot, min_slot)?;
        Ok(slot)
    }

    /// Reads at most [`MAX_ACCOUNTS`] accounts in one state, of `min_slot` or later. Returns that state's slot and the
    /// accounts, `None` for each that is not there.
    ///
    /// # Errors
    /// [`LedgerNodeError`].
    pub async fn read(
        &self,
        addresses: &[Address],
        min_slot: u64,
    ) -> Result<(u64, Vec<Option<Account>>), LedgerNodeError> {
        let confirmed = CommitmentConfig::confirmed();
        let state = self.node.state(addresses, confirmed, min_slot).await?;
        Ok((state.slot, state.accounts))
    }

    /// Reads transactions from the node, in a state of `slot` or later.
    pub fn reader(&self, slot: u64) -> NodeReader<'_> {
        NodeReader {
            addresses: self.addresses,
            patience: PATIENCE,
            node: &self.node,
            slot,
        }
    }

    /// The slot up to which the ledger is final.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn finalized_slot(&self) -> Result<u64, LedgerNodeError> {
        let finalized = CommitmentConfig::finalized();
        let slot = self.node.rpc().get_slot_with_commitment(finalized).await;
        Ok(slot.map_err(|error| self.node.error(error))?)
    }

    /// The first slot that it has not deleted.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn first_available_slot(&self) -> Result<u64, LedgerNodeError> {
        let slot = self.node.rpc().get_first_available_block().await;
        Ok(slot.map_err(|error| self.node.error(error))?)
    }

    /// Whether each of these transactions is final.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn finalized(&self, signatures: &[Signature]) -> Result<Vec<bool>, LedgerNodeError> {
        let answer = self
            .node
            .rpc()
            .get_signature_statuses_with_history(signatures)
            .await
            .map_err(|error| self.node.error(error))?;
        let finalized = CommitmentConfig::finalized();
        let mut statuses: Vec<_> = (answer.value.into_iter())
            .map(|status| status.is_some_and(|status| status.satisfies_commitment(finalized)))
            .collect();
        // A transaction that the node does not list in its answer is not there.
        statuses.resize(signatures.len(), false);
        Ok(statuses)
    }

    /// Transactions by their signatures, at most [`MAX_SIGNATURES`]; `None` for each that the node does not know.
    ///
    /// # Errors
    /// [`LedgerNodeError::Node`].
    pub async fn listings(
        &self,
        signatures: &[Signature],
    ) -> Result<Vec<Option<Listing>>, LedgerNodeError> {
        let rpc = self.node.rpc();
        let answer = rpc
            .get_signature_statuses_with_history(signatures)
            .await
            .map_err(|error| self.node.error(error))?;
        let statuses = answer.value;
        let slots: BTreeSet<_> = statuses
            .iter()
            .flatten()
            .map(|status| status.slot)
            .collect();
        let times: HashMap<_, _> = stream::iter(slots)
            // A node that has deleted the block does not know its time any more.
            .map(|slot| async move { (slot, rpc.get_block_time(slot).await.ok()) })
            .buffer_unordered(TIMES_AT_A_TIME)
            .collect()
            .await;
        // What a node does not tell is not there.
        let statuses = statuses.into_iter().chain(repeat(None));
        let listed = signatures.iter().zip(statuses).map(|(signature, status)| {
            let status = status?;
            Some(Listing {
                signature: *signature,
                slot: status.slot,
                time: times.get(&status.slot).copied().flatten(),
                failed: status.err.is_some(),
            })
        });
        Ok(listed.collect())
    }

    /// Not every node minds the slot that it is asked for.
    fn require(&self, slot: u64, min_slot: u64) -> Result<(), LedgerNodeError> {
        match slot < min_slot {
            true => Err(LedgerNodeError::Behind {
                node: self.node.url().to_string(),
                slot,
                min_slot,
            }),
            false => Ok(()),
        }
    }
}
