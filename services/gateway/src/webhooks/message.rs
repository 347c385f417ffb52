//! The message to a receiver.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::events::{Gap, Step};

/// A message to a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The `webhook-id`: the same in each attempt, and of no other message. It has no full stop, which would make two messages
    /// of one signature.
    pub(super) id: String,
    /// In JSON.
    pub(super) body: String,
}

/// The message of a gap.
#[derive(Serialize)]
struct GapBody<'a> {
    #[serde(rename = "type")]
    event: &'static str,
    timestamp: String,
    #[serde(flatten)]
    gap: &'a Gap,
}

impl Message {
    pub(super) fn of(step: &Step) -> Self {
        match step {
            Step::Event(event) => Self {
                id: format!("event_{}", event.cursor),
                body: event.json.clone(),
            },
            Step::Gap(gap) => Self::of_gap(gap),
        }
    }

    fn of_gap(gap: &Gap) -> Self {
        let missing_from = gap.missing_from.map(|cursor| cursor.to_string());
        let body = GapBody {
            event: "gap",
            timestamp: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            gap,
        };
        Self {
            id: format!("gap_{}_{}", missing_from.unwrap_or_default(), gap.resumed),
            body: serde_json::to_string(&body).expect("texts are JSON"),
        }
    }
}

/// Milliseconds since the Unix epoch.
pub(super) fn unix_milliseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
