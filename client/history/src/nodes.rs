//! The nodes that histories are read from.

use std::{fmt, time::Duration};

use generion_interface::{Addresses, Deployment};
use generion_rpc::node::Node;
use solana_hash::Hash;

use crate::progress::{HistoryProgress, OnProgress};

/// The time that a node may be behind by default; [`HistoryNodes::patience`] changes it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The nodes to read histories from, and the program whose histories to read.
#[derive(Clone, Copy)]
pub struct HistoryNodes<'a> {
    pub(crate) nodes: &'a [Node],
    pub(crate) genesis: Hash,
    pub(crate) addresses: Addresses,
    pub(crate) min_context_slot: u64,
    pub(crate) patience: Duration,
    on_progress: Option<&'a OnProgress<'a>>,
}

impl<'a> HistoryNodes<'a> {
    /// The nodes of a deployment's cluster. The first node is asked; the first of the others that another operator runs and
    /// that answers is asked for the same, and compared.
    pub const fn new(nodes: &'a [Node], deployment: &Deployment) -> Self {
        Self {
            nodes,
            genesis: Hash::new_from_array(deployment.genesis.0),
            addresses: Addresses::new(deployment.program_id),
            min_context_slot: 0,
            patience: PATIENCE,
            on_progress: None,
        }
    }

    /// The slot that the first node must have reached: one in which a change is known to be.
    #[must_use]
    pub const fn min_context_slot(self, slot: u64) -> Self {
        Self {
            min_context_slot: slot,
            ..self
        }
    }

    /// The time that the first node may be behind that slot: 30 s by default.
    #[must_use]
    pub const fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Reports how far reading is.
    #[must_use]
    pub const fn on_progress(self, on_progress: &'a OnProgress<'a>) -> Self {
        Self {
            on_progress: Some(on_progress),
            ..self
        }
    }

    pub(crate) fn report(&self, progress: HistoryProgress) {
        if let Some(on_progress) = self.on_progress {
            on_progress(progress);
        }
    }
}

impl fmt::Debug for HistoryNodes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls = self.nodes.iter().map(|node| node.url().to_string());
        f.debug_struct("HistoryNodes")
            .field("nodes", &urls.collect::<Vec<_>>())
            .field("program_id", &self.addresses.program_id)
            .field("min_context_slot", &self.min_context_slot)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
