//! Gaps in a client's events.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::cursor::Cursor;

/// Why a client may have missed events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// Events behind its cursor were removed: it was away for longer than they are kept.
    TooOld,
    /// The cursor is of another feed: the index was made again, or restored from a copy.
    OtherFeed,
}

impl GapReason {
    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooOld => "cursor_too_old",
            Self::OtherFeed => "unknown_feed",
        }
    }
}

/// A gap in a client's events. The client has to read its lists once more; the events continue from the oldest that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub reason: GapReason,
    /// The place where the client was.
    pub missing_from: Option<Cursor>,
    /// The place where the events continue.
    pub resumed: Cursor,
}

/// The gap in JSON, for streams and webhooks alike.
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
