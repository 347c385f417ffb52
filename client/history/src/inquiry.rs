//! The state of reading a history.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
};

use generion_rpc::node::{GenesisError, NodeError};
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    entry::Entry,
    error::HistoryError,
    gap::{Gap, GapKind},
    listing::Listing,
    node_reader::{NodeReader, RECENT, slot_of},
    nodes::HistoryNodes,
    range::HistoryRange,
    snapshot::Snapshot,
    transaction::TransactionChanges,
};

/// The part of one history that is known so far.
pub(crate) struct Inquiry<'a> {
    pub(crate) nodes: HistoryNodes<'a>,
    pub(crate) first: NodeReader<'a>,
    /// A node of another operator; `None` where none is configured, or none answers.
    pub(crate) second: Option<NodeReader<'a>>,
    pub(crate) range: &'a HistoryRange,
    /// The latest first.
    pub(crate) listed: Vec<Listing>,
    pub(crate) executed: HashMap<Signature, TransactionChanges>,
    /// The accounts whose changes are all read, as the ledger shows them at present.
    pub(crate) accounts: BTreeMap<Address, Snapshot>,
    pub(crate) gaps: Vec<Gap>,
    /// Whether a list of transactions ended before the account's creation.
    pub(crate) is_cut: bool,
}

impl<'a> Inquiry<'a> {
    pub(crate) fn new(
        nodes: HistoryNodes<'a>,
        range: &'a HistoryRange,
    ) -> Result<Self, HistoryError> {
        Ok(Self {
            nodes,
            first: NodeReader {
                addresses: nodes.addresses,
                patience: nodes.patience,
                node: nodes.nodes.first().ok_or(HistoryError::NoNodes)?,
                slot: nodes.min_context_slot,
            },
            second: None,
            range,
            listed: Vec::new(),
            executed: HashMap::new(),
            accounts: BTreeMap::new(),
            gaps: Vec::new(),
            is_cut: range.since.is_some(),
        })
    }

    /// Looks for a node that answers, of another operator than the first node's.
    pub(crate) async fn find_second_node(&mut self) {
        let first = self.first;
        for node in self.nodes.nodes {
            if node.url().operator() == first.node.url().operator() {
                continue;
            }
            let second = async {
                node.check_genesis(&self.nodes.genesis).await?;
                let slot = slot_of(node, first.slot).await?;
                Ok::<_, GenesisError>(NodeReader {
                    node,
                    slot,
                    ..first
                })
            };
            match second.await {
                Ok(second) => {
                    self.report_distance(first.slot, second.slot, &second);
                    self.second = Some(second);
                    return;
                }
                Err(error) => self.report_silence(&error),
            }
        }
    }

    /// Only one of the two nodes can confirm a change after the slot that the other has reached.
    fn report_distance(&mut self, first_slot: u64, second_slot: u64, second: &NodeReader) {
        if first_slot.abs_diff(second_slot) <= RECENT {
            return;
        }
        self.gaps.push(Gap {
            kind: GapKind::NodesDiffer,
            account: None,
            signature: None,
            from_slot: Some(first_slot.min(second_slot)),
            to_slot: None,
            missing: format!(
                "what came later is one node's word: the node at {} has reached slot {first_slot}, and the node at {} slot {second_slot}",
                self.first.name(),
                second.name()
            ),
        });
    }

    /// The second node stopped answering: its answers so far count, and the rest is the first node's word.
    pub(crate) fn drop_second_node(&mut self, error: &NodeError) {
        if self.second.take().is_some() {
            self.report_silence(error);
        }
    }

    fn report_silence(&mut self, error: &dyn Error) {
        self.gaps.push(Gap {
            kind: GapKind::NodeSilent,
            account: None,
            signature: None,
            from_slot: None,
            to_slot: None,
            missing: format!("what another node tells of it: {error}"),
        });
    }

    /// The names of both nodes.
    pub(crate) fn node_names(&self) -> [String; 2] {
        let second = self.second.map(|node| node.name());
        [self.first.name(), second.unwrap_or_default()]
    }

    /// All changes that were made, the latest transaction first.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Entry> {
        self.listed
            .iter()
            .filter_map(|listing| self.executed.get(&listing.signature))
            .flat_map(|executed| &executed.entries)
            .filter(|entry| entry.failure.is_none())
    }

    /// Reads accounts as they are at present, to compare them with their histories.
    pub(crate) async fn read_accounts(
        &mut self,
        addresses: &[Address],
    ) -> Result<(), HistoryError> {
        let present = self.snapshots(addresses).await?;
        self.accounts.extend(addresses.iter().copied().zip(present));
        Ok(())
    }

    /// The program's accounts at these addresses, in this order. Later reads are of no older state.
    pub(crate) async fn snapshots(
        &mut self,
        addresses: &[Address],
    ) -> Result<Vec<Snapshot>, HistoryError> {
        let snapshots = self.first.snapshots(addresses).await?;
        let slots = snapshots.iter().map(|snapshot| snapshot.slot);
        self.first.slot = slots.fold(self.first.slot, u64::max);
        Ok(snapshots)
    }
}
