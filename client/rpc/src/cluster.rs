//! Which ledger is meant. A cluster is its user's choice, and never follows from what a node answers: each node has to
//! show the genesis hash of the cluster that was chosen.
//!
//! The genesis hashes of the public clusters are pinned here. That of another cluster is its user's setting.

use std::{fmt, str::FromStr};

use solana_address::Address;
use solana_hash::Hash;

use crate::{
    text::quoted,
    url::{NodeUrl, PlainHttp, UrlError},
};

/// The genesis hash of mainnet-beta. (All three: <https://docs.anza.xyz/clusters/available>, and the Agave crates.)
pub const MAINNET_BETA_GENESIS: Hash = pinned("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d");
/// The genesis hash of devnet.
pub const DEVNET_GENESIS: Hash = pinned("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG");
/// The genesis hash of testnet.
pub const TESTNET_GENESIS: Hash = pinned("4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY");

const fn pinned(base58: &str) -> Hash {
    Hash::new_from_array(Address::from_str_const(base58).to_bytes())
}

/// The name of a ledger on this machine, where its user gives none.
const LOCALHOST: &str = "localhost";
/// Longest name of a cluster, in characters.
const NAME_LENGTH: usize = 32;
/// What would be mistaken for a public cluster.
const RESERVED: [&str; 5] = ["mainnet", "main", "mainnet-beta", "devnet", "testnet"];

/// A ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cluster {
    /// The production cluster.
    MainnetBeta,
    /// The public cluster for developers.
    Devnet,
    /// The public cluster for validators.
    Testnet,
    /// Any other, by the name that its user gives it.
    Named(ClusterName),
}

/// The name of a cluster that is not public: 1 to 32 lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterName(String);

/// A text that names no cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} names no cluster: expected mainnet-beta, devnet, testnet, localhost, or a name of one's own in up to 32 \
     lower-case letters, digits and hyphens",
    quoted(.0)
)]
pub struct UnknownCluster(String);

impl Cluster {
    /// Those whose genesis hash is pinned.
    pub const PUBLIC: [Self; 3] = [Self::MainnetBeta, Self::Devnet, Self::Testnet];

    /// The ledger on this machine, where its user gives it no other name.
    pub fn localhost() -> Self {
        Self::Named(ClusterName(LOCALHOST.to_owned()))
    }

    /// By the Solana tools' name, or the name's first letter.
    pub fn from_moniker(text: &str) -> Option<Self> {
        match text {
            "m" | "mainnet-beta" => Some(Self::MainnetBeta),
            "d" | "devnet" => Some(Self::Devnet),
            "t" | "testnet" => Some(Self::Testnet),
            "l" | "localhost" | "localnet" => Some(Self::localhost()),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::MainnetBeta => "mainnet-beta",
            Self::Devnet => "devnet",
            Self::Testnet => "testnet",
            Self::Named(name) => name.as_str(),
        }
    }

    /// The pinned genesis hash of a public cluster.
    pub const fn pinned_genesis(&self) -> Option<Hash> {
        match self {
            Self::MainnetBeta => Some(MAINNET_BETA_GENESIS),
            Self::Devnet => Some(DEVNET_GENESIS),
            Self::Testnet => Some(TESTNET_GENESIS),
            Self::Named(_) => None,
        }
    }

    /// The public cluster with this genesis hash: to name a hash, not to choose a cluster by what a node answers.
    pub fn of_genesis(genesis: &Hash) -> Option<Self> {
        let is_it = |cluster: &Self| cluster.pinned_genesis().as_ref() == Some(genesis);
        Self::PUBLIC.into_iter().find(is_it)
    }

    /// The address of the node that the Solana tools ask; `None` for a cluster that its user named.
    pub fn node(&self) -> Option<&'static str> {
        match self {
            Self::MainnetBeta => Some("https://api.mainnet-beta.solana.com"),
            Self::Devnet => Some("https://api.devnet.solana.com"),
            Self::Testnet => Some("https://api.testnet.solana.com"),
            Self::Named(name) => (name.as_str() == LOCALHOST).then_some("http://127.0.0.1:8899"),
        }
    }
}

impl FromStr for Cluster {
    type Err = UnknownCluster;

    fn from_str(text: &str) -> Result<Self, UnknownCluster> {
        match Self::from_moniker(text) {
            Some(cluster) => Ok(cluster),
            None => text.parse().map(Self::Named),
        }
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl ClusterName {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterName {
    type Err = UnknownCluster;

    fn from_str(text: &str) -> Result<Self, UnknownCluster> {
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = (1..=NAME_LENGTH).contains(&text.len()) && text.chars().all(is_allowed);
        // A public cluster has no second name, and a letter is one of the Solana tools' abbreviations.
        if !is_name || text.len() == 1 || RESERVED.contains(&text) {
            let shown = text.chars().take(NAME_LENGTH).collect();
            return Err(UnknownCluster(shown));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A node's address from its text, or from the Solana tools' name of a cluster or the name's first letter.
///
/// # Errors
/// As [`NodeUrl::parse`].
pub fn node_url(text: &str, plain_http: PlainHttp) -> Result<NodeUrl, UrlError> {
    let known = Cluster::from_moniker(text).and_then(|cluster| cluster.node());
    NodeUrl::parse(known.unwrap_or(text), plain_http)
}

/// A node that is of another cluster than its user chose, or says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the node at {node} shows the genesis hash {}, but this cluster's is {}",
    named(shown),
    named(expected)
)]
pub struct OtherGenesis {
    /// The node, without its secrets.
    pub node: String,
    /// What it shows.
    pub shown: Hash,
    /// What was expected of it.
    pub expected: Hash,
}

fn named(genesis: &Hash) -> String {
    match Cluster::of_genesis(genesis) {
        Some(cluster) => format!("{genesis} ({cluster})"),
        None => genesis.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use solana_cluster_type::ClusterType;

    use super::*;

    #[test]
    fn the_pinned_hashes_are_those_of_the_solana_tools() {
        for (cluster, theirs) in [
            (Cluster::MainnetBeta, ClusterType::MainnetBeta),
            (Cluster::Devnet, ClusterType::Devnet),
            (Cluster::Testnet, ClusterType::Testnet),
        ] {
            let theirs = theirs.get_genesis_hash().unwrap();
            assert_eq!(cluster.pinned_genesis(), Some(theirs));
            assert_eq!(Cluster::of_genesis(&theirs), Some(cluster));
        }
        assert_eq!(Cluster::of_genesis(&Hash::new_from_array([7; 32])), None);
        assert_eq!(Cluster::localhost().pinned_genesis(), None);
    }

    #[test]
    fn clusters_have_the_names_of_the_solana_tools() {
        for (names, cluster) in [
            (["m", "mainnet-beta"], Cluster::MainnetBeta),
            (["d", "devnet"], Cluster::Devnet),
            (["t", "testnet"], Cluster::Testnet),
            (["l", "localhost"], Cluster::localhost()),
        ] {
            for name in names {
                assert_eq!(name.parse(), Ok(cluster.clone()));
                let url = node_url(name, PlainHttp::default()).unwrap();
                let shown = url.to_string();
                assert_eq!(Some(&shown[..]), cluster.node());
            }
            assert_eq!(cluster.to_string(), names[1]);
        }
        let url = node_url("http://[::1]:1", PlainHttp::default());
        assert_eq!(url.unwrap().to_string(), "http://[::1]:1");
        for nonsense in ["", "mainnet", "127.0.0.1:8899", "ws://127.0.0.1"] {
            let error = node_url(nonsense, PlainHttp::default());
            assert_eq!(error, Err(UrlError::NotHttp), "{nonsense}");
        }
    }

    #[test]
    fn no_other_cluster_looks_like_a_public_one() {
        for name in ["staging", "my-cluster-2", "localhost"] {
            assert_eq!(name.parse::<Cluster>().unwrap().name(), name);
            assert_eq!(name.parse::<ClusterName>().unwrap().as_str(), name);
        }
        let long = "a".repeat(33);
        for name in [
            "", "x", "mainnet", "Devnet", "devnet ", "a b", "a/b", "é", &long,
        ] {
            let error = name.parse::<Cluster>().unwrap_err();
            assert!(error.to_string().contains("names no cluster"), "{error}");
        }
        for name in ["mainnet-beta", "devnet", "testnet", "m"] {
            assert!(name.parse::<ClusterName>().is_err());
        }
    }

    #[test]
    fn another_genesis_is_told_by_name() {
        let error = OtherGenesis {
            node: "https://rpc.example".to_owned(),
            shown: DEVNET_GENESIS,
            expected: MAINNET_BETA_GENESIS,
        };
        assert_eq!(
            error.to_string(),
            "the node at https://rpc.example shows the genesis hash \
             EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG (devnet), but this cluster's is \
             5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d (mainnet-beta)"
        );
    }
}
