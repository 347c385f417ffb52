use tokio::sync::Semaphore;

use crate::{auth::Gate, config::Limits, storage::Documents};

/// What the handlers share.
pub struct Store {
    pub documents: Documents,
    pub gate: Gate,
    pub limits: Limits,
    /// One permit for each upload that may run.
    pub uploads: Semaphore,
}
