//! Which cluster a URL leads to. Its name comes from the genesis block, and not from the URL: a provider's URL can lead
//! to any of them.

use generion_rpc::{
    cluster::Cluster,
    url::{NodeUrl, PlainHttp, is_this_machine},
};
use solana_hash::Hash;

/// A node's URL from its text, or from the Solana tools' name of a cluster or the name's first letter.
///
/// # Errors
/// Where it is neither.
pub fn node_url(text: &str) -> Result<String, String> {
    let known = Cluster::from_moniker(text).and_then(|cluster| cluster.node());
    let url = known.unwrap_or(text);
    match NodeUrl::parse(url, PlainHttp::Allowed) {
        Ok(_) => Ok(url.to_owned()),
        Err(_) => Err(
            "expected an http or https URL, or localhost, devnet, testnet or mainnet-beta"
                .to_owned(),
        ),
    }
}

/// A cluster's name, for its file under `deployments/`: `mainnet-beta`, `devnet`, `testnet`, `localnet` for any other on
/// this machine, and `cluster-` with the genesis hash's beginning for any other elsewhere.
pub fn name(url: &str, genesis: &Hash) -> String {
    match Cluster::of_genesis(genesis) {
        cluster if cluster.is_public() => cluster.name(),
        _ if is_this_machine(url) => "localnet".to_owned(),
        _ => format!("cluster-{}", &genesis.to_string()[..8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_have_the_names_of_the_solana_tools() {
        assert_eq!(node_url("l").unwrap(), "http://127.0.0.1:8899");
        assert_eq!(node_url("d"), node_url("devnet"));
        assert_eq!(node_url("t"), node_url("testnet"));
        assert_eq!(node_url("m"), node_url("mainnet-beta"));
        assert_eq!(node_url("http://[::1]:1").unwrap(), "http://[::1]:1");
        for nonsense in ["", "mainnet", "127.0.0.1:8899", "ws://127.0.0.1"] {
            assert!(
                node_url(nonsense).unwrap_err().contains("expected an http"),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn a_cluster_is_known_by_its_genesis_block() {
        let devnet = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"
            .parse()
            .unwrap();
        assert_eq!(name("https://rpc.example.org/key", &devnet), "devnet");
        assert_eq!(name("http://127.0.0.1:8899", &devnet), "devnet");
        let mainnet = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
            .parse()
            .unwrap();
        assert_eq!(
            name("https://api.devnet.solana.com", &mainnet),
            "mainnet-beta"
        );
        let other = Hash::new_from_array([7; 32]);
        for local in [
            "http://127.0.0.1:1",
            "http://localhost:8899",
            "http://[::1]:1",
        ] {
            assert_eq!(name(local, &other), "localnet");
        }
        assert_eq!(
            name("https://rpc.example.org", &other),
            format!("cluster-{}", &other.to_string()[..8])
        );
    }
}
