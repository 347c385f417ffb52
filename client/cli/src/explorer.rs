//! Links to Solana's explorer.

use generion_client::Ledger;
use solana_cluster_type::ClusterType;
use solana_signature::Signature;
use url::{Host, Url};

/// Solana's own explorer.
const EXPLORER: &str = "https://explorer.solana.com/tx/";
/// The cluster that a link means which names none.
const MAINNET: &str = "mainnet-beta";

/// Where the ledger of a node is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explorer {
    /// A cluster that the explorer knows.
    Public(&'static str),
    /// This machine's, which the explorer's page reads from the browser.
    Local(String),
    /// Nowhere: the node's address is nobody's business, since it may hold a key to its service.
    Unknown,
}

impl Explorer {
    /// For a node. One that does not answer now spoils nothing but the link.
    pub async fn of(ledger: &Ledger) -> Self {
        if let Some(local) = local(&ledger.rpc().url()) {
            return local;
        }
        match ledger.rpc().get_genesis_hash().await {
            Ok(genesis) => public(&genesis.to_string()),
            Err(_) => Self::Unknown,
        }
    }

    /// A link to a transaction, where it can be shown.
    pub fn link(&self, signature: &Signature) -> Option<String> {
        let link = Url::parse(EXPLORER).ok()?;
        let mut link = link.join(&signature.to_string()).ok()?;
        match self {
            Self::Public(MAINNET) => {}
            Self::Public(cluster) => {
                link.query_pairs_mut().append_pair("cluster", cluster);
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

fn local(url: &str) -> Option<Explorer> {
    let url = Url::parse(url).ok()?;
    let is_loopback = match url.host()? {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    is_loopback.then(|| Explorer::Local(url.into()))
}

/// The public cluster that began with this block.
fn public(genesis: &str) -> Explorer {
    let clusters = [
        (ClusterType::MainnetBeta, MAINNET),
        (ClusterType::Devnet, "devnet"),
        (ClusterType::Testnet, "testnet"),
    ];
    clusters
        .into_iter()
        .find(|(cluster, _)| {
            cluster
                .get_genesis_hash()
                .is_some_and(|hash| hash.to_string() == genesis)
        })
        .map_or(Explorer::Unknown, |(_, name)| Explorer::Public(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(cluster: Explorer) -> Option<String> {
        let link = cluster.link(&Signature::from([1; 64]))?;
        Some(link.replace(&Signature::from([1; 64]).to_string(), "SIGNATURE"))
    }

    #[test]
    fn public_clusters_are_known_by_their_first_block() {
        // https://docs.anza.xyz/clusters/available
        for (genesis, expected) in [
            (
                "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d",
                "https://explorer.solana.com/tx/SIGNATURE",
            ),
            (
                "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG",
                "https://explorer.solana.com/tx/SIGNATURE?cluster=devnet",
            ),
            (
                "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY",
                "https://explorer.solana.com/tx/SIGNATURE?cluster=testnet",
            ),
        ] {
            assert_eq!(link(public(genesis)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_node_of_this_machine_is_named_in_the_link() {
        assert_eq!(
            link(local("http://127.0.0.1:8899").unwrap()).as_deref(),
            Some(
                "https://explorer.solana.com/tx/SIGNATURE?cluster=custom&customUrl=http%3A%2F%2F127.0.0.1%3A8899%2F"
            )
        );
        assert!(local("http://localhost:8899").is_some() && local("http://[::1]:8899").is_some());
    }

    #[test]
    fn the_address_of_a_service_never_gets_into_a_link() {
        assert_eq!(local("https://rpc.example/?api-key=secret"), None);
        assert_eq!(link(public("somebody else's")), None);
    }
}
