//! What is known so far while a history is read.

use std::collections::{BTreeMap, HashMap};

use generion_client::{ClientError, Ledger};
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    entry::Entry,
    gap::{Gap, GapKind},
    node_reader::{Listing, NodeReader, RECENT},
    range::HistoryRange,
    snapshot::{Snapshot, snapshots},
    transaction::Executed,
};

/// What is known so far of one history.
pub(crate) struct Inquiry<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) first: NodeReader<'a>,
    /// A node of another operator; `None` where none is configured, or none answers.
    pub(crate) second: Option<NodeReader<'a>>,
    pub(crate) range: &'a HistoryRange,
    /// The latest first.
    pub(crate) listed: Vec<Listing>,
    pub(crate) executed: HashMap<Signature, Executed>,
    /// The accounts whose changes are all looked for, as the ledger shows them at present.
    pub(crate) accounts: BTreeMap<Address, Snapshot>,
    pub(crate) gaps: Vec<Gap>,
    /// Whether a list of transactions ended before the account's creation.
    pub(crate) is_cut: bool,
}

impl<'a> Inquiry<'a> {
    pub(crate) fn new(ledger: &'a Ledger, range: &'a HistoryRange) -> Self {
        Self {
            ledger,
            first: NodeReader {
                ledger,
                node: ledger.primary(),
                slot: None,
            },
            second: None,
            range,
            listed: Vec::new(),
            executed: HashMap::new(),
            accounts: BTreeMap::new(),
            gaps: Vec::new(),
            is_cut: range.since.is_some(),
        }
    }

    /// Looks for a node that answers, of another operator than the first node's.
    pub(crate) async fn find_second_node(&mut self) {
        let ledger = self.ledger;
        let operator = ledger.primary().url().operator();
        let first_slot = ledger.min_context_slot().unwrap_or_default();
        for node in ledger.nodes() {
            if node.url().operator() == operator {
                continue;
            }
            let slot = async {
                ledger.check_genesis_of(node).await?;
                Ok::<_, ClientError>(NodeReader::slot(ledger, node, first_slot).await?)
            };
            match slot.await {
                Ok(slot) => {
                    let second = NodeReader {
                        ledger,
                        node,
                        slot: Some(slot),
                    };
                    self.report_distance(first_slot, slot, &second);
                    self.second = Some(second);
                    return;
                }
                Err(error) => self.report_silence(&error),
            }
        }
    }

    /// Only one of the two nodes can confirm what happened after the slot that the other has reached.
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

    /// The second node stopped answering: what it answered so far counts, and the rest is the first node's word.
    pub(crate) fn drop_second_node(&mut self, error: &ClientError) {
        if self.second.take().is_some() {
            self.report_silence(error);
        }
    }

    fn report_silence(&mut self, error: &ClientError) {
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
    pub(crate) async fn read_accounts(&mut self, addresses: &[Address]) -> Result<(), ClientError> {
        let present = snapshots(self.ledger, addresses).await?;
        self.accounts.extend(addresses.iter().copied().zip(present));
        Ok(())
    }
}
