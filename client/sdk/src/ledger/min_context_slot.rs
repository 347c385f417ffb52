//! The oldest slot that an answer may be from, and how long a node that is behind it is asked again.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use generion_rpc::node::{Node, NodeErrorKind};
use solana_rpc_client_api::{client_error::Error as RpcError, response::Response};

use super::priority::PriorityPrice;
use crate::{
    error::ClientError,
    ledger::Ledger,
    progress::{Progress, Reporter},
};

impl Ledger {
    /// Sets the priority price of transactions.
    pub const fn set_priority(&mut self, priority: PriorityPrice) {
        self.priority = priority;
    }

    /// The time that nodes may fail to answer before a transaction's status is reported as unknown: 30 s if not set.
    pub const fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Shows the wait for the ledger.
    pub fn set_progress(&mut self, progress: Arc<dyn Progress>) {
        self.progress = Reporter(Some(progress));
    }

    /// Shows how far reads and transactions are.
    pub const fn progress(&self) -> &Reporter {
        &self.progress
    }

    /// The priority price of transactions.
    pub const fn priority(&self) -> PriorityPrice {
        self.priority
    }

    /// The time that a node may fail to answer: see [`Self::set_patience`].
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// From now on, accepts no answer from a state older than this slot: after a transaction is confirmed, reads must not come
    /// from a node that does not know it yet.
    pub(crate) fn expect_slot(&self, slot: u64) {
        self.min_context_slot.fetch_max(slot, Ordering::Relaxed);
    }

    /// The slot that reads must have reached; `None` before the first answer that had one.
    pub fn min_context_slot(&self) -> Option<u64> {
        Some(self.min_context_slot.load(Ordering::Relaxed)).filter(|slot| *slot > 0)
    }

    /// Asks the first node until its answer is from the minimum slot or a later one; `ask` gets that slot.
    pub(crate) async fn with_min_context_slot<T, F>(
        &self,
        ask: impl Fn(Option<u64>) -> F,
    ) -> Result<T, ClientError>
    where
        F: Future<Output = Result<Response<T>, RpcError>>,
    {
        let slot = self.min_context_slot().unwrap_or_default();
        self.with_min_context_slot_at(self.primary(), slot, ask)
            .await
    }

    /// As [`Self::with_min_context_slot`], for any node. A slot that one node reached is no minimum for another.
    pub(crate) async fn with_min_context_slot_at<T, F>(
        &self,
        node: &Node,
        slot: u64,
        ask: impl Fn(Option<u64>) -> F,
    ) -> Result<T, ClientError>
    where
        F: Future<Output = Result<Response<T>, RpcError>>,
    {
        self.check_genesis_of(node).await?;
        let answer = node.with_min_context_slot(slot, self.patience, ask).await;
        let answer = answer.map_err(|error| match error.kind() {
            NodeErrorKind::Behind { slot } => ClientError::Stale {
                node: format!("the node at {}", node.url()),
                slot,
            },
            _ => error.into(),
        })?;
        Ok(answer.value)
    }
}
