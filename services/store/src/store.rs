use std::sync::{Arc, atomic::AtomicBool};

use crate::{
    accounts::Accounts, auth::Gate, client::Proxies, config::Limits, connections::Connections,
    metrics::Metrics, places::Places, storage::Documents,
};

/// What the handlers share.
pub struct Store {
    pub documents: Documents,
    pub accounts: Accounts,
    pub gate: Gate,
    pub limits: Limits,
    pub proxies: Proxies,
    pub connections: Arc<Connections>,
    pub uploads: Places,
    pub deletions: Places,
    pub metrics: Metrics,
    /// No new requests are taken.
    pub ending: AtomicBool,
}
