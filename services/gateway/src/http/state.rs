//! The state that handlers share.

use std::sync::{Arc, atomic::AtomicBool};

use generion_http_server::{
    client_address::{HasProxies, TrustedProxies},
    concurrency::ConcurrencyLimit,
    connections::Connections,
    limits::half,
    rate::RateLimit,
};
use generion_interface::{Addresses, GenesisHash};
use generion_rpc::node::Node;
use solana_commitment_config::CommitmentConfig;

use super::{cursor::CursorKey, metrics::Metrics};
use crate::{
    build::Ledger,
    config::Config,
    events::Feed,
    index::IndexWatch,
    relay::{
        check::RelayPolicy,
        send::{PlaceLimits, Relay},
    },
    sponsor::Signer,
    storage::Storage,
};

/// The state that handlers share. Copies share the same parts.
#[derive(Clone)]
pub struct AppState {
    /// The index, for reading.
    pub storage: Storage,
    /// The nodes that transactions are built from and sent to, the operator's first one first.
    pub nodes: Arc<[Node]>,
    /// The program's addresses.
    pub addresses: Addresses,
    /// The ledger's events.
    pub events: Arc<Feed>,
    /// The operator's settings.
    pub config: Arc<Config>,
    /// Signed transactions, on their way to the nodes.
    pub relay: Relay,
    /// Which transactions are relayed.
    pub relay_policy: Arc<RelayPolicy>,
    /// The signer, if the operator has one.
    pub signer: Option<Signer>,
    /// The state of the index.
    pub index: IndexWatch,
    /// The key that authenticates cursors.
    pub cursor_key: CursorKey,
    /// The metrics for the operator.
    pub metrics: Arc<Metrics>,
    /// The open connections.
    pub connections: Arc<Connections>,
    pub(super) proxies: Arc<TrustedProxies>,
    pub(super) rate: Arc<RateLimit>,
    pub(super) running: Arc<ConcurrencyLimit>,
    /// Whether the gateway has stopped to accept connections.
    pub is_shutting_down: Arc<AtomicBool>,
}

impl AppState {
    /// The state that handlers need to answer from this index.
    pub fn new(storage: Storage, index: IndexWatch, config: Config) -> Self {
        let metrics = Metrics::new();
        let limits = &config.limits;
        let running_per_address = limits
            .max_running_per_address
            .unwrap_or(half(limits.max_running));
        let addresses = Addresses::default();
        let node = |url| Node::new(url, CommitmentConfig::confirmed());
        let nodes: Arc<[Node]> = config.nodes.iter().cloned().map(node).collect();
        let relay_policy = RelayPolicy {
            program_id: addresses.program_id,
            other_programs: config.relay.other_programs.clone(),
            max_priority_fee: config.relay.max_priority_fee,
        };
        let places = PlaceLimits {
            total: config.relay.max_pending,
            per_client: config.relay.max_pending_per_address,
        };
        Self {
            events: Arc::new(Feed::new(&storage, &config.events)),
            storage,
            index,
            relay: Relay::new(
                nodes.clone(),
                addresses.program_id,
                config.cluster.genesis(),
                config.relay.patience,
                places,
            ),
            nodes,
            relay_policy: Arc::new(relay_policy),
            signer: config.signer.as_deref().map(Signer::new),
            addresses,
            cursor_key: CursorKey::of(&addresses.program_id),
            connections: Connections::new(
                config.connections.max_connections,
                config.connections.connections_per_address(),
                metrics.closed.clone(),
            ),
            metrics: Arc::new(metrics),
            proxies: Arc::new(TrustedProxies::new(config.proxies.clone())),
            rate: Arc::new(RateLimit::new(limits.per_second, limits.burst)),
            running: Arc::new(ConcurrencyLimit::new(
                limits.max_running,
                running_per_address,
            )),
            is_shutting_down: Arc::default(),
            config: Arc::new(config),
        }
    }

    /// The ledger that transactions are built for.
    pub fn ledger(&self) -> Ledger<'_> {
        Ledger {
            nodes: &self.nodes,
            addresses: &self.addresses,
            genesis: GenesisHash(self.config.cluster.genesis().to_bytes()),
        }
    }

    /// The proxies in front of the gateway.
    pub fn proxies(&self) -> Arc<TrustedProxies> {
        self.proxies.clone()
    }
}

impl HasProxies for AppState {
    fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }
}
