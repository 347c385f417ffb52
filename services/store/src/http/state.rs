//! The state that all handlers share.

use std::sync::{Arc, atomic::AtomicBool};

use generion_http_server::{
    client_address::TrustedProxies, concurrency::ConcurrencyLimit, connections::Connections,
};

use super::{authentication::Authenticator, metrics::Metrics};
use crate::{config::limits::Limits, quota::Quotas, storage::documents::Documents};

/// The state that all handlers share.
pub struct AppState {
    pub documents: Documents,
    pub quotas: Quotas,
    pub authenticator: Authenticator,
    pub limits: Limits,
    pub proxies: Arc<TrustedProxies>,
    pub connections: Arc<Connections>,
    /// Limits how many uploads run at the same time.
    pub uploads: ConcurrencyLimit,
    /// Limits how many deletions run at the same time.
    pub deletions: ConcurrencyLimit,
    pub metrics: Arc<Metrics>,
    /// Whether the store has stopped to accept connections.
    pub is_shutting_down: AtomicBool,
}
