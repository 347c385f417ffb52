//! What handlers share.

use std::sync::Arc;

use generion_interface::Addresses;

use crate::{config::Config, index::ledger_node::LedgerNode, storage::Storage};

/// What handlers share. Copies share the same parts.
#[derive(Clone)]
pub struct AppState {
    /// The index, for reading.
    pub storage: Storage,
    /// The nodes, the operator's first one first.
    pub nodes: Arc<[LedgerNode]>,
    /// The program's addresses.
    pub addresses: Addresses,
    /// What the operator has set.
    pub config: Arc<Config>,
}
