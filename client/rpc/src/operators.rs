//! Public nodes of the public clusters, from a dated file: suggestions for users who have named no second node.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    cluster::Cluster,
    url::{NodeUrl, PlainHttp},
};

/// A public node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The operator of the node.
    pub name: String,
    /// The cluster of the node.
    pub cluster: Cluster,
    /// The URL of the node.
    pub url: NodeUrl,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    dated: String,
    operators: Vec<WrittenOperator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOperator {
    name: String,
    cluster: String,
    url: String,
}

struct Operators {
    dated: String,
    all: Vec<Operator>,
}

static OPERATORS: LazyLock<Operators> = LazyLock::new(|| {
    read(include_str!("../operators.toml")).expect("the file is compiled in, and a test reads it")
});

fn read(text: &str) -> Result<Operators, Box<dyn std::error::Error>> {
    let written: Written = toml::from_str(text)?;
    let operator = |written: WrittenOperator| {
        Ok(Operator {
            name: written.name,
            cluster: written.cluster.parse()?,
            url: NodeUrl::parse(&written.url, PlainHttp::ThisMachineOnly)?,
        })
    };
    Ok(Operators {
        dated: written.dated,
        all: (written.operators.into_iter().map(operator))
            .collect::<Result<_, Box<dyn std::error::Error>>>()?,
    })
}

/// The date of the file, such as `2026-11-27`.
pub fn dated() -> &'static str {
    &OPERATORS.dated
}

/// The nodes of a cluster, beginning with the one that the Solana tools use by default.
pub fn suggested(cluster: &Cluster) -> impl Iterator<Item = &'static Operator> {
    (OPERATORS.all.iter()).filter(move |operator| operator.cluster == *cluster)
}

/// Nodes to ask in addition to the chosen ones: those of other operators.
pub fn witnesses_for(cluster: &Cluster, chosen: &[NodeUrl]) -> Vec<NodeUrl> {
    let is_other = |url: &NodeUrl| chosen.iter().all(|own| own.operator() != url.operator());
    let urls = suggested(cluster).map(|operator| &operator.url);
    urls.filter(|url| is_other(url)).cloned().collect()
}

/// The public cluster of a well-known node. A user who gives this URL has chosen the cluster with it; other URLs say nothing
/// about their cluster.
pub fn cluster_of(url: &NodeUrl) -> Option<Cluster> {
    let well_known = (OPERATORS.all.iter()).find(|operator| {
        // A provider may serve several clusters on one host.
        operator.url == *url
    });
    well_known.map(|operator| operator.cluster)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_file_is_read() {
        let (year, rest) = dated().split_once('-').unwrap();
        assert!(year.len() == 4 && rest.len() == 5, "{}", dated());
        for cluster in Cluster::PUBLIC {
            let all: Vec<_> = suggested(&cluster).collect();
            let first = all.first().unwrap();
            assert_eq!(Some(&first.url.to_string()[..]), cluster.node());
            assert_eq!(cluster_of(&first.url), Some(cluster));
            let operators: HashSet<_> = all.iter().map(|one| one.url.operator()).collect();
            assert_eq!(operators.len(), all.len(), "an operator twice on {cluster}");
            assert!(
                all.iter()
                    .all(|one| one.url.expose_full().starts_with("https://"))
            );
        }
        assert_eq!(suggested(&Cluster::Localnet).count(), 0);
    }

    #[test]
    fn witnesses_are_of_other_operators() {
        let own = |text| NodeUrl::parse(text, PlainHttp::default()).unwrap();
        let foundation = own("https://API.mainnet-beta.solana.com/");
        let witnesses = witnesses_for(&Cluster::MainnetBeta, std::slice::from_ref(&foundation));
        assert!(witnesses.len() >= 2, "{witnesses:?}");
        assert!(!witnesses.contains(&foundation));
        let stranger = own("https://rpc.example/key");
        let witnesses = witnesses_for(&Cluster::MainnetBeta, std::slice::from_ref(&stranger));
        assert!(witnesses.contains(&foundation));
        assert_eq!(cluster_of(&stranger), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "dated = \"2026-01-01\"\noperators = [{ name = \"a\", cluster = \"devnet\", url = \"http://a.example\" }]",
            "dated = \"2026-01-01\"\noperators = [{ name = \"a\", cluster = \"mainnet\", url = \"https://a.example\" }]",
            "dated = \"2026-01-01\"\noperators = [{ name = \"a\", url = \"https://a.example\" }]",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
