//! What became of a transaction that was sent: the ledger is asked until it can tell.

use std::time::Duration;

use futures::future::join_all;
use generion_rpc::node::Node;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    custom_error::JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE,
    request::RpcError as ResponseError,
};
use solana_signature::Signature;
use tokio::time::{Instant, sleep};

use super::{
    confirmed::ConfirmedTransaction,
    signed::{Signed, Validity},
};
use crate::{error::ClientError, ledger::Ledger};

/// How often the ledger is asked.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often the same bytes are sent again meanwhile, and it is asked whether they have expired: nodes drop
/// transactions without a word when they are busy.
const RESEND_INTERVAL: Duration = Duration::from_secs(2);
/// Blocks behind a transaction's last one for which every node still knows its status without a history.
const STATUS_CACHE_BLOCKS: u64 = 100;
/// Longer than any block hash lives: a node whose blocks don't come forward does not hold up its user for ever.
const LONGEST_LIFE: Duration = Duration::from_secs(600);

impl Ledger {
    pub(super) async fn await_confirmation(
        &self,
        signed: &Signed,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let Signed {
            transaction,
            signature,
            validity,
        } = signed;
        let started = Instant::now();
        let mut last_answer = started;
        let mut last_sent = started;
        loop {
            let is_due = last_sent.elapsed() >= RESEND_INTERVAL;
            match self.look(signature, is_due.then_some(*validity)).await {
                Ok(Some(confirmed)) => return Ok(confirmed),
                Ok(None) => last_answer = Instant::now(),
                // Not to be able to tell yet counts as no answer.
                Err(ClientError::Node(_)) if last_answer.elapsed() < self.patience() => {}
                Err(ClientError::Node(_)) => return Err(ClientError::Unknown(*signature)),
                Err(error) => return Err(error),
            }
            if started.elapsed() > LONGEST_LIFE {
                return Err(ClientError::Unknown(*signature));
            }
            if is_due {
                // Whatever the nodes say to it, the ledger's word counts.
                let _ = self.broadcast(transaction).await;
                last_sent = Instant::now();
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Asks all nodes for a transaction. One that has it is believed; that it failed, or never will land, is believed only
    /// where no other node that answers says anything else.
    async fn look(
        &self,
        signature: &Signature,
        validity: Option<Validity>,
    ) -> Result<Option<ConfirmedTransaction>, ClientError> {
        let ask = async |node| match (self.seen(node, signature).await, validity) {
            (Ok(None), Some(validity)) => self.expired(node, signature, validity).await,
            (fate, _) => fate,
        };
        let mut is_open = false;
        let (mut failed, mut expired, mut silent) = (None, None, None);
        for fate in join_all(self.nodes().iter().map(ask)).await {
            match fate {
                Ok(Some(confirmed)) => return Ok(Some(confirmed)),
                Ok(None) => is_open = true,
                Err(error @ ClientError::Node(_)) => silent = silent.or(Some(error)),
                Err(error @ ClientError::Refused(_)) => failed = failed.or(Some(error)),
                Err(error) => expired = expired.or(Some(error)),
            }
        }
        match (is_open, failed, expired, silent) {
            (true, ..) => Ok(None),
            // Of nodes that contradict each other the one is waited for that knows less.
            (_, Some(_), Some(_), _) => Ok(None),
            (_, Some(error), ..) | (_, _, Some(error), _) | (.., Some(error)) => Err(error),
            (_, None, None, None) => Ok(None),
        }
    }

    /// The transaction, once it is on the ledger. A node may know the status before it can show the transaction, which
    /// counts as no answer.
    async fn seen(
        &self,
        node: &Node,
        signature: &Signature,
    ) -> Result<Option<ConfirmedTransaction>, ClientError> {
        match self.status_desk(node).ask(node, signature).await? {
            Some(status) if status.satisfies_commitment(node.rpc().commitment()) => self
                .confirmed_transaction_at(node, signature)
                .await
                .map(Some),
            _ => Ok(None),
        }
    }

    /// An error once the transaction never will be on the ledger. That takes one state of the ledger, or two of which
    /// the second is not older, that is past the block hash and does not know the transaction.
    async fn expired(
        &self,
        node: &Node,
        signature: &Signature,
        validity: Validity,
    ) -> Result<Option<ConfirmedTransaction>, ClientError> {
        let (rpc, failed) = (node.rpc(), |error| ClientError::from(node.error(error)));
        // The height is read first: a status that is still missing after it counts.
        let epoch = rpc.get_epoch_info().await.map_err(failed)?;
        if epoch.block_height <= validity.last_height {
            return Ok(None);
        }
        // Behind the cache of statuses, the history knows.
        let statuses = match rpc.get_signature_statuses_with_history(&[*signature]).await {
            Ok(statuses) => statuses,
            Err(error) if has_no_history(&error) => {
                if epoch.block_height > validity.last_height + STATUS_CACHE_BLOCKS {
                    return Err(ClientError::Unknown(*signature));
                }
                let statuses = rpc.get_signature_statuses(&[*signature]).await;
                statuses.map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        // Behind one address there may be several nodes, and this answer is from one that is behind.
        if statuses.context.slot < epoch.absolute_slot {
            return Ok(None);
        }
        match statuses.value.into_iter().next().flatten() {
            None => Err(ClientError::Expired(*signature)),
            Some(status) if status.satisfies_commitment(rpc.commitment()) => self
                .confirmed_transaction_at(node, signature)
                .await
                .map(Some),
            Some(_) => Ok(None),
        }
    }
}

fn has_no_history(error: &RpcError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::RpcError(ResponseError::RpcResponseError { code, .. })
            if *code == JSON_RPC_SERVER_ERROR_TRANSACTION_HISTORY_NOT_AVAILABLE
    )
}
