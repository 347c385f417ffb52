//! Clusters. Users choose the cluster themselves; an answer of a node never decides it. Each node has to show the genesis hash
//! of the chosen cluster.
//!
//! The genesis hashes of the public clusters and of the local node are pinned here. That of another cluster is its user's
//! setting.

use std::{fmt, str::FromStr};

use solana_address::Address;
use solana_hash::Hash;

use crate::url::{NodeUrl, PlainHttp, UrlError};

/// The genesis hash of mainnet-beta. (All three: <https://docs.anza.xyz/clusters/available>, and the Agave crates.)
pub const MAINNET_BETA_GENESIS: Hash = pinned("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d");
/// The genesis hash of devnet.
pub const DEVNET_GENESIS: Hash = pinned("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG");
/// The genesis hash of testnet.
pub const TESTNET_GENESIS: Hash = pinned("4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY");

const fn pinned(base58: &str) -> Hash {
    Hash::new_from_array(Address::from_str_const(base58).to_bytes())
}

/// The genesis hash of every local node of Generion (`generion localnet`): SHA-256 of that text.
pub const LOCALNET_GENESIS: Hash = Hash::new_from_array([
    0xef, 0x54, 0xd3, 0x7b, 0xeb, 0xd1, 0xaa, 0x9c, 0xf6, 0xef, 0x73, 0x4e, 0xca, 0x3e, 0x04, 0xe5,
    0x25, 0x2e, 0xe9, 0x44, 0x4a, 0x02, 0x92, 0x64, 0xbc, 0x20, 0x08, 0xd6, 0x61, 0xed, 0x41, 0x15,
]);

/// A ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cluster {
    /// The production cluster.
    MainnetBeta,
    /// The public cluster for developers.
    Devnet,
    /// The public cluster for validators.
    Testnet,
    /// A local node of Generion. All of them have the same genesis hash.
    Localnet,
    /// Any other, by its genesis hash.
    Other(Hash),
}

/// A text that is neither the name nor the genesis hash of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected mainnet-beta, devnet, testnet, localnet, or a genesis hash in base58")]
pub struct UnknownCluster;

impl Cluster {
    /// The clusters that everybody can use.
    pub const PUBLIC: [Self; 3] = [Self::MainnetBeta, Self::Devnet, Self::Testnet];

    /// The cluster with this name in the Solana tools, or with this first letter of it.
    pub fn from_moniker(text: &str) -> Option<Self> {
        match text {
            "m" | "mainnet-beta" => Some(Self::MainnetBeta),
            "d" | "devnet" => Some(Self::Devnet),
            "t" | "testnet" => Some(Self::Testnet),
            "l" | "localhost" | "localnet" => Some(Self::Localnet),
            _ => None,
        }
    }

    /// The cluster with this genesis hash. This gives a name to a hash; it must not be used to choose a cluster from a node's
    /// answer.
    pub fn of_genesis(genesis: &Hash) -> Self {
        [
            Self::MainnetBeta,
            Self::Devnet,
            Self::Testnet,
            Self::Localnet,
        ]
        .into_iter()
        .find(|cluster| cluster.genesis() == *genesis)
        .unwrap_or(Self::Other(*genesis))
    }

    /// The genesis hash that every node of the cluster has to show.
    pub const fn genesis(&self) -> Hash {
        match self {
            Self::MainnetBeta => MAINNET_BETA_GENESIS,
            Self::Devnet => DEVNET_GENESIS,
            Self::Testnet => TESTNET_GENESIS,
            Self::Localnet => LOCALNET_GENESIS,
            Self::Other(genesis) => *genesis,
        }
    }

    /// Whether everybody can use it.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::MainnetBeta | Self::Devnet | Self::Testnet)
    }

    /// The name; `None` for a cluster that is known by its genesis hash only.
    pub const fn known_name(&self) -> Option<&'static str> {
        match self {
            Self::MainnetBeta => Some("mainnet-beta"),
            Self::Devnet => Some("devnet"),
            Self::Testnet => Some("testnet"),
            Self::Localnet => Some("localnet"),
            Self::Other(_) => None,
        }
    }

    /// The name, or the genesis hash of a cluster without a name. The text can be parsed again, and can be the name of a file.
    pub fn name(&self) -> String {
        match self.known_name() {
            Some(name) => name.to_owned(),
            None => self.genesis().to_string(),
        }
    }

    /// The address of the node that the Solana tools use for it.
    pub const fn node(&self) -> Option<&'static str> {
        match self {
            Self::MainnetBeta => Some("https://api.mainnet-beta.solana.com"),
            Self::Devnet => Some("https://api.devnet.solana.com"),
            Self::Testnet => Some("https://api.testnet.solana.com"),
            Self::Localnet => Some("http://127.0.0.1:8899"),
            Self::Other(_) => None,
        }
    }
}

impl FromStr for Cluster {
    type Err = UnknownCluster;

    fn from_str(text: &str) -> Result<Self, UnknownCluster> {
        match Self::from_moniker(text) {
            Some(cluster) => Ok(cluster),
            None => match text.parse() {
                Ok(genesis) => Ok(Self::of_genesis(&genesis)),
                Err(_) => Err(UnknownCluster),
            },
        }
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known_name() {
            Some(name) => f.pad(name),
            None => write!(f, "the cluster with genesis hash {}", self.genesis()),
        }
    }
}

/// A node's address from its text, or from the Solana tools' name of a cluster or the name's first letter.
///
/// # Errors
/// Those of [`NodeUrl::parse`].
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
    /// The genesis hash that the node shows.
    pub shown: Hash,
    /// The genesis hash that was expected.
    pub expected: Hash,
}

fn named(genesis: &Hash) -> String {
    match Cluster::of_genesis(genesis).known_name() {
        Some(name) => format!("{genesis} ({name})"),
        None => genesis.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};
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
            assert_eq!(cluster.genesis(), theirs);
            assert_eq!(Cluster::of_genesis(&theirs), cluster);
            assert!(cluster.is_public());
        }
    }

    #[test]
    fn the_local_nodes_hash_is_that_of_a_text() {
        let expected: [u8; 32] = Sha256::digest("generion localnet").into();
        assert_eq!(LOCALNET_GENESIS.to_bytes(), expected);
        assert_eq!(Cluster::of_genesis(&LOCALNET_GENESIS), Cluster::Localnet);
        assert!(!Cluster::Localnet.is_public());
    }

    #[test]
    fn clusters_have_the_names_of_the_solana_tools() {
        for (names, cluster) in [
            (["m", "mainnet-beta"], Cluster::MainnetBeta),
            (["d", "devnet"], Cluster::Devnet),
            (["t", "testnet"], Cluster::Testnet),
            (["l", "localnet"], Cluster::Localnet),
        ] {
            for name in names {
                assert_eq!(name.parse(), Ok(cluster));
                let url = node_url(name, PlainHttp::default()).unwrap();
                assert_eq!(Some(&url.to_string()[..]), cluster.node());
            }
            assert_eq!(cluster.to_string(), names[1]);
        }
        assert_eq!("localhost".parse(), Ok(Cluster::Localnet));
        let url = node_url("http://[::1]:1", PlainHttp::default());
        assert_eq!(url.unwrap().to_string(), "http://[::1]:1");
        for nonsense in ["", "mainnet", "127.0.0.1:8899", "ws://127.0.0.1"] {
            let error = node_url(nonsense, PlainHttp::default());
            assert_eq!(error, Err(UrlError::NotHttp), "{nonsense}");
            assert_eq!(nonsense.parse::<Cluster>(), Err(UnknownCluster));
        }
    }

    #[test]
    fn a_genesis_hash_names_the_cluster_that_has_it() {
        for cluster in Cluster::PUBLIC.into_iter().chain([Cluster::Localnet]) {
            assert_eq!(cluster.genesis().to_string().parse(), Ok(cluster));
        }
        let other = Cluster::Other(Hash::new_from_array([7; 32]));
        assert_eq!(other.name().parse(), Ok(other));
        assert_eq!(other.known_name(), None);
        assert_eq!(
            other.to_string(),
            format!("the cluster with genesis hash {}", other.name())
        );
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
