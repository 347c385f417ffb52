//! Gaps in what a client is told.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::cursor::Cursor;

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

/// Its JSON, for streams and webhooks alike.
impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut gap = to.serialize_struct("Gap", 3)?;
        gap.serialize_field("reason", self.reason.name())?;
        let missing_from = self.missing_from.map(|cursor| cursor.to_string());
        gap.serialize_field("missing_from", &missing_from)?;
        gap.serialize_field("resumed_from", &self.resumed.to_string())?;
        gap.end()
    }
}
