//! A way through the events that the database has.

use std::{collections::VecDeque, sync::Arc};

use super::{
    cursor::Cursor,
    event::Event,
    filter::EventFilter,
    gap::{Gap, GapReason},
};
use crate::storage::{FeedState, Storage, StorageError};

/// Events that are read at a time.
pub(super) const EVENTS_AT_A_TIME: u32 = 256;

/// The next item on a walk through the feed.
#[derive(Clone, Debug)]
pub enum Step {
    /// An event that passes the filter.
    Event(Arc<Event>),
    /// Events may be missing.
    Gap(Gap),
}

/// A way through the events that the database has, from a cursor to its present end.
pub struct FeedWalk {
    storage: Storage,
    /// Behind the last event that was looked at.
    position: Cursor,
    gap: Option<Gap>,
    filter: EventFilter,
    /// Events that were read, and not looked at yet.
    read: VecDeque<Arc<Event>>,
    /// Whether the database may have more.
    is_behind: bool,
}

impl FeedWalk {
    /// Begins behind a cursor; `None`: at the present end.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn begin(
        storage: &Storage,
        cursor: Option<Cursor>,
        filter: EventFilter,
    ) -> Result<Self, StorageError> {
        let (position, gap) = place(storage, cursor).await?;
        Ok(Self {
            storage: storage.clone(),
            position,
            gap,
            filter,
            read: VecDeque::new(),
            is_behind: true,
        })
    }

    /// The cursor behind all events that were looked at, those included that did not pass the filter.
    pub const fn position(&self) -> Cursor {
        self.position
    }

    /// Whether the next step needs the database.
    pub(super) fn needs_to_read(&self) -> bool {
        self.gap.is_none() && self.read.is_empty() && self.is_behind
    }

    /// Says that the database has more.
    pub(super) const fn fall_behind(&mut self) {
        self.is_behind = true;
    }

    /// The next step. `None`: this was all that the database had; the next call looks again.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn next(&mut self) -> Result<Option<Step>, StorageError> {
        loop {
            if let Some(step) = self.next_read() {
                return Ok(Some(step));
            }
            if !self.is_behind {
                self.is_behind = true;
                return Ok(None);
            }
            self.read_on().await?;
        }
    }

    /// The next step among the events that were read already.
    pub(super) fn next_read(&mut self) -> Option<Step> {
        if let Some(gap) = self.gap.take() {
            self.position = gap.resumed;
            return Some(Step::Gap(gap));
        }
        while let Some(event) = self.read.pop_front() {
            if let Some(step) = self.pass(event) {
                return Some(step);
            }
        }
        None
    }

    /// Reads the next events.
    pub(super) async fn read_on(&mut self) -> Result<(), StorageError> {
        let from = self.position.sequence + 1;
        let rows = self.storage.feed_from(from, EVENTS_AT_A_TIME).await?;
        self.is_behind = rows.len() == EVENTS_AT_A_TIME as usize;
        let feed_id = self.position.feed_id;
        let events = rows.into_iter().map(|row| Event::read(feed_id, row));
        self.read = events.map(Arc::new).collect();
        Ok(())
    }

    /// Moves past an event; returns the item for the client.
    pub(super) fn pass(&mut self, event: Arc<Event>) -> Option<Step> {
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
            self.read.push_front(event);
            return Some(Step::Gap(gap));
        }
        self.position = event.cursor;
        self.filter.passes(&event).then_some(Step::Event(event))
    }
}

/// The place where a client continues, and the gap before it.
async fn place(
    storage: &Storage,
    cursor: Option<Cursor>,
) -> Result<(Cursor, Option<Gap>), StorageError> {
    let state = storage.feed_state().await?;
    let Some(cursor) = cursor else {
        return Ok((end(storage, &state).await?, None));
    };
    let reason = if cursor.feed_id != state.feed_id || cursor.sequence > state.last {
        Some(GapReason::OtherFeed)
    } else {
        let at = storage.feed_from(cursor.sequence, 1).await?;
        match at.first() {
            Some(row) if row.sequence == cursor.sequence => {
                (!cursor.is_at(state.feed_id, row)).then_some(GapReason::OtherFeed)
            }
            // Right before the oldest event that is kept, as after a gap, or before all events.
            Some(row) if row.sequence == cursor.sequence + 1 => None,
            None if cursor.sequence == state.last => None,
            _ => Some(GapReason::TooOld),
        }
    };
    Ok(match reason {
        None => (cursor, None),
        Some(reason) => {
            let resumed = Cursor::before_all(&state);
            let gap = Gap {
                reason,
                missing_from: Some(cursor),
                resumed,
            };
            (resumed, Some(gap))
        }
    })
}

/// The cursor behind the last event.
async fn end(storage: &Storage, state: &FeedState) -> Result<Cursor, StorageError> {
    let last = storage.feed_from(state.last, 1).await?;
    Ok(last.first().map_or_else(
        || Cursor::before_all(state),
        |row| Cursor::of(state.feed_id, row),
    ))
}
