//! The nodes that an index is made from. The answers of several nodes are compared: a state that one of them contradicts is no
//! fact.

use std::{
    collections::HashMap,
    future::Future,
    sync::Mutex,
    time::{Duration, Instant},
};

use futures::future::join_all;
use generion_interface::Addresses;
use generion_rpc::{
    answers::ask_all,
    causes::with_causes,
    cluster::{Cluster, OtherGenesis},
    node::{Node, NodeError},
};
use solana_hash::Hash;
use tracing::warn;

use super::ledger_node::{LedgerNode, LedgerNodeError};

/// A node that has shown no new slot for so long is left out until it does.
const STANDSTILL: Duration = Duration::from_secs(60);
/// How long a node may take to say which ledger it is of when the gateway starts.
const START_PATIENCE: Duration = Duration::from_secs(5);
/// How long the others are waited for once a node has said which slot it has reached.
const REACH_WAIT: Duration = Duration::from_secs(2);
/// How long they are waited for with another answer. A node that is a little behind needs up to
/// [`PATIENCE`](super::ledger_node::PATIENCE), and is heard all the same.
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(6);

/// The nodes that an index is made from.
pub struct LedgerNodes {
    nodes: Vec<LedgerNode>,
    addresses: Addresses,
    /// The greatest slot of each node, and when it showed it first.
    progress: Mutex<HashMap<usize, (u64, Instant)>>,
}

/// Nodes in a state that all of them have reached.
#[derive(Clone)]
pub struct Reached<'a> {
    /// The nodes, at least one.
    pub nodes: Vec<&'a LedgerNode>,
    /// The slot of the state, confirmed.
    pub slot: u64,
}

/// A node belongs to another ledger than the configuration says.
#[derive(Debug, thiserror::Error)]
#[error(
    "a node does not belong to {cluster}, which `cluster` names: name nodes of {cluster}, or set `cluster` to the ledger that \
     is meant"
)]
pub struct OtherLedger {
    /// The ledger in the configuration.
    pub cluster: Cluster,
    /// The ledger that the node shows.
    pub source: Box<OtherGenesis>,
}

impl LedgerNodes {
    /// The first node, and others to compare it with.
    pub fn new(first: LedgerNode, others: impl IntoIterator<Item = LedgerNode>) -> Self {
        Self {
            addresses: *first.addresses(),
            nodes: [first].into_iter().chain(others).collect(),
            progress: Mutex::default(),
        }
    }

    /// Each of them.
    pub fn all(&self) -> &[LedgerNode] {
        &self.nodes
    }

    /// Refuses nodes of another ledger, before anything is taken from them. One that does not answer soon is passed over.
    ///
    /// # Errors
    /// [`OtherLedger`].
    pub async fn check_genesis(&self, cluster: Cluster) -> Result<(), OtherLedger> {
        let genesis = cluster.genesis();
        let asked = self.nodes.iter().map(async |node| {
            let node = node.node();
            // It is asked again as long as the gateway runs.
            let other = node.within(START_PATIENCE, other_genesis(node, &genesis));
            other.await.ok()?
        });
        match join_all(asked).await.into_iter().flatten().next() {
            Some(source) => Err(OtherLedger {
                cluster,
                source: Box::new(source),
            }),
            None => Ok(()),
        }
    }

    /// A node of another ledger than the one with this genesis hash. Each node is asked until it has answered once.
    ///
    /// # Errors
    /// [`LedgerNodeError`], where no node answers.
    pub async fn of_other_ledger(
        &self,
        expected: &Hash,
    ) -> Result<Option<OtherGenesis>, LedgerNodeError> {
        let nodes: Vec<_> = self.nodes.iter().collect();
        let answers = answers(&nodes, REACH_WAIT, |node| async move {
            Ok(other_genesis(node.node(), expected).await?)
        });
        Ok(answers.await?.into_iter().find_map(|(_, other)| other))
    }

    /// A node's number in the configuration, from 1 on.
    pub fn number(&self, node: &LedgerNode) -> usize {
        let index = self.nodes.iter().position(|one| std::ptr::eq(one, node));
        index.map_or(0, |index| index + 1)
    }

    /// The program's addresses.
    pub const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The nodes that answer, and the greatest slot that two of them have reached. If only one answers, its slot.
    ///
    /// # Errors
    /// That of the first node, where none answers.
    pub async fn reach(&self) -> Result<Reached<'_>, LedgerNodeError> {
        let nodes: Vec<_> = self.nodes.iter().collect();
        let answers = answers(&nodes, REACH_WAIT, LedgerNode::slot).await?;
        let mut slots: Vec<_> = (answers.iter())
            .filter(|(node, slot)| answers.len() == 1 || self.goes_on(node, *slot))
            .copied()
            .collect();
        if slots.is_empty() {
            slots = answers;
        }
        slots.sort_by_key(|(_, slot)| std::cmp::Reverse(*slot));
        // A single node could name any slot, and every other one would seem to be behind.
        let slot = slots.get(1).unwrap_or(&slots[0]).1;
        slots.retain(|(_, reached)| *reached >= slot);
        Ok(Reached {
            nodes: slots.into_iter().map(|(node, _)| node).collect(),
            slot,
        })
    }

    fn goes_on(&self, node: &LedgerNode, slot: u64) -> bool {
        let mut progress = self
            .progress
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let now = Instant::now();
        let known = progress.entry(self.number(node)).or_insert((slot, now));
        if slot > known.0 {
            *known = (slot, now);
        }
        now.duration_since(known.1) < STANDSTILL
    }
}

impl From<LedgerNode> for LedgerNodes {
    fn from(node: LedgerNode) -> Self {
        Self::new(node, [])
    }
}

impl<'a> Reached<'a> {
    /// What each node answers. Those that fail, or answer long after the first one, are left out.
    ///
    /// # Errors
    /// The first failure, where all fail.
    pub async fn ask<T, A>(
        &self,
        question: impl Fn(&'a LedgerNode) -> A,
    ) -> Result<Vec<(&'a LedgerNode, T)>, LedgerNodeError>
    where
        A: Future<Output = Result<T, LedgerNodeError>>,
    {
        answers(&self.nodes, ANSWER_WAIT, question).await
    }

    /// The slot up to which the ledger is final, by all nodes.
    ///
    /// # Errors
    /// [`LedgerNodeError`], where no node answers.
    pub async fn finalized_slot(&self) -> Result<u64, LedgerNodeError> {
        let slots = self.ask(LedgerNode::finalized_slot).await?;
        Ok(slots.into_iter().map(|(_, slot)| slot).min().unwrap_or(0))
    }

    /// The first slot whose transactions any node still has.
    ///
    /// # Errors
    /// [`LedgerNodeError`], where no node answers.
    pub async fn first_available_slot(&self) -> Result<u64, LedgerNodeError> {
        let slots = self.ask(LedgerNode::first_available_slot).await?;
        Ok(slots.into_iter().map(|(_, slot)| slot).min().unwrap_or(0))
    }
}

/// The genesis hash of a node, if it is another one.
async fn other_genesis(node: &Node, expected: &Hash) -> Result<Option<OtherGenesis>, NodeError> {
    let shown = node.genesis().await?;
    Ok((shown != *expected).then(|| OtherGenesis {
        node: node.url().to_string(),
        shown,
        expected: *expected,
    }))
}

async fn answers<'a, T, A>(
    nodes: &[&'a LedgerNode],
    wait: Duration,
    question: impl Fn(&'a LedgerNode) -> A,
) -> Result<Vec<(&'a LedgerNode, T)>, LedgerNodeError>
where
    A: Future<Output = Result<T, LedgerNodeError>>,
{
    let answers = ask_all(nodes, wait, question).await;
    let (mut given, mut failure) = (Vec::new(), None);
    for (node, answer) in nodes.iter().zip(answers) {
        match answer {
            Ok(answer) => given.push((*node, answer)),
            Err(error) => {
                warn!(error = with_causes(&error), "a node is left out");
                failure = failure.or(Some(error));
            }
        }
    }
    match failure {
        Some(error) if given.is_empty() => Err(error),
        _ => Ok(given),
    }
}
