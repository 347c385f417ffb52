//! Several nodes, of which none is believed alone.
//!
//! [`Witnesses`] is a set of nodes of one cluster: first the node that the user works with, then the nodes that are asked
//! beside it. A method returns only what enough nodes have shown: nodes of two operators, or, on a cluster that is not public,
//! one node on this machine. A node that can't be reached does not matter if the other nodes are enough. But if a single node
//! contradicts the others, nothing is decided, however many nodes agree: the error names each node and its answer
//! ([`Contradiction`]).
//!
//! An answer counts only if it is
//! * of the right cluster: every node has to show the genesis hash that its user pinned;
//! * final (`finalized`; `confirmed` where all nodes are on this machine and the cluster is not public);
//! * of a state that all nodes have reached: a node that is behind the highest slot is asked again (`minContextSlot`), up to
//!   [`WitnessOptions::patience`];
//! * new: a node does not count if its clock of the ledger is more than [`WitnessOptions::staleness`] behind this machine's, or
//!   if its slot stands still for [`WitnessOptions::standstill`]. Agreement shows that nodes are consistent, not that they are
//!   up to date: an honest node that stopped, and a liar that gives the same answers, would agree on a state that is long past.
//!
//! Fields that never change are the same in the first answers. For those that do, as counters, a difference decides
//! nothing as long as the slots differ: the nodes are read again until they are of one slot, or say the same, up to
//! [`WitnessOptions::tries`].
//!
//! # Who counts as a node
//!
//! Addresses of one host, or of one registered domain, are one operator ([`NodeUrl::operator`]). A node on this machine is
//! enough by itself only on clusters that are not public: on public ones, a loopback address is as often a tunnel to a provider
//! as it is the user's own node. Users who run their own node say so by [`WitnessOptions::trust_single`].
//!
//! [`NodeUrl::operator`]: crate::url::NodeUrl::operator
//!
//! # Example
//!
//! ```no_run
//! use generion_rpc::{
//!     cluster::{Cluster, node_url},
//!     node::Node,
//!     operators,
//!     url::PlainHttp,
//!     witness::{WitnessOptions, Witnesses},
//! };
//! use solana_commitment_config::CommitmentConfig;
//!
//! # async fn example(purchase: solana_address::Address) -> Result<(), Box<dyn std::error::Error>> {
//! let cluster = Cluster::MainnetBeta;
//! let own = node_url("https://rpc.example/v1/KEY", PlainHttp::default())?;
//! let mut urls = vec![own];
//! urls.extend(operators::witnesses_for(&cluster, &urls));
//! let nodes = urls.into_iter().map(|url| Node::new(url, CommitmentConfig::confirmed()));
//!
//! let genesis = cluster.genesis();
//! let witnesses = Witnesses::new(nodes.collect(), genesis, WitnessOptions::default())?;
//! let status = witnesses
//!     .agreed(
//!         &[purchase],
//!         |accounts| accounts[0].as_ref().and_then(|account| account.data.get(10).copied()),
//!         |status| format!("its status is {status:?}"),
//!     )
//!     .await?;
//! println!("{:?} in slot {}, by {}", status.value, status.slot, status.nodes.join(" and "));
//! # Ok(())
//! # }
//! ```

mod ask;
mod clock;
mod error;
mod local_clock;
mod read;
mod send;
mod witnesses;

pub use self::{
    clock::LedgerClock,
    error::{Contradiction, Said, TooFew, WitnessError},
    local_clock::LocalClock,
    read::{Contents, describe},
    send::{SignatureStatus, Survey},
    witnesses::{Agreed, Answer, WitnessOptions, Witnesses},
};
