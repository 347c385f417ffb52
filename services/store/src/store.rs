use std::sync::atomic::AtomicBool;

use tokio::sync::Semaphore;

use crate::{accounts::Accounts, auth::Gate, config::Limits, metrics::Metrics, storage::Documents};

/// What the handlers share.
pub struct Store {
    pub documents: Documents,
    pub accounts: Accounts,
    pub gate: Gate,
    pub limits: Limits,
    /// One permit for each upload that may run.
    pub uploads: Semaphore,
    pub metrics: Metrics,
    /// No new requests are taken.
    pub ending: AtomicBool,
}
