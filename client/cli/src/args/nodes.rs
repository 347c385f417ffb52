//! Which cluster a command works on, and by which nodes. The cluster is what its user says, never what a node answers.

use std::{fmt, str::FromStr};

use generion_client::{
    GenesisHash,
    rpc::{
        cluster::{self, Cluster},
        operators,
        url::{NodeUrl, PlainHttp, UrlError},
    },
};
use solana_hash::Hash;

use crate::{
    files::{data_folder::DataFolder, trusted_nodes},
    output::failure::Failure,
};

/// The local cluster's name.
const LOCALNET: &str = "localnet";

/// A cluster as its user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterChoice {
    /// One that everybody knows.
    Public(Cluster),
    /// `generion localnet` of anybody.
    Localnet,
    /// Any other, by its genesis hash.
    Other(GenesisHash),
}

impl ClusterChoice {
    /// The cluster that has this genesis hash.
    pub fn of_genesis(genesis: &GenesisHash) -> Self {
        match Cluster::of_genesis(&Hash::new_from_array(genesis.0)) {
            Some(public) => Self::Public(public),
            None if *genesis == GenesisHash::LOCALNET => Self::Localnet,
            None => Self::Other(*genesis),
        }
    }

    /// The genesis hash to which nodes are held.
    pub fn genesis(&self) -> GenesisHash {
        match self {
            // A public one's is pinned.
            Self::Public(cluster) => cluster
                .pinned_genesis()
                .map_or(GenesisHash::LOCALNET, |hash| GenesisHash(hash.to_bytes())),
            Self::Localnet => GenesisHash::LOCALNET,
            Self::Other(genesis) => *genesis,
        }
    }

    /// Whether it is one that everybody knows.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Public(_))
    }

    /// As `--cluster` takes it; a name for files, too.
    pub fn name(&self) -> String {
        match self {
            Self::Public(cluster) => cluster.name().to_owned(),
            Self::Localnet => LOCALNET.to_owned(),
            Self::Other(genesis) => genesis.to_string(),
        }
    }

    /// The one that goes with a node, where its user names none: that of a name of the Solana tools or of a well-known
    /// address, the local one for a node on this machine, and mainnet for all others.
    fn of_node(text: &str, url: &NodeUrl) -> Self {
        let named = Cluster::from_moniker(text).or_else(|| operators::cluster_of(url));
        match named {
            Some(Cluster::Named(_)) => Self::Localnet,
            Some(public) => Self::Public(public),
            None if url.is_this_machine() => Self::Localnet,
            None => Self::Public(Cluster::MainnetBeta),
        }
    }

    /// Whether one node may be believed without its user's word: on clusters for trying things out, which have no money
    /// and often one public node.
    const fn trusts_single(&self) -> bool {
        matches!(self, Self::Public(Cluster::Devnet | Cluster::Testnet))
    }
}

impl FromStr for ClusterChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Cluster::from_moniker(text) {
            Some(Cluster::Named(_)) => return Ok(Self::Localnet),
            Some(public) => return Ok(Self::Public(public)),
            None => {}
        }
        let genesis: GenesisHash = text.parse().map_err(|_| {
            "expected mainnet-beta, devnet, testnet, localnet, or a genesis hash in base58"
                .to_owned()
        })?;
        Ok(Self::of_genesis(&genesis))
    }
}

impl fmt::Display for ClusterChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(genesis) => write!(f, "the cluster with genesis hash {genesis}"),
            known => f.write_str(&known.name()),
        }
    }
}

/// What the command line and the configuration say about nodes.
pub struct NodeArgs<'a> {
    /// The first node: a URL or a name of the Solana tools.
    pub url: &'a str,
    /// Where that was said, for who has to mend it.
    pub url_source: &'a str,
    /// Further nodes.
    pub witnesses: &'a [String],
    /// The cluster.
    pub cluster: Option<ClusterChoice>,
    /// Whether nodes on other machines may be reached without encryption.
    pub plain_http: PlainHttp,
}

/// The nodes of a command.
pub struct Nodes {
    /// The cluster that all of them must be of.
    pub cluster: ClusterChoice,
    /// The first one, then its witnesses.
    pub urls: Vec<NodeUrl>,
    /// Whether the first one is believed without a second.
    pub trust_single: bool,
}

impl Nodes {
    /// The node that its user works with.
    pub fn first(&self) -> &NodeUrl {
        // There is one from the beginning.
        &self.urls[0]
    }

    /// Whether the first one is on this machine, and of a cluster that is nobody else's.
    pub fn is_own(&self) -> bool {
        self.first().is_this_machine() && !self.cluster.is_public()
    }

    /// The first node and the named witnesses; on a public cluster also the operators that this software knows.
    pub fn new(args: &NodeArgs<'_>, data: &DataFolder) -> Result<Self, Failure> {
        let parse = |text: &str, source: &str| {
            cluster::node_url(text, args.plain_http).map_err(|error| refused(&error, source))
        };
        let first = parse(args.url, args.url_source)?;
        let cluster = args
            .cluster
            .clone()
            .unwrap_or_else(|| ClusterChoice::of_node(args.url, &first));
        let mut urls = vec![first];
        for witness in args.witnesses {
            urls.push(parse(witness, "--witness")?);
        }
        // A node on this machine is one's own way to the cluster: strangers are not asked beside it unless they are named.
        if let ClusterChoice::Public(public) = &cluster
            && !urls[0].is_this_machine()
        {
            let witnesses = operators::witnesses_for(public, &urls);
            urls.extend(witnesses);
        }
        let trust_single = cluster.trusts_single()
            || trusted_nodes::is_trusted(data, &cluster.genesis(), &urls[0])?;
        Ok(Self {
            cluster,
            urls,
            trust_single,
        })
    }
}

/// Neither shows an address in full: there may be a provider's key in it.
fn refused(error: &UrlError, source: &str) -> Failure {
    match error {
        UrlError::PlainHttp { .. } => Failure::new(
            error.to_string(),
            "Pass --allow-plain-http only if you know that nobody between here and there can read or change what is sent.",
        ),
        _ => Failure::new(
            format!("{source} is {error}, nor the name of a cluster"),
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
            ("l", None, ClusterChoice::Localnet),
            ("http://127.0.0.1:1", None, ClusterChoice::Localnet),
            ("d", None, ClusterChoice::Public(Cluster::Devnet)),
            (
                "https://api.devnet.solana.com",
                None,
                ClusterChoice::Public(Cluster::Devnet),
            ),
            (
                "https://node.example/key",
                None,
                ClusterChoice::Public(Cluster::MainnetBeta),
            ),
            (
                "https://node.example/key",
                Some("devnet"),
                ClusterChoice::Public(Cluster::Devnet),
            ),
            (
                "http://127.0.0.1:1",
                Some("mainnet-beta"),
                ClusterChoice::Public(Cluster::MainnetBeta),
            ),
        ] {
            assert_eq!(nodes(url, &[], cluster).unwrap().cluster, expected, "{url}");
        }
    }

    #[test]
    fn a_genesis_hash_names_the_cluster_that_has_it() {
        let mainnet = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
        let named = |text: &str| text.parse::<ClusterChoice>();
        assert_eq!(named(mainnet), named("mainnet-beta"));
        let localnet = GenesisHash::LOCALNET.to_string();
        assert_eq!(named(&localnet), Ok(ClusterChoice::Localnet));
        let other = GenesisHash([7; 32]);
        assert_eq!(named(&other.to_string()), Ok(ClusterChoice::Other(other)));
        assert!(named("mainnet").is_err());
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
