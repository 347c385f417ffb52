//! The cluster that a command works on, and its nodes. The user chooses the cluster; a node's answer never does.

use generion_client::{
    GenesisHash,
    rpc::{
        cluster::{self, Cluster},
        operators,
        url::{NodeUrl, PlainHttp, UrlError},
    },
};

use crate::{
    files::{data_folder::DataFolder, trusted_nodes},
    output::failure::Failure,
};

/// The cluster of a node whose user named no cluster: the one that the Solana tools' name or the well-known address
/// belongs to, localnet for a node on this machine, and mainnet-beta for any other.
fn cluster_of(text: &str, url: &NodeUrl) -> Cluster {
    let named = Cluster::from_moniker(text).or_else(|| operators::cluster_of(url));
    match named {
        Some(cluster) => cluster,
        None if url.is_this_machine() => Cluster::Localnet,
        None => Cluster::MainnetBeta,
    }
}

/// Whether to believe a single node although the user has not said so: on clusters for testing, whose tokens are worth nothing
/// and which often have one public node only.
const fn trusts_single(cluster: Cluster) -> bool {
    matches!(cluster, Cluster::Devnet | Cluster::Testnet)
}

/// The nodes and the cluster that the command line and the configuration name.
pub struct NodeArgs<'a> {
    /// The first node: a URL or a name of the Solana tools.
    pub url: &'a str,
    /// The option or the file that named it, for messages.
    pub url_source: &'a str,
    /// Further nodes.
    pub witnesses: &'a [String],
    /// The cluster.
    pub cluster: Option<Cluster>,
    /// Whether nodes on other machines may be reached over plain http.
    pub plain_http: PlainHttp,
}

/// The nodes of a command.
pub struct Nodes {
    /// The cluster that all nodes must belong to.
    pub cluster: Cluster,
    /// The first node, then its witnesses.
    pub urls: Vec<NodeUrl>,
    /// Whether the first node is believed without a second one.
    pub trust_single: bool,
}

impl Nodes {
    /// The node that the user named.
    pub fn first(&self) -> &NodeUrl {
        // `new` puts at least one node there.
        &self.urls[0]
    }

    /// The cluster's genesis hash, as a deployment holds it.
    pub fn genesis(&self) -> GenesisHash {
        genesis(self.cluster)
    }

    /// Whether the first node runs on this machine and its cluster is not public.
    pub fn is_own(&self) -> bool {
        self.first().is_this_machine() && !self.cluster.is_public()
    }

    /// The first node and the named witnesses; on a public cluster also the well-known operators' nodes.
    pub fn new(args: &NodeArgs<'_>, data: &DataFolder) -> Result<Self, Failure> {
        let parse = |text: &str, source: &str| {
            cluster::node_url(text, args.plain_http).map_err(|error| refused(&error, source))
        };
        let first = parse(args.url, args.url_source)?;
        let cluster = args.cluster.unwrap_or_else(|| cluster_of(args.url, &first));
        let mut urls = vec![first];
        for witness in args.witnesses {
            urls.push(parse(witness, "--witness")?);
        }
        // A node on this machine is the user's own: no stranger's node is added to it unless the user names one.
        if cluster.is_public() && !urls[0].is_this_machine() {
            let witnesses = operators::witnesses_for(&cluster, &urls);
            urls.extend(witnesses);
        }
        let trust_single =
            trusts_single(cluster) || trusted_nodes::is_trusted(data, cluster, &urls[0])?;
        Ok(Self {
            cluster,
            urls,
            trust_single,
        })
    }
}

fn genesis(cluster: Cluster) -> GenesisHash {
    GenesisHash(cluster.genesis().to_bytes())
}

/// The failure for a node's address. It never shows the address in full, since that may contain a provider's key.
fn refused(error: &UrlError, source: &str) -> Failure {
    match error {
        UrlError::PlainHttp { .. } => Failure::new(
            error.to_string(),
            "Pass --allow-plain-http only if you know that nobody on the way can read or change what is sent.",
        ),
        _ => Failure::new(
            format!("{source} is {error}, and not the name of a cluster"),
            "Pass an http or https URL, or localhost, devnet, testnet or mainnet-beta, with -u or --witness.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(url: &str, witnesses: &[&str], cluster: Option<&str>) -> Result<Nodes, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let witnesses: Vec<_> = witnesses.iter().map(|url| (*url).to_owned()).collect();
        let args = NodeArgs {
            url,
            url_source: "-u",
            witnesses: &witnesses,
            cluster: cluster.map(|name| name.parse().unwrap()),
            plain_http: PlainHttp::ThisMachineOnly,
        };
        Nodes::new(&args, &DataFolder::new(Some(folder.path())).unwrap())
    }

    #[test]
    fn the_cluster_is_the_users_word_or_follows_from_the_nodes_name() {
        for (url, cluster, expected) in [
            ("l", None, Cluster::Localnet),
            ("http://127.0.0.1:1", None, Cluster::Localnet),
            ("d", None, Cluster::Devnet),
            ("https://api.devnet.solana.com", None, Cluster::Devnet),
            ("https://node.example/key", None, Cluster::MainnetBeta),
            ("https://node.example/key", Some("devnet"), Cluster::Devnet),
            (
                "http://127.0.0.1:1",
                Some("mainnet-beta"),
                Cluster::MainnetBeta,
            ),
        ] {
            assert_eq!(nodes(url, &[], cluster).unwrap().cluster, expected, "{url}");
        }
    }

    #[test]
    fn a_public_cluster_has_witnesses_and_a_local_node_needs_none() {
        let public = nodes("mainnet-beta", &[], None).unwrap();
        assert!(public.urls.len() > 1);
        assert!(!public.trust_single);
        let local = nodes("localhost", &[], None).unwrap();
        assert_eq!(local.urls.len(), 1);
        let named = nodes(
            "localhost",
            &["https://a.example", "https://b.example"],
            None,
        )
        .unwrap();
        assert_eq!(named.urls.len(), 3);
    }

    #[test]
    fn one_node_is_enough_where_there_is_no_money() {
        assert!(nodes("devnet", &[], None).unwrap().trust_single);
        let claims_devnet = nodes("https://node.example", &[], None).unwrap();
        assert!(!claims_devnet.trust_single);
    }

    #[test]
    fn plain_http_to_another_machine_is_refused() {
        for (url, witness) in [
            ("http://node.example/secret", None),
            ("https://a.example", Some("http://node.example/secret")),
        ] {
            let witnesses: Vec<_> = witness.into_iter().collect();
            let failure = nodes(url, &witnesses, None).err().unwrap();
            assert!(failure.advice.contains("--allow-plain-http"), "{failure:?}");
            assert!(!failure.message.contains("secret"), "{failure:?}");
        }
    }
}
