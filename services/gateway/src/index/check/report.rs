//! The findings of a check.

use std::fmt;

use serde::Serialize;
use solana_address::Address;

/// Differences that a report names one by one.
pub const NAMED_DIFFERENCES: usize = 1_000;

/// The findings of a check. Numbers of the ledger are texts, because a client's numbers may end at 2^53.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Whether the index is equal to the ledger, as far as the nodes agree on it.
    pub is_equal: bool,
    /// Whether all nodes answered, and agree on all accounts. Otherwise the ledger's state is not certain.
    pub is_certain: bool,
    /// The lowest slot of the ledger's states.
    pub ledger_slot: String,
    /// The slot that the index says it has followed.
    pub indexed_slot: Option<String>,
    /// The nodes, in the order of the configuration.
    pub nodes: Vec<CheckedNode>,
    /// Accounts that were compared.
    pub compared: u64,
    /// Accounts on the ledger that are malformed, or not at their own address; the index leaves them out.
    pub left_out: u64,
    /// Accounts of the index that nodes disagree on.
    pub disputed: u64,
    /// The number of accounts that differ.
    pub different: u64,
    /// The first of them, by address.
    pub differences: Vec<Difference>,
    /// On how many accounts the nodes disagree. Those that the index marks as disputed make no difference.
    pub disagreed: u64,
    /// The first of them, by address.
    pub disagreements: Vec<Disagreement>,
}

/// A node that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedNode {
    /// The node's number in the configuration, from 1 on.
    pub number: usize,
    /// The node's address, without its secrets.
    pub url: String,
    /// Why it was left out, if it was.
    pub problem: Option<String>,
}

/// An account that the nodes disagree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The account's address.
    #[serde(serialize_with = "as_text")]
    pub address: Address,
    /// The numbers of the nodes that show it as the index has it.
    pub as_indexed: Vec<usize>,
    /// The numbers of those that show something else, or that nothing is there.
    pub otherwise: Vec<usize>,
}

fn as_text<S: serde::Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

/// A difference between the index and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// The account's address.
    pub address: String,
    /// The kind of difference.
    #[serde(rename = "what")]
    pub kind: DifferenceKind,
}

/// The kinds of differences between an account in the index and on the ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The index does not have it.
    Missing,
    /// The ledger does not have it.
    Gone,
    /// The balance or the data differ.
    Contents,
    /// The nodes disagree on it, and the index does not mark it.
    Undisputed,
    /// The index marks it as disputed, and all nodes agree on it.
    Disputed,
    /// A column, given by its name, does not match the data.
    Column(&'static str),
}

impl CheckReport {
    /// Notes why a node was left out.
    pub(super) fn fails(&mut self, number: usize, problem: String) {
        let node = self.nodes.iter_mut().find(|node| node.number == number);
        if let Some(node) = node {
            node.problem.get_or_insert(problem);
        }
    }

    /// Adds a difference.
    pub(super) fn differs(&mut self, address: &Address, kind: DifferenceKind) {
        self.different += 1;
        if self.differences.len() < NAMED_DIFFERENCES {
            let address = address.to_string();
            self.differences.push(Difference { address, kind });
        }
    }

    /// The reason why the ledger's state is not certain.
    fn doubt(&self) -> String {
        match self.disagreed {
            0 => "A node was left out".to_owned(),
            1 => "The nodes disagree on 1 account".to_owned(),
            disagreed => format!("The nodes disagree on {disagreed} accounts"),
        }
    }

    /// Adds an account that nodes disagree on.
    pub(super) fn disagrees(&mut self, disagreement: Disagreement) {
        self.disagreed += 1;
        if self.disagreements.len() < NAMED_DIFFERENCES {
            self.disagreements.push(disagreement);
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        match self.kind {
            DifferenceKind::Missing => write!(f, "{address}: on the ledger, and not in the index"),
            DifferenceKind::Gone => write!(f, "{address}: in the index, and not on the ledger"),
            DifferenceKind::Contents => write!(f, "{address}: balance or data differ"),
            DifferenceKind::Undisputed => write!(
                f,
                "{address}: nodes disagree, and the index does not mark it as disputed"
            ),
            DifferenceKind::Disputed => write!(
                f,
                "{address}: marked as disputed, and all nodes agree on it"
            ),
            DifferenceKind::Column(name) => {
                write!(f, "{address}: the column {name} is not what the data say")
            }
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: nodes disagree: as in the index on {}, otherwise on {}",
            self.address,
            Numbers(&self.as_indexed),
            Numbers(&self.otherwise)
        )
    }
}

/// The numbers of nodes, as text.
struct Numbers<'a>(&'a [usize]);

impl fmt::Display for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, number) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}node {number}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for node in &self.nodes {
            if let Some(problem) = &node.problem {
                let CheckedNode { number, url, .. } = node;
                writeln!(f, "node {number} ({url}) was left out: {problem}")?;
            }
        }
        for disagreement in &self.disagreements {
            writeln!(f, "{disagreement}")?;
        }
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        let unnamed = self.different - u64::try_from(self.differences.len()).unwrap_or(u64::MAX);
        if unnamed > 0 {
            writeln!(f, "and {unnamed} more")?;
        }
        if self.left_out > 0 {
            let count = self.left_out;
            writeln!(
                f,
                "{count} accounts on the ledger can't be read, and are left out"
            )?;
        }
        if self.disputed > 0 {
            writeln!(f, "{} accounts are disputed between nodes", self.disputed)?;
        }
        let (compared, slot) = (self.compared, &self.ledger_slot);
        match (self.is_equal, self.is_certain) {
            (true, true) => write!(
                f,
                "the index is equal to the ledger: {compared} accounts, at slot {slot}"
            ),
            (true, false) => write!(
                f,
                "the index is equal to the ledger where the nodes agree: {compared} accounts, at slot {slot}. {}: look for \
                 the cause, and check again",
                self.doubt()
            ),
            (false, _) => write!(
                f,
                "the index differs from the ledger in {} of {compared} accounts, at slot {slot}",
                self.different
            ),
        }
    }
}
