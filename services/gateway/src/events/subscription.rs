//! One client's way through the feed.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::broadcast::{self, error::RecvError};

use super::{
    cursor::Cursor,
    event::Event,
    filter::EventFilter,
    shared::{EVENTS_AT_A_TIME, Shared},
    slots::Slot,
};
use crate::storage::StorageError;

/// Why a client may have missed events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// Events behind its cursor were removed: it was away for longer than they are kept.
    TooOld,
    /// Its cursor is of another feed: the index was made again, or restored from a copy.
    OtherFeed,
}

impl GapReason {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooOld => "cursor_too_old",
            Self::OtherFeed => "unknown_feed",
        }
    }
}

/// A gap in what a client is told. It has to read what it follows once more; the events go on from the oldest that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub reason: GapReason,
    /// Where the client was.
    pub missing_from: Option<Cursor>,
    /// Where it goes on.
    pub resumed: Cursor,
}

/// Why a subscription ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The client takes events more slowly than they come.
    TooSlow,
    /// The gateway shuts down.
    ShuttingDown,
}

impl EndReason {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::ShuttingDown => "shutting_down",
        }
    }
}

/// What a client is told next.
#[derive(Clone, Debug)]
pub enum Item {
    /// An event that passes its filter.
    Event(Arc<Event>),
    /// It may have missed events.
    Gap(Gap),
    /// Nothing follows. It can come back with its last cursor.
    End(EndReason),
}

/// One client's way through the feed.
pub struct Subscription {
    shared: Arc<Shared>,
    /// `None`: the feed has ended.
    receiver: Option<broadcast::Receiver<Arc<Event>>>,
    /// Behind the last event that was looked at.
    position: Cursor,
    gap: Option<Gap>,
    filter: EventFilter,
    /// Older events, read from the database.
    older: VecDeque<Arc<Event>>,
    /// Whether there may be older events in the database.
    is_behind: bool,
    /// Whether it has caught up, so that it takes events as they come.
    was_live: bool,
    _slot: Slot,
}

impl Subscription {
    pub(super) fn new(
        shared: Arc<Shared>,
        receiver: Option<broadcast::Receiver<Arc<Event>>>,
        position: Cursor,
        gap: Option<Gap>,
        filter: EventFilter,
        slot: Slot,
    ) -> Self {
        Self {
            shared,
            receiver,
            position,
            gap,
            filter,
            older: VecDeque::new(),
            is_behind: true,
            was_live: false,
            _slot: slot,
        }
    }

    /// The cursor behind all events that were looked at, those included that did not pass the filter.
    pub const fn position(&self) -> Cursor {
        self.position
    }

    /// What the client is told next. It waits for that, and loses nothing where the wait is given up.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn next(&mut self) -> Result<Item, StorageError> {
        loop {
            if let Some(gap) = self.gap.take() {
                self.position = gap.resumed;
                return Ok(Item::Gap(gap));
            }
            if let Some(event) = self.older.pop_front() {
                if let Some(item) = self.pass(event) {
                    return Ok(item);
                }
                continue;
            }
            if self.is_behind {
                self.read_older().await?;
                continue;
            }
            let Some(receiver) = &mut self.receiver else {
                return Ok(Item::End(EndReason::ShuttingDown));
            };
            match receiver.recv().await {
                // The database had it already.
                Ok(event) if event.sequence() <= self.position.sequence => self.was_live = true,
                Ok(event) if event.sequence() == self.position.sequence + 1 => {
                    self.was_live = true;
                    if let Some(item) = self.pass(event) {
                        return Ok(item);
                    }
                }
                // Events in between went past this process: the database has them.
                Ok(_) => (self.is_behind, self.was_live) = (true, false),
                Err(RecvError::Lagged(_)) if self.was_live => {
                    return Ok(Item::End(EndReason::TooSlow));
                }
                Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => self.receiver = None,
            }
        }
    }

    async fn read_older(&mut self) -> Result<(), StorageError> {
        // Never closed.
        let _permit = self.shared.catching_up.acquire().await.ok();
        let storage = &self.shared.storage;
        let from = self.position.sequence + 1;
        let rows = storage.feed_from(from, EVENTS_AT_A_TIME).await?;
        self.is_behind = rows.len() == EVENTS_AT_A_TIME as usize;
        let feed_id = self.position.feed_id;
        let events = rows.into_iter().map(|row| Event::read(feed_id, row));
        self.older = events.map(Arc::new).collect();
        Ok(())
    }

    /// Goes past an event; returns what the client is told of it.
    fn pass(&mut self, event: Arc<Event>) -> Option<Item> {
        if event.sequence() > self.position.sequence + 1 {
            // Those in between were removed before they were read.
            let gap = Gap {
                reason: GapReason::TooOld,
                missing_from: Some(self.position),
                resumed: Cursor {
                    sequence: event.sequence() - 1,
                    mark: [0; 4],
                    ..event.cursor
                },
            };
            self.position = gap.resumed;
            self.older.push_front(event);
            return Some(Item::Gap(gap));
        }
        self.position = event.cursor;
        self.filter.passes(&event).then_some(Item::Event(event))
    }
}
