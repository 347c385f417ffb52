//! To all nodes.

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use solana_rpc_client::rpc_client::SerializableTransaction;
use solana_signature::Signature;
use tokio::time::{sleep, timeout};

use super::{ConfirmationError, Confirmed, Confirmer, RESEND_INTERVAL};
use crate::node::{GenesisError, Node, NodeError, NodeErrorKind};

impl Confirmer<'_> {
    /// Hands a signed transaction to all nodes, without preflight: a transaction that is sent a second time would be refused
    /// for being on the ledger already.
    ///
    /// # Errors
    /// [`ConfirmationError::Node`] or [`ConfirmationError::OtherGenesis`] if certainly no node has taken the transaction. A
    /// node whose answer was lost may have taken it.
    pub async fn send(
        &self,
        transaction: &impl SerializableTransaction,
    ) -> Result<(), ConfirmationError> {
        let mut refused = None;
        let mut may_be_taken = false;
        let handing = (self.nodes.iter()).map(|node| self.hand_to(node, transaction));
        for answer in join_all(handing).await {
            match refusal(answer) {
                Some(error) => refused = refused.or(Some(error)),
                None => may_be_taken = true,
            }
        }
        match refused {
            Some(error) if !may_be_taken => Err(error),
            _ => Ok(()),
        }
    }

    /// Hands a signed transaction to all nodes at once, and confirms it as [`Self::confirm`] does as soon as one of them may
    /// have taken it: a node that hangs delays nothing.
    ///
    /// # Errors
    /// Those of [`Self::send`] if certainly no node has taken the transaction, otherwise those of [`Self::confirm`].
    pub async fn send_and_confirm(
        &self,
        transaction: &impl SerializableTransaction,
        last_valid_height: u64,
    ) -> Result<Confirmed, ConfirmationError> {
        let handing = (self.nodes.iter()).map(|node| self.hand_to(node, transaction));
        let mut handing: FuturesUnordered<_> = handing.collect();
        let mut refused = None;
        loop {
            let answer = match (self.wait, &refused) {
                (Some(wait), Some(_)) => match timeout(wait, handing.next()).await {
                    Ok(answer) => answer,
                    // One that is silent may have taken it.
                    Err(_) => break,
                },
                _ => handing.next().await,
            };
            match answer.map(refusal) {
                Some(Some(error)) => refused = refused.or(Some(error)),
                Some(None) => break,
                None => match refused {
                    Some(error) => return Err(error),
                    None => break,
                },
            }
        }
        // The others get it as well, as long as it is waited for.
        let rest = async {
            while handing.next().await.is_some() {}
            std::future::pending().await
        };
        tokio::select! {
            confirmed = self.confirm(transaction, last_valid_height) => confirmed,
            confirmed = rest => confirmed,
        }
    }

    /// Sends the same bytes to all nodes again and again. A failure at one node does not stop the sending to the others. The
    /// future never ends.
    pub(super) async fn hand_out_again(
        &self,
        transaction: &impl SerializableTransaction,
    ) -> Result<Confirmed, ConfirmationError> {
        let nodes = self.nodes.iter();
        join_all(nodes.map(|node| self.hand_again(node, transaction))).await;
        std::future::pending().await
    }

    async fn hand_again(&self, node: &Node, transaction: &impl SerializableTransaction) {
        loop {
            sleep(RESEND_INTERVAL).await;
            // The answer of a node decides nothing: the ledger does.
            let _ = self.hand_to(node, transaction).await;
        }
    }
}

/// Why a node can't have taken the transaction that it was handed; `None`: it may have.
fn refusal(answer: Result<Signature, GenesisError>) -> Option<ConfirmationError> {
    match answer {
        Err(GenesisError::Node(error)) if is_refusal(&error) => Some(error.into()),
        Err(GenesisError::Other(error)) => Some(error.into()),
        _ => None,
    }
}

/// Whether a node answered, and did not take the transaction that it was handed.
const fn is_refusal(error: &NodeError) -> bool {
    matches!(
        error.kind(),
        NodeErrorKind::Refused { .. } | NodeErrorKind::Behind { .. }
    )
}
