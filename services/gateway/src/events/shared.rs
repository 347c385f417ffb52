//! The state that subscriptions share.

use std::sync::Arc;

use tokio::sync::{Semaphore, broadcast};

use super::{event::Event, slots::Slots};
use crate::storage::Storage;

/// The state that subscriptions share.
pub(super) struct Shared {
    pub(super) storage: Storage,
    pub(super) events: broadcast::WeakSender<Arc<Event>>,
    /// Those that read older events at the same time.
    pub(super) catching_up: Semaphore,
    pub(super) slots: Arc<Slots>,
}
