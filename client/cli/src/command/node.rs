use clap::Subcommand;
use generion_client::{
    ClientError,
    rpc::{cluster::Cluster, url::NodeUrl, witness::Survey},
};
use serde::Serialize;
use solana_hash::Hash;

use crate::{
    context::Context,
    files::trusted_nodes,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
    prompt::consent::Plan,
};

#[derive(Subcommand)]
pub enum NodeCommand {
    /// Show each node's cluster and slot, and whether enough nodes agree
    Check,
    /// Trust the first node (-u) on this cluster without asking a second one, from now on
    Trust,
    /// Stop trusting the first node (-u) on this cluster without a second one
    Distrust,
}

impl NodeCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Check => check(context).await,
            Self::Trust => trust_first(context).await,
            Self::Distrust => distrust_first(context).await,
        }
    }
}

#[derive(Serialize)]
struct Checked {
    cluster: String,
    genesis: String,
    nodes: Vec<NodeView>,
    /// Whether enough nodes agree now for decisions that one node can't make alone.
    enough: bool,
    trust_single: bool,
}

#[derive(Serialize)]
struct NodeView {
    url: String,
    operator: String,
    /// `null`, here and below: the node did not answer.
    genesis: Option<String>,
    is_of_cluster: Option<bool>,
    slot: Option<u64>,
    /// `null`: the node answers.
    problem: Option<String>,
}

impl NodeView {
    fn new(url: &NodeUrl, expected: &Hash, answer: Result<Survey, String>) -> Self {
        let silent = Self {
            url: url.to_string(),
            operator: url.operator().to_owned(),
            genesis: None,
            is_of_cluster: None,
            slot: None,
            problem: None,
        };
        match answer {
            Ok(Survey { genesis, slot, .. }) => Self {
                genesis: Some(genesis.to_string()),
                is_of_cluster: Some(genesis == *expected),
                slot: Some(slot),
                ..silent
            },
            Err(problem) => Self {
                problem: Some(problem),
                ..silent
            },
        }
    }
}

async fn check(context: &Context) -> Result<Output, Failure> {
    let witnesses = context.ledger().witnesses();
    let expected = witnesses.genesis();
    let answers = witnesses.survey().await;
    let nodes: Vec<NodeView> = witnesses
        .nodes()
        .iter()
        .zip(answers)
        .map(|(node, answer)| {
            NodeView::new(
                node.url(),
                expected,
                answer.answer.map_err(|error| error.reason().to_owned()),
            )
        })
        .collect();
    // Reading the clock needs the same agreement as anything else, and shows which nodes are behind.
    let agreed = witnesses.clock().await;
    let enough = agreed.is_ok();
    let failure = agreed
        .err()
        .map(|error| Failure::from(ClientError::from(error)));
    let output = Output::found(&Checked {
        cluster: context.nodes().cluster.to_string(),
        genesis: expected.to_string(),
        nodes,
        enough,
        trust_single: context.nodes().trust_single,
    })?;
    Ok(output.with_failure(failure))
}

impl Report for Checked {
    fn describe(&self, text: &mut Text) {
        text.field("cluster", &self.cluster)
            .field("genesis hash", &self.genesis);
        let rows = self.nodes.iter().map(|node| {
            let state = match (&node.problem, &node.genesis, node.is_of_cluster) {
                (Some(problem), ..) => problem.clone(),
                (None, Some(genesis), Some(false)) => {
                    let other = genesis.parse::<Cluster>();
                    let other = other.map_or_else(|_| genesis.clone(), |other| other.to_string());
                    format!("is of another cluster: {other}")
                }
                _ => "is of this cluster".to_owned(),
            };
            let slot = node.slot.map(|slot| slot.to_string()).unwrap_or_default();
            [node.url.clone(), slot, state]
        });
        text.table(["NODE", "SLOT", "STATE"], rows, "no nodes");
        text.line(match (self.enough, self.trust_single) {
            (true, true) => "you trust the first node on this cluster without a second one",
            (true, false) => "enough of these nodes agree",
            (false, _) => "too few of these nodes agree",
        });
    }
}

#[derive(Serialize)]
struct Trusted {
    node: String,
    cluster: String,
    trusted: bool,
    changed: bool,
}

async fn trust_first(context: &Context) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let (nodes, data) = (context.nodes(), context.data());
    let (node, cluster) = (nodes.first(), nodes.cluster);
    let plan = Plan::new(format!("Trust {node} on {cluster} without a second node"))
        .notes("if this node, or somebody on the way to it, lies about the ledger, a buyer can read what you sell without paying")
        .notes("with a second node of another operator (--witness), neither node can do that alone")
        .notes("this applies to this address on this cluster, until `generion node distrust`");
    consent.to(plan).await?;
    let trust = async {
        let changed = trusted_nodes::trust(data, cluster, node)?;
        Output::new(&Trusted {
            node: node.to_string(),
            cluster: cluster.to_string(),
            trusted: true,
            changed,
        })
    };
    context.free_unless_dry_run(trust).await
}

async fn distrust_first(context: &Context) -> Result<Output, Failure> {
    let (nodes, data) = (context.nodes(), context.data());
    let (node, cluster) = (nodes.first(), nodes.cluster);
    let distrust = async {
        let changed = trusted_nodes::distrust(data, cluster, node)?;
        Output::new(&Trusted {
            node: node.to_string(),
            cluster: cluster.to_string(),
            trusted: false,
            changed,
        })
    };
    context.free_unless_dry_run(distrust).await
}

impl Report for Trusted {
    fn describe(&self, text: &mut Text) {
        let Self {
            node,
            cluster,
            trusted,
            changed,
        } = self;
        text.line(match (trusted, changed) {
            (true, true) => format!("{node} is now trusted on {cluster} without a second node"),
            (true, false) => {
                format!("{node} was already trusted on {cluster} without a second node")
            }
            (false, true) => {
                format!("{node} is no longer trusted on {cluster} without a second node")
            }
            (false, false) => format!("{node} was not trusted on {cluster} without a second node"),
        });
    }
}
