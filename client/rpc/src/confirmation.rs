//! Sends signed transactions to all nodes, and confirms their outcome.
//!
//! A transaction that was handed to a node is in one of these states: confirmed on the ledger; failed on the ledger, where it
//! costs its fee; expired, so that it never will be on the ledger; or unknown as yet. [`Confirmer::confirm`] asks all nodes
//! until it is one of the first three, and sends the same bytes again meanwhile, since busy nodes drop transactions without a
//! word. One node that has the transaction is believed, or two of them where the caller wants so ([`Confirmer::agreed`]); that it
//! failed or expired is believed only while no other node says anything else.
//!
//! [`Node::signature_status`] is the lower level, for programs that send many transactions at a time.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use solana_hash::Hash;
use solana_rpc_client::rpc_client::SerializableTransaction;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::{RpcSendTransactionConfig, RpcTransactionConfig},
    custom_error::JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE,
    request::RpcError as ResponseError,
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
    option_serializer::OptionSerializer,
};
use tokio::time::{Instant, sleep};

mod outcome;
mod round;
mod sending;

pub use self::outcome::{ConfirmationError, Confirmed, FailedTransaction, Status};
use self::round::{Answers, Round};
use crate::node::{GenesisError, Node};

/// The time between two rounds of questions to the nodes.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// The time after which the same bytes are sent again, and the nodes are asked whether the transaction has expired.
const RESEND_INTERVAL: Duration = Duration::from_secs(2);
/// Blocks behind a transaction's last one for which every node still knows its status without a history.
const STATUS_CACHE_BLOCKS: u64 = 100;
/// The longest time to wait, which is longer than any block hash is valid: a node whose block height stands still must not hold
/// up its user for ever.
const LONGEST_LIFE: Duration = Duration::from_secs(600);
/// The highest version of a transaction that is read.
const MAX_TRANSACTION_VERSION: u8 = 1;

/// The nodes that get transactions, and that are asked for their outcome.
#[derive(Clone, Copy)]
pub struct Confirmer<'a> {
    nodes: &'a [Node],
    genesis: &'a Hash,
    patience: Duration,
    /// The number of nodes that have to show a transaction as confirmed, if as many answer.
    agreement: usize,
    /// The time to wait for other nodes after the first answer; `None`: until their requests end.
    wait: Option<Duration>,
}

impl<'a> Confirmer<'a> {
    /// Nodes of the cluster with this genesis hash. `patience` is how long all of them may fail to answer before a transaction
    /// is reported as [`ConfirmationError::Unknown`].
    pub const fn new(nodes: &'a [Node], genesis: &'a Hash, patience: Duration) -> Self {
        Self {
            nodes,
            genesis,
            patience,
            agreement: 1,
            wait: None,
        }
    }

    /// Takes a transaction as confirmed once two nodes say so, or one where no other answers. Once one node has answered, the
    /// others are waited for as long as `wait`, so that one that hangs delays nothing for longer.
    #[must_use]
    pub const fn agreed(self, wait: Duration) -> Self {
        Self {
            agreement: 2,
            wait: Some(wait),
            ..self
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

    /// Waits until a transaction that was sent is confirmed, has failed or has expired, and sends the same bytes again
    /// meanwhile. `last_valid_height` is the last block height at which its block hash is valid.
    ///
    /// If the future is dropped, the transaction may still reach the ledger.
    ///
    /// # Errors
    /// [`ConfirmationError::Failed`], [`ConfirmationError::Expired`]; [`ConfirmationError::Unknown`] where the nodes stopped
    /// answering, or their block height stands still.
    pub async fn confirm(
        &self,
        transaction: &impl SerializableTransaction,
        last_valid_height: u64,
    ) -> Result<Confirmed, ConfirmationError> {
        tokio::select! {
            confirmed = self.ask_until_known(transaction.get_signature(), last_valid_height) => confirmed,
            confirmed = self.hand_out_again(transaction) => confirmed,
        }
    }

    async fn ask_until_known(
        &self,
        signature: &Signature,
        last_valid_height: u64,
    ) -> Result<Confirmed, ConfirmationError> {
        let started = Instant::now();
        let (mut last_answer, mut height_asked) = (started, started);
        loop {
            let is_due = height_asked.elapsed() >= RESEND_INTERVAL;
            let height = is_due.then_some(last_valid_height);
            if is_due {
                height_asked = Instant::now();
            }
            match self.round(signature, height).await {
                Round::Known(outcome) => return outcome,
                Round::Open => last_answer = Instant::now(),
                // Nodes that contradict each other are asked again: one of them may be behind.
                Round::Contradictory | Round::Silent(_) => {
                    if last_answer.elapsed() >= self.patience {
                        return Err(ConfirmationError::Unknown(*signature));
                    }
                }
            }
            if started.elapsed() > LONGEST_LIFE {
                return Err(ConfirmationError::Unknown(*signature));
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Asks all nodes once for the state of a transaction. With a `last_valid_height`, also asks whether it has expired.
    ///
    /// # Errors
    /// Those of [`Self::confirm`]; [`ConfirmationError::Node`] if no node answers.
    pub async fn status(
        &self,
        signature: &Signature,
        last_valid_height: Option<u64>,
    ) -> Result<Status, ConfirmationError> {
        match self.round(signature, last_valid_height).await {
            Round::Known(outcome) => outcome.map(Status::Confirmed),
            Round::Open => Ok(Status::Open),
            Round::Contradictory => Ok(Status::Contradictory),
            Round::Silent(error) => Err(error),
        }
    }

    /// Asks all nodes once, and compares their answers.
    async fn round(&self, signature: &Signature, last_valid_height: Option<u64>) -> Round {
        let ask = async |node: &'a Node| {
            let answer = match (self.found(node, signature).await, last_valid_height) {
                (Ok(None), Some(height)) => self.expired(node, signature, height).await,
                (status, _) => status,
            };
            (node, answer)
        };
        let mut asked: FuturesUnordered<_> = self.nodes.iter().map(ask).collect();
        let mut answers = Answers::new(self.agreement, self.nodes, self.wait);
        while !answers.is_enough() {
            match answers.within_time(asked.next()).await {
                Some((node, answer)) => answers.add(node, answer),
                None => break,
            }
        }
        answers.round()
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
    /// If the node is of another cluster, or does not have the transaction.
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
        // The history has statuses that the cache has dropped.
        let statuses = match rpc.get_signature_statuses_with_history(&[*signature]).await {
            Ok(statuses) => statuses,
            Err(error) if has_no_history(&error) => {
                if epoch.block_height > last_valid_height.saturating_add(STATUS_CACHE_BLOCKS) {
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

/// Whether a node answers that it keeps no history of transactions.
pub(crate) fn has_no_history(error: &RpcError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::RpcError(ResponseError::RpcResponseError { code, .. })
            if *code == JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE
    )
}
