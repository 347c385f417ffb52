//! Places in the feed, as clients keep them.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::storage::{FeedRow, FeedState};

/// The length of a cursor in bytes: feed, place, and a mark of the event there.
const LEN: usize = 8 + 8 + 4;

/// A place in the feed: behind an event. It names the feed and a part of that event's signature, so that it is recognized
/// where the database was made again, or restored from a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The feed.
    pub(crate) feed_id: [u8; 8],
    /// The event's place; 0: before all events.
    pub(crate) sequence: u64,
    /// The first bytes of its transaction's signature.
    pub(crate) mark: [u8; 4],
}

/// Text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a cursor of this API")]
pub struct InvalidCursor;

impl Cursor {
    /// The cursor is of another feed, so events may be missing after it.
    pub const UNKNOWN: Self = Self {
        feed_id: [0; 8],
        sequence: 0,
        mark: [0; 4],
    };

    /// The place of the event before it; 0: it is before all events.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Behind an event.
    pub(super) fn of(feed_id: [u8; 8], row: &FeedRow) -> Self {
        let signature = row.signature.as_ref();
        Self {
            feed_id,
            sequence: row.sequence,
            mark: signature.first_chunk().copied().unwrap_or_default(),
        }
    }

    /// Whether it is behind this event, of this feed.
    pub(super) fn is_at(&self, feed_id: [u8; 8], row: &FeedRow) -> bool {
        Self::of(feed_id, row) == *self
    }

    /// Before the oldest event that is kept.
    pub(super) fn before_all(state: &FeedState) -> Self {
        Self {
            feed_id: state.feed_id,
            sequence: state.first.map_or(state.last, |first| first - 1),
            mark: [0; 4],
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; LEN];
        bytes[..8].copy_from_slice(&self.feed_id);
        bytes[8..16].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[16..].copy_from_slice(&self.mark);
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut bytes = [0; LEN];
        let decoded = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes);
        if decoded != Ok(LEN) {
            return Err(InvalidCursor);
        }
        let (mut feed_id, mut sequence, mut mark) = ([0; 8], [0; 8], [0; 4]);
        feed_id.copy_from_slice(&bytes[..8]);
        sequence.copy_from_slice(&bytes[8..16]);
        mark.copy_from_slice(&bytes[16..]);
        Ok(Self {
            feed_id,
            sequence: u64::from_be_bytes(sequence),
            mark,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cursor is read back from its text, and other text is refused.
    #[test]
    fn cursors_are_read_back_and_other_text_is_refused() {
        let cursor = Cursor {
            feed_id: *b"generion",
            sequence: u64::MAX,
            mark: [1, 2, 3, 4],
        };
        let text = cursor.to_string();
        assert_eq!(text.parse(), Ok(cursor));
        for wrong in [
            "",
            "AA",
            &text[1..],
            &format!("{text}A"),
            "*".repeat(27).as_str(),
        ] {
            assert_eq!(wrong.parse::<Cursor>(), Err(InvalidCursor), "{wrong}");
        }
    }
}
