//! The operator's settings.

use std::{
    net::{Ipv4Addr, SocketAddr},
    num::NonZero,
    path::PathBuf,
    time::Duration,
};

use generion_http_server::{limits::ConnectionLimits, origins::Origins};
use generion_rpc::{cluster::Cluster, url::NodeUrl};
use ipnet::IpNet;
use solana_address::Address;

use self::events::EventsConfig;
use crate::storage::StorageUrl;

mod actions;
pub mod events;
pub mod file;
mod hidden;

pub use actions::{ActionsConfig, ActionsSection, InvalidActionsConfig, OrderPage};
pub use hidden::Hidden;

/// The default location of the index.
const DEFAULT_INDEX: &str = "/var/lib/generion/gateway/index.sqlite";

/// The configuration of a gateway. Its secrets, which are a database's password and the nodes' keys, are not shown.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on. Port 0 chooses a free port.
    pub listen: SocketAddr,
    /// The address of the operator's interface (`/health`, `/health/ready`, `/metrics`), if it is wanted. It must not be
    /// reachable from the internet.
    pub admin_listen: Option<SocketAddr>,
    /// The location of the index.
    pub database: StorageUrl,
    /// The cluster that the nodes belong to.
    pub cluster: Cluster,
    /// The first node's websocket, with its key; `None`: where such nodes have it.
    pub websocket: Option<Hidden>,
    /// The longest time without questions to the nodes while the websocket reports nothing.
    pub poll_interval: Duration,
    /// The nodes that the ledger is read from.
    pub nodes: Vec<NodeUrl>,
    /// The proxies in front of the gateway. They have no limit per address, and their `x-forwarded-for` is believed.
    pub proxies: Vec<IpNet>,
    /// The web apps that may use the gateway from a browser.
    pub origins: Origins,
    /// Limits on connections.
    pub connections: ConnectionLimits,
    /// Limits on requests.
    pub limits: Limits,
    /// The largest distance from its nodes at which the index still counts as ready.
    pub max_behind: Duration,
    /// The texts of Solana Actions about gateway and app.
    pub actions: ActionsConfig,
    /// The transactions that are relayed to the nodes.
    pub relay: RelayLimits,
    /// The socket of the signer, which holds the keys of the operator. Without it nothing is sponsored.
    pub signer: Option<PathBuf>,
    /// The settings of the event stream.
    pub events: EventsConfig,
    /// The file with the subscriptions of the webhooks. Without it there are none.
    pub webhooks: Option<PathBuf>,
}

impl Default for Config {
    /// On a free port of this machine, without a node.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            admin_listen: None,
            database: StorageUrl::Sqlite(PathBuf::from(DEFAULT_INDEX)),
            cluster: Cluster::Localnet,
            websocket: None,
            poll_interval: Duration::from_secs(2),
            nodes: Vec::new(),
            proxies: Vec::new(),
            origins: Origins::Any,
            connections: ConnectionLimits {
                max_head_bytes: 16 << 10,
                ..ConnectionLimits::default()
            },
            limits: Limits::default(),
            max_behind: Duration::from_secs(60),
            actions: ActionsConfig::default(),
            relay: RelayLimits::default(),
            signer: None,
            events: EventsConfig::default(),
            webhooks: None,
        }
    }
}

/// The further instructions that are relayed, besides those of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayLimits {
    /// The highest priority fee of a transaction that is built or relayed, in lamports.
    pub max_priority_fee: u64,
    /// Further programs whose instructions are relayed as they are.
    pub other_programs: Vec<Address>,
    /// Transactions that may be on their way at the same time.
    pub max_pending: usize,
    /// The number of these that one address may have.
    pub max_pending_per_address: usize,
    /// The time that all nodes may fail to answer before the outcome of a transaction counts as unknown.
    pub patience: Duration,
}

impl Default for RelayLimits {
    fn default() -> Self {
        Self {
            max_priority_fee: 10_000_000,
            other_programs: Vec::new(),
            max_pending: 10_000,
            max_pending_per_address: 1_000,
            patience: Duration::from_secs(60),
        }
    }
}

/// Limits on requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests a second that one address may send in the long run. Of IPv6, a network of 64 bits is one address.
    pub per_second: NonZero<u32>,
    /// Requests that it may send at once.
    pub burst: NonZero<u32>,
    /// Requests that may run at the same time.
    pub max_running: usize,
    /// The number of these that one address may have, or `None` for half of them.
    pub max_running_per_address: Option<usize>,
    /// The longest time until the answer to a request begins.
    pub timeout: Duration,
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const PER_SECOND: NonZero<u32> = NonZero::new(100).unwrap();
        const BURST: NonZero<u32> = NonZero::new(400).unwrap();
        Self {
            per_second: PER_SECOND,
            burst: BURST,
            max_running: 256,
            max_running_per_address: None,
            timeout: Duration::from_secs(15),
            max_body_bytes: 64 << 10,
        }
    }
}
