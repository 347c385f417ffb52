//! What handlers share.

use std::sync::{Arc, atomic::AtomicBool};

use generion_http_server::{
    client_address::{HasProxies, TrustedProxies},
    concurrency::ConcurrencyLimit,
    connections::Connections,
    limits::half,
    rate::RateLimit,
};
use generion_interface::Addresses;

use super::{cursor::CursorKey, metrics::Metrics};
use crate::{config::Config, events::Feed, index::IndexWatch, storage::Storage};

/// What handlers share. Copies share the same parts.
#[derive(Clone)]
pub struct AppState {
    /// The index, for reading.
    pub storage: Storage,
    /// The program's addresses.
    pub addresses: Addresses,
    /// What happens on the ledger.
    pub events: Arc<Feed>,
    /// What the operator has set.
    pub config: Arc<Config>,
    /// How far the index is.
    pub index: IndexWatch,
    /// What cursors are authenticated with.
    pub cursor_key: CursorKey,
    /// What the operator sees in numbers.
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
    /// What handlers need to answer from this index.
    pub fn new(storage: Storage, index: IndexWatch, config: Config) -> Self {
        let metrics = Metrics::new();
        let limits = &config.limits;
        let running_per_address = limits
            .max_running_per_address
            .unwrap_or(half(limits.max_running));
        let addresses = Addresses::default();
        Self {
            events: Arc::new(Feed::new(&storage, &config.events)),
            storage,
            index,
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
