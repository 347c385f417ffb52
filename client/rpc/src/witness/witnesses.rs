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

/// How to ask several nodes, and how many are enough.
#[derive(Clone, Debug)]
pub struct WitnessOptions {
    /// Whether to believe the first node alone. Set this only if the user has said so of this node, after reading what it
    /// means.
    pub trust_single: bool,
    /// The longest time for one answer of a node.
    pub timeout: Duration,
    /// The time to wait for other nodes once enough have answered.
    pub grace: Duration,
    /// The longest time during which nodes that are behind are asked again, over all of one reading.
    pub patience: Duration,
    /// The wait before it is.
    pub interval: Duration,
    /// The number of times that nodes with different answers at different slots are read.
    pub tries: u32,
    /// The longest time that a node's clock of the ledger may be behind this machine's clock.
    pub staleness: Duration,
    /// The longest time for which a node may show no new slot.
    pub standstill: Duration,
    /// The largest difference between the clocks of two nodes.
    pub clock_tolerance: Duration,
    /// This machine's clock.
    pub local_clock: LocalClock,
}

impl Default for WitnessOptions {
    fn default() -> Self {
        Self {
            trust_single: false,
            timeout: Duration::from_secs(10),
            grace: Duration::from_secs(2),
            // Three times the time until a block is final.
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
    /// The lowest slot whose state is believed.
    min_slot: AtomicU64,
}

/// An answer that enough nodes agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed<T> {
    /// The answer.
    pub value: T,
    /// The slot that all of them have reached.
    pub slot: u64,
    /// The nodes that gave the answer, without the secrets in their addresses.
    pub nodes: Vec<String>,
}

/// The answer of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The node, without the secrets in its address.
    pub node: String,
    /// The answer.
    pub answer: Result<T, NodeError>,
}

impl Witnesses {
    /// Nodes of the cluster with this genesis hash. The first node is the one that the user works with.
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

    /// The commitment of all reads.
    pub fn commitment(&self) -> CommitmentConfig {
        match self.nodes.iter().all(|node| self.is_own(node)) {
            true => CommitmentConfig::confirmed(),
            false => CommitmentConfig::finalized(),
        }
    }

    /// From now on, believes nothing older than this slot: a client that has seen a transaction in this slot waits until the
    /// slot is final. A slot that only one node has shown may never be reached.
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

    /// Whether to believe an answer of these nodes, which are named by their places in [`Self::nodes`]: a node of the user's
    /// own, nodes of two operators, or the one node that the user trusts alone. For callers that compare answers by a rule of
    /// their own.
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
