use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;

use super::{
    error::{TooFew, WitnessError},
    local_clock::LocalClock,
};
use crate::{
    cluster::Cluster,
    node::{Node, NodeError},
};

/// Operators that have to agree.
const OPERATORS: usize = 2;

/// How witnesses are asked, and what is enough.
#[derive(Clone, Debug)]
pub struct WitnessOptions {
    /// Whether the first node is believed alone: only where its user said so, of this node, after reading what it means.
    pub trust_single: bool,
    /// How long a node may take for one answer.
    pub timeout: Duration,
    /// How long the others are waited for once enough have answered.
    pub grace: Duration,
    /// How long nodes that are behind are asked again, over all of one reading.
    pub patience: Duration,
    /// The wait before it is.
    pub interval: Duration,
    /// How often nodes that say different things at different slots are read.
    pub tries: u32,
    /// How far a node's clock of the ledger may be behind this machine's clock.
    pub staleness: Duration,
    /// For how long a node may show no new slot.
    pub standstill: Duration,
    /// How far two nodes' clocks may be apart.
    pub clock_tolerance: Duration,
    /// What this machine's time is.
    pub local_clock: LocalClock,
}

impl Default for WitnessOptions {
    fn default() -> Self {
        Self {
            trust_single: false,
            timeout: Duration::from_secs(10),
            grace: Duration::from_secs(2),
            // What a block takes to be final, three times.
            patience: Duration::from_secs(45),
            interval: Duration::from_millis(400),
            tries: 8,
            staleness: Duration::from_secs(120),
            standstill: Duration::from_secs(60),
            clock_tolerance: Duration::from_secs(30),
            local_clock: LocalClock::default(),
        }
    }
}

/// Nodes of one cluster, of which none is believed alone.
pub struct Witnesses {
    pub(super) nodes: Vec<Node>,
    genesis: Hash,
    pub(super) options: WitnessOptions,
    /// What is read must be at least as new as this slot.
    min_slot: AtomicU64,
}

/// What enough nodes agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed<T> {
    /// What they say.
    pub value: T,
    /// The slot that all of them have reached.
    pub slot: u64,
    /// Who says so, without what is secret in the addresses.
    pub nodes: Vec<String>,
}

/// What one node answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The node, without what is secret in its address.
    pub node: String,
    /// What it says.
    pub answer: Result<T, NodeError>,
}

impl Witnesses {
    /// Of a cluster with this genesis hash; the first node is the one that its user works with.
    ///
    /// # Errors
    /// [`WitnessError::NoNodes`].
    pub fn new(
        nodes: Vec<Node>,
        genesis: Hash,
        options: WitnessOptions,
    ) -> Result<Self, WitnessError> {
        if nodes.is_empty() {
            return Err(WitnessError::NoNodes);
        }
        Ok(Self {
            nodes,
            genesis,
            options,
            min_slot: AtomicU64::new(0),
        })
    }

    /// The nodes, the user's first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The cluster's genesis hash.
    pub const fn genesis(&self) -> &Hash {
        &self.genesis
    }

    /// Whether the nodes would be enough if all of them answered. Where they are not, ask the user for another one.
    pub fn are_enough(&self) -> bool {
        self.suffice(0..self.nodes.len())
    }

    /// What is read is at least this sure.
    pub fn commitment(&self) -> CommitmentConfig {
        match self.nodes.iter().all(|node| self.is_own(node)) {
            true => CommitmentConfig::confirmed(),
            false => CommitmentConfig::finalized(),
        }
    }

    /// From now on nothing older than this slot is believed: who has seen a transaction in it waits until it is final.
    /// A slot that one node alone has told may never come.
    pub fn expect_slot(&self, slot: u64) {
        self.min_slot.fetch_max(slot, Ordering::Relaxed);
    }

    pub(super) fn min_slot(&self) -> u64 {
        self.min_slot.load(Ordering::Relaxed)
    }

    /// On this machine, and nobody's but its user's to lie with.
    pub(super) fn is_own(&self, node: &Node) -> bool {
        node.url().is_this_machine() && !Cluster::of_genesis(&self.genesis).is_public()
    }

    /// Whether what these nodes say, by their places in [`Self::nodes`], is believed: of one's own, of two operators, or of
    /// the one that its user trusts alone. For who compares answers by a rule of its own.
    pub fn suffice(&self, indices: impl IntoIterator<Item = usize>) -> bool {
        let mut operators = BTreeSet::new();
        for index in indices {
            let Some(node) = self.nodes.get(index) else {
                continue;
            };
            if self.is_own(node) || (index == 0 && self.options.trust_single) {
                return true;
            }
            operators.insert(node.url().operator());
        }
        operators.len() >= OPERATORS
    }

    pub(super) fn name(&self, index: usize) -> String {
        let node = self.nodes.get(index);
        node.map_or_else(String::new, |node| node.url().to_string())
    }

    pub(super) fn too_few(
        &self,
        answered: impl IntoIterator<Item = usize>,
        silent: Vec<NodeError>,
    ) -> TooFew {
        let answered = answered.into_iter().map(|index| self.name(index));
        TooFew {
            answered: answered.collect(),
            needed: OPERATORS,
            silent,
        }
    }
}
