//! Links to Solana's explorer.

use solana_signature::Signature;
use url::Url;

use crate::{cluster::Cluster, url::NodeUrl};

/// Solana's own explorer.
const EXPLORER: &str = "https://explorer.solana.com/tx/";

/// The page of an explorer that shows the ledger of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Explorer {
    /// A cluster that the explorer knows.
    Public(Cluster),
    /// This machine's, which the explorer's page reads from the browser.
    Local(String),
    /// Nowhere: the node's address is nobody's business, since it may hold a key to its service.
    Unknown,
}

impl Explorer {
    /// The explorer for the chosen cluster and the node that the user works with. No node is asked.
    pub fn of(cluster: Cluster, node: &NodeUrl) -> Self {
        if cluster.is_public() {
            Self::Public(cluster)
        } else if node.is_this_machine() {
            Self::Local(node.to_string())
        } else {
            Self::Unknown
        }
    }

    /// A link to a transaction, where it can be shown.
    pub fn link(&self, signature: &Signature) -> Option<String> {
        let link = Url::parse(EXPLORER).ok()?;
        let mut link = link.join(&signature.to_string()).ok()?;
        match self {
            // The one that a link means which names none.
            Self::Public(Cluster::MainnetBeta) => {}
            Self::Public(cluster) => {
                link.query_pairs_mut()
                    .append_pair("cluster", &cluster.name());
            }
            Self::Local(node) => {
                link.query_pairs_mut()
                    .append_pair("cluster", "custom")
                    .append_pair("customUrl", node);
            }
            Self::Unknown => return None,
        }
        Some(link.into())
    }
}

#[cfg(test)]
mod tests {
    use solana_hash::Hash;

    use super::*;
    use crate::url::PlainHttp;

    fn link(cluster: Cluster, node: &str) -> Option<String> {
        let node = NodeUrl::parse(node, PlainHttp::ThisMachineOnly).unwrap();
        let link = Explorer::of(cluster, &node).link(&Signature::from([1; 64]))?;
        Some(link.replace(&Signature::from([1; 64]).to_string(), "SIGNATURE"))
    }

    /// Also where a node of this machine leads to one.
    #[test]
    fn public_clusters_are_shown_by_name() {
        for url in [
            "https://rpc.example/?api-key=secret",
            "http://127.0.0.1:8899",
        ] {
            for (cluster, expected) in [
                (
                    Cluster::MainnetBeta,
                    "https://explorer.solana.com/tx/SIGNATURE",
                ),
                (
                    Cluster::Devnet,
                    "https://explorer.solana.com/tx/SIGNATURE?cluster=devnet",
                ),
                (
                    Cluster::Testnet,
                    "https://explorer.solana.com/tx/SIGNATURE?cluster=testnet",
                ),
            ] {
                let link = link(cluster, url);
                assert_eq!(link.as_deref(), Some(expected));
            }
        }
    }

    #[test]
    fn a_node_of_this_machine_is_named_in_the_link() {
        assert_eq!(
            link(Cluster::Localnet, "http://127.0.0.1:8899").as_deref(),
            Some(
                "https://explorer.solana.com/tx/SIGNATURE?cluster=custom&customUrl=http%3A%2F%2F127.0.0.1%3A8899"
            )
        );
    }

    #[test]
    fn the_address_of_a_service_never_gets_into_a_link() {
        let other = Cluster::Other(Hash::new_from_array([7; 32]));
        assert_eq!(link(other, "https://rpc.example/?api-key=secret"), None);
        let local = link(other, "http://127.0.0.1:8899/?api-key=secret").unwrap();
        assert!(!local.contains("secret"), "{local}");
    }
}
