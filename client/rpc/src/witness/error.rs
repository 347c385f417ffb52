use std::fmt;

use solana_hash::Hash;

use crate::{cluster::OtherGenesis, node::NodeError};

/// Why witnesses decided nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// No node was given.
    #[error("no node is given")]
    NoNodes,
    /// More accounts than can be read from one state.
    #[error("{asked} accounts can't be read from one state of the ledger, {most} at most")]
    TooManyAccounts {
        /// The number of accounts that were asked for.
        asked: usize,
        /// The largest number.
        most: usize,
    },
    /// A node is of another cluster.
    #[error(transparent)]
    OtherGenesis(#[from] OtherGenesis),
    /// Too few nodes answered.
    #[error(transparent)]
    TooFew(#[from] TooFew),
    /// Nodes say different things.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// Too few nodes accept the block hash, so a transaction with it may never reach the ledger.
    #[error("the block hash {hash} is not valid at enough nodes: {}", list(said))]
    InvalidBlockHash {
        /// The block hash.
        hash: Hash,
        /// The answer of each node.
        said: Vec<Said>,
    },
}

/// The answer of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The node, without the secrets in its address.
    pub node: String,
    /// The slot of its answer, where it names one.
    pub slot: Option<u64>,
    /// The answer, as text.
    pub words: String,
}

/// Nodes that say different things, each named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the nodes contradict each other about {subject}: {}{}", list(said), hint(*is_one_slot))]
pub struct Contradiction {
    /// The subject of the question.
    pub subject: String,
    /// The answers, in the order of the nodes.
    pub said: Vec<Said>,
    /// Whether two of them differ at one slot, so that one is wrong. Otherwise they were read several times, and never
    /// seen at one slot.
    pub is_one_slot: bool,
}

/// Too few nodes answered: two operators have to agree, or one node on this machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "nodes of {needed} operators have to agree, and {}{}",
    who(answered),
    why(silent)
)]
pub struct TooFew {
    /// The nodes that answered, without the secrets in their addresses.
    pub answered: Vec<String>,
    /// Operators that have to agree.
    pub needed: usize,
    /// The errors of the other nodes.
    pub silent: Vec<NodeError>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            Some(slot) => write!(f, "{} says at slot {slot}: {}", self.node, self.words),
            None => write!(f, "{} says: {}", self.node, self.words),
        }
    }
}

fn list(said: &[Said]) -> String {
    let said: Vec<_> = said.iter().map(Said::to_string).collect();
    said.join("; ")
}

const fn hint(is_one_slot: bool) -> &'static str {
    match is_one_slot {
        true => "",
        false => " (read several times, and never at one slot)",
    }
}

fn who(answered: &[String]) -> String {
    match answered {
        [] => "none answered".to_owned(),
        [one] => format!("{one} alone answered"),
        more => format!("these answered, of one operator: {}", more.join(", ")),
    }
}

fn why(silent: &[NodeError]) -> String {
    silent.iter().map(|error| format!("; {error}")).collect()
}
