//! Sends signed transactions to all nodes, and confirms what became of them.
//!
//! A transaction that was handed to a node is in one of these states: confirmed on the ledger; failed on the ledger, where it
//! costs its fee; expired, so that it never will be on the ledger; or unknown as yet. [`Confirmer::confirm`] asks all nodes
//! until it is one of the first three, and sends the same bytes again meanwhile, since busy nodes drop transactions without a
//! word. One node that has the transaction is believed; that it failed or expired is believed only while no other node says
//! anything else.
//!
//! [`Node::signature_status`] is the lower level, for programs that send many transactions at a time.

use std::time::Duration;

use futures::future::join_all;
use solana_hash::Hash;
use solana_rpc_client::rpc_client::SerializableTransaction;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::{RpcSendTransactionConfig, RpcTransactionConfig},
    custom_error::JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE,
    request::RpcError as ResponseError,
};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
    option_serializer::OptionSerializer,
};
use tokio::time::{Instant, sleep};

use crate::{
    cluster::OtherGenesis,
    node::{GenesisError, Node, NodeError, NodeErrorKind},
};

/// How often the nodes are asked.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often the same bytes are sent again meanwhile, and the nodes are asked whether they have expired.
const RESEND_INTERVAL: Duration = Duration::from_secs(2);
/// Blocks behind a transaction's last one for which every node still knows its status without a history.
const STATUS_CACHE_BLOCKS: u64 = 100;
/// Longer than any block hash lives: a node whose block height stands still must not hold up its user for ever.
const LONGEST_LIFE: Duration = Duration::from_secs(600);
/// The highest version of a transaction that is read.
const MAX_TRANSACTION_VERSION: u8 = 1;

/// A transaction on the ledger that succeeded, as a node shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its fee, in lamports.
    pub fee: u64,
    /// The compute units that it used; 0 where the node does not say.
    pub compute_units: u64,
    /// Its log, line by line; empty where the node does not say.
    pub logs: Vec<String>,
}

/// A transaction on the ledger that failed: it had no effect, and cost its fee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {signature} failed")]
pub struct FailedTransaction {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its fee, in lamports.
    pub fee: u64,
    /// The ledger's error.
    pub error: TransactionError,
    /// Its log, line by line.
    pub logs: Vec<String>,
}

/// Why a transaction is not confirmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// It failed on the ledger.
    #[error(transparent)]
    Failed(#[from] Box<FailedTransaction>),
    /// Its block hash expired before it reached the ledger, so it never will.
    #[error("transaction {0} expired before it reached the ledger, and never will")]
    Expired(Signature),
    /// It was sent, and the nodes don't say what became of it.
    #[error("transaction {0} was sent, but the nodes don't say what became of it")]
    Unknown(Signature),
    /// A node does not answer, or refuses the transaction.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node is of another cluster.
    #[error(transparent)]
    OtherGenesis(#[from] OtherGenesis),
}

impl From<GenesisError> for ConfirmationError {
    fn from(error: GenesisError) -> Self {
        match error {
            GenesisError::Node(error) => error.into(),
            GenesisError::Other(error) => error.into(),
        }
    }
}

/// The nodes that transactions are sent to, and that are asked what became of them.
#[derive(Clone, Copy)]
pub struct Confirmer<'a> {
    nodes: &'a [Node],
    genesis: &'a Hash,
    patience: Duration,
}

impl<'a> Confirmer<'a> {
    /// Nodes of the cluster with this genesis hash. `patience` is how long all of them may fail to answer before a transaction
    /// is reported as [`ConfirmationError::Unknown`].
    pub const fn new(nodes: &'a [Node], genesis: &'a Hash, patience: Duration) -> Self {
        Self {
            nodes,
            genesis,
            patience,
        }
    }

    /// Hands a signed transaction to one node, without preflight.
    ///
    /// # Errors
    /// [`GenesisError`] where the node is of another cluster, and got nothing; or where it refuses the transaction, or does not
    /// answer. After the last of these, the transaction may reach the ledger all the same.
    pub async fn hand_to(
        &self,
        node: &Node,
        transaction: &impl SerializableTransaction,
    ) -> Result<Signature, GenesisError> {
        node.check_genesis(self.genesis).await?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(node.rpc().commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        let sent = node
            .rpc()
            .send_transaction_with_config(transaction, config)
            .await;
        sent.map_err(|error| node.error(error).into())
    }

    /// Hands a signed transaction to all nodes, without preflight: a transaction that is sent a second time would be refused
    /// for being on the ledger already.
    ///
    /// # Errors
    /// [`ConfirmationError::Node`], [`ConfirmationError::OtherGenesis`] where no node can have taken it. A node whose answer
    /// was lost may have taken it.
    pub async fn send(
        &self,
        transaction: &impl SerializableTransaction,
    ) -> Result<(), ConfirmationError> {
        let mut refused = None;
        let mut may_be_taken = false;
        for answer in self.send_to_all(transaction).await {
            match answer {
                Err(GenesisError::Node(error)) if is_refusal(&error) => {
                    refused = refused.or(Some(error.into()));
                }
                Err(GenesisError::Other(error)) => refused = refused.or(Some(error.into())),
                _ => may_be_taken = true,
            }
        }
        match refused {
            Some(error) if !may_be_taken => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits until a transaction that was sent is confirmed, has failed or has expired, and sends the same bytes again
    /// meanwhile. `last_valid_height` is the last block height at which its block hash is valid.
    ///
    /// Where the future is dropped, the transaction may still reach the ledger.
    ///
    /// # Errors
    /// [`ConfirmationError::Failed`], [`ConfirmationError::Expired`]; [`ConfirmationError::Unknown`] where the nodes stopped
    /// answering, or their block height stands still.
    pub async fn confirm(
        &self,
        transaction: &impl SerializableTransaction,
        last_valid_height: u64,
    ) -> Result<Confirmed, ConfirmationError> {
        let signature = transaction.get_signature();
        let started = Instant::now();
        let mut last_answer = started;
        let mut last_sent = started;
        loop {
            let is_due = last_sent.elapsed() >= RESEND_INTERVAL;
            let height = is_due.then_some(last_valid_height);
            match self.status(signature, height).await {
                Ok(Some(confirmed)) => return Ok(confirmed),
                Ok(None) => last_answer = Instant::now(),
                Err(ConfirmationError::Node(_)) if last_answer.elapsed() < self.patience => {}
                Err(ConfirmationError::Node(_)) => {
                    return Err(ConfirmationError::Unknown(*signature));
                }
                Err(error) => return Err(error),
            }
            if started.elapsed() > LONGEST_LIFE {
                return Err(ConfirmationError::Unknown(*signature));
            }
            if is_due {
                // What the nodes answer decides nothing: the ledger does.
                let _ = self.send_to_all(transaction).await;
                last_sent = Instant::now();
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Asks all nodes once what became of a transaction; `None`: it is not on the ledger yet. With a `last_valid_height`,
    /// whether it has expired is asked as well.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`ConfirmationError::Node`] where no node answers.
    pub async fn status(
        &self,
        signature: &Signature,
        last_valid_height: Option<u64>,
    ) -> Result<Option<Confirmed>, ConfirmationError> {
        let ask = async |node| match (self.found(node, signature).await, last_valid_height) {
            (Ok(None), Some(height)) => self.expired(node, signature, height).await,
            (status, _) => status,
        };
        let mut is_open = false;
        let (mut failed, mut expired, mut silent) = (None, None, None);
        for status in join_all(self.nodes.iter().map(ask)).await {
            match status {
                Ok(Some(confirmed)) => return Ok(Some(confirmed)),
                Ok(None) => is_open = true,
                Err(error @ ConfirmationError::Node(_)) => silent = silent.or(Some(error)),
                Err(error @ ConfirmationError::Failed(_)) => failed = failed.or(Some(error)),
                Err(error) => expired = expired.or(Some(error)),
            }
        }
        match (is_open, failed, expired, silent) {
            (true, ..) => Ok(None),
            // Nodes that contradict each other are asked again: one of them may be behind.
            (_, Some(_), Some(_), _) => Ok(None),
            (_, Some(error), ..) | (_, _, Some(error), _) | (.., Some(error)) => Err(error),
            (_, None, None, None) => Ok(None),
        }
    }

    /// Reads a transaction that is on the ledger, at the node's commitment.
    ///
    /// # Errors
    /// [`ConfirmationError::Failed`] where it failed; [`ConfirmationError::Unknown`] where the node does not say; those of the
    /// node.
    pub async fn confirmed_at(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<Confirmed, ConfirmationError> {
        let transaction = self.transaction_at(node, signature).await?;
        let Some(meta) = transaction.transaction.meta else {
            return Err(ConfirmationError::Unknown(*signature));
        };
        let logs = match meta.log_messages {
            OptionSerializer::Some(logs) => logs,
            _ => Vec::new(),
        };
        if let Some(error) = meta.err {
            return Err(ConfirmationError::Failed(Box::new(FailedTransaction {
                signature: *signature,
                slot: transaction.slot,
                fee: meta.fee,
                error: error.into(),
                logs,
            })));
        }
        let compute_units = match meta.compute_units_consumed {
            OptionSerializer::Some(units) => units,
            _ => 0,
        };
        Ok(Confirmed {
            signature: *signature,
            slot: transaction.slot,
            fee: meta.fee,
            compute_units,
            logs,
        })
    }

    /// A transaction that is on the ledger, with all that a node says about it.
    ///
    /// # Errors
    /// Where the node is of another cluster, or does not have it.
    pub async fn transaction_at(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<EncodedConfirmedTransactionWithStatusMeta, GenesisError> {
        node.check_genesis(self.genesis).await?;
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(node.rpc().commitment()),
            max_supported_transaction_version: Some(MAX_TRANSACTION_VERSION),
        };
        let transaction = node
            .rpc()
            .get_transaction_with_config(signature, config)
            .await;
        transaction.map_err(|error| node.error(error).into())
    }

    async fn send_to_all(
        &self,
        transaction: &impl SerializableTransaction,
    ) -> Vec<Result<Signature, GenesisError>> {
        join_all((self.nodes.iter()).map(|node| self.hand_to(node, transaction))).await
    }

    /// The transaction, once it is on the ledger. A node may know the status before it can show the transaction, which counts
    /// as no answer.
    async fn found(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<Option<Confirmed>, ConfirmationError> {
        match node.signature_status(signature).await? {
            Some(status) if status.satisfies_commitment(node.rpc().commitment()) => {
                self.confirmed_at(node, signature).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// An error once the transaction never will be on the ledger. That takes one state of the ledger, or two of which the
    /// second is not older, that is past the block hash and does not know the transaction.
    async fn expired(
        &self,
        node: &Node,
        signature: &Signature,
        last_valid_height: u64,
    ) -> Result<Option<Confirmed>, ConfirmationError> {
        let (rpc, failed) = (node.rpc(), |error| node.error(error));
        // The height is read first: a status that is still missing after it counts.
        let epoch = rpc.get_epoch_info().await.map_err(failed)?;
        if epoch.block_height <= last_valid_height {
            return Ok(None);
        }
        // The history knows what is no longer in the cache of statuses.
        let statuses = match rpc.get_signature_statuses_with_history(&[*signature]).await {
            Ok(statuses) => statuses,
            Err(error) if has_no_history(&error) => {
                if epoch.block_height > last_valid_height + STATUS_CACHE_BLOCKS {
                    return Err(ConfirmationError::Unknown(*signature));
                }
                let statuses = rpc.get_signature_statuses(&[*signature]).await;
                statuses.map_err(failed)?
            }
            Err(error) => return Err(failed(error).into()),
        };
        // Several nodes may stand behind one address, and this answer may be from one that is behind.
        if statuses.context.slot < epoch.absolute_slot {
            return Ok(None);
        }
        match statuses.value.into_iter().next().flatten() {
            None => Err(ConfirmationError::Expired(*signature)),
            Some(status) if status.satisfies_commitment(rpc.commitment()) => {
                self.confirmed_at(node, signature).await.map(Some)
            }
            Some(_) => Ok(None),
        }
    }
}

/// Whether a node answered, and did not take the transaction that it was handed.
const fn is_refusal(error: &NodeError) -> bool {
    matches!(
        error.kind(),
        NodeErrorKind::Refused { .. } | NodeErrorKind::Behind { .. }
    )
}

/// Whether a node answers that it keeps no history of transactions.
pub(crate) fn has_no_history(error: &RpcError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::RpcError(ResponseError::RpcResponseError { code, .. })
            if *code == JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE
    )
}
