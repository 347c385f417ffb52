//! One client's way through the feed.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{
    cursor::Cursor,
    event::Event,
    gap::Gap,
    shared::Shared,
    slots::Slot,
    walk::{FeedWalk, Step},
};
use crate::storage::StorageError;

/// Why a subscription ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The client takes events more slowly than they come.
    TooSlow,
    /// The gateway shuts down.
    ShuttingDown,
}

impl EndReason {
    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::ShuttingDown => "shutting_down",
        }
    }
}

/// The next item for a client.
#[derive(Clone, Debug)]
pub enum Item {
    /// An event that passes its filter.
    Event(Arc<Event>),
    /// The client may have missed events.
    Gap(Gap),
    /// Nothing follows. It can come back with its last cursor.
    End(EndReason),
}

/// One client's way through the feed.
pub struct Subscription {
    shared: Arc<Shared>,
    /// `None`: the feed has ended.
    receiver: Option<broadcast::Receiver<Arc<Event>>>,
    walk: FeedWalk,
    /// Whether it has caught up, so that it takes events as they come.
    was_live: bool,
    _slot: Slot,
}

impl Subscription {
    pub(super) const fn new(
        shared: Arc<Shared>,
        receiver: Option<broadcast::Receiver<Arc<Event>>>,
        walk: FeedWalk,
        slot: Slot,
    ) -> Self {
        Self {
            shared,
            receiver,
            walk,
            was_live: false,
            _slot: slot,
        }
    }

    /// The cursor behind all events that were looked at, those included that did not pass the filter.
    pub const fn position(&self) -> Cursor {
        self.walk.position()
    }

    /// Waits for the next item for the client. If the wait is given up, nothing is lost.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn next(&mut self) -> Result<Item, StorageError> {
        loop {
            if let Some(step) = self.walk.next_read() {
                return Ok(step.into());
            }
            if self.walk.needs_to_read() {
                // Never closed.
                let _permit = self.shared.catching_up.acquire().await.ok();
                self.walk.read_on().await?;
                continue;
            }
            let Some(receiver) = &mut self.receiver else {
                return Ok(Item::End(EndReason::ShuttingDown));
            };
            let position = self.walk.position().sequence;
            match receiver.recv().await {
                // The database had it already.
                Ok(event) if event.sequence() <= position => self.was_live = true,
                Ok(event) if event.sequence() == position + 1 => {
                    self.was_live = true;
                    if let Some(step) = self.walk.pass(event) {
                        return Ok(step.into());
                    }
                }
                // Events in between went past this process: the database has them.
                Ok(_) => {
                    self.walk.fall_behind();
                    self.was_live = false;
                }
                Err(RecvError::Lagged(_)) if self.was_live => {
                    return Ok(Item::End(EndReason::TooSlow));
                }
                Err(RecvError::Lagged(_)) => self.walk.fall_behind(),
                Err(RecvError::Closed) => self.receiver = None,
            }
        }
    }
}

impl From<Step> for Item {
    fn from(step: Step) -> Self {
        match step {
            Step::Event(event) => Self::Event(event),
            Step::Gap(gap) => Self::Gap(gap),
        }
    }
}
