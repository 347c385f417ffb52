//! How new an answer has to be, and for how long it is asked for.

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
    /// Pays for being taken early.
    pub const fn set_priority(&mut self, priority: PriorityPrice) {
        self.priority = priority;
    }

    /// How long a node may fail to answer before a transaction's fate is reported as unknown: 30 s if not set.
    pub const fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Has the wait for the ledger shown.
    pub fn set_progress(&mut self, progress: Arc<dyn Progress>) {
        self.progress = Reporter(Some(progress));
    }

    /// Shows how far reads and transactions are.
    pub const fn progress(&self) -> &Reporter {
        &self.progress
    }

    /// What is paid for being taken early.
    pub const fn priority(&self) -> PriorityPrice {
        self.priority
    }

    /// How long a node may fail to answer: see [`Self::set_patience`].
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// From now on nothing older than this slot is believed: who has seen a transaction land must not read a node that
    /// has not heard of it.
    pub(crate) fn expect_slot(&self, slot: u64) {
        self.min_context_slot.fetch_max(slot, Ordering::Relaxed);
    }

    /// The slot that reads must have reached; `None` before the first answer that had one.
    pub fn min_context_slot(&self) -> Option<u64> {
        Some(self.min_context_slot.load(Ordering::Relaxed)).filter(|slot| *slot > 0)
    }

    /// Asks the first node until the answer is as new as it has to be; `ask` gets the least slot.
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

    /// As [`Self::fresh`], of any node. What one node says about slots is no floor for another.
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
