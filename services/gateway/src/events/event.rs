//! The form of a change that clients see.

use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value as Json;

use super::cursor::Cursor;
use crate::storage::{EventType, FeedRow};

/// An event of the feed, ready to be sent.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event's place.
    pub cursor: Cursor,
    /// The event's type.
    pub event: EventType,
    /// For a vanished change, its former type.
    pub vanished: Option<EventType>,
    /// When it was written, in milliseconds since the Unix epoch.
    pub written_at: i64,
    /// The change, as histories show it.
    pub change: Json,
    /// The event as clients get it, in JSON.
    pub json: String,
}

/// The event in JSON.
#[derive(Serialize)]
struct EventBody<'a> {
    #[serde(rename = "type")]
    event: &'static str,
    /// When it happened, by the ledger's clock; where the node does not know that, when the gateway saw it.
    timestamp: String,
    /// The cursor behind it.
    id: String,
    /// The subject: a record, an order and so on.
    address: Option<&'a str>,
    slot: String,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vanished: Option<&'static str>,
    /// `None` where it is too long to be sent.
    change: Option<&'a Json>,
}

impl Event {
    /// Reads a row of the feed.
    pub(super) fn read(feed_id: [u8; 8], row: FeedRow) -> Self {
        let cursor = Cursor::of(feed_id, &row);
        let change: Json = serde_json::from_str(&row.body).unwrap_or_default();
        let json = json(&row, &cursor, &change, true);
        Self {
            cursor,
            event: row.event,
            vanished: row.vanished,
            written_at: row.written_at,
            json: match json.len() > MAX_BYTES {
                true => self::json(&row, &cursor, &change, false),
                false => json,
            },
            change,
        }
    }

    /// The place in the feed.
    pub const fn sequence(&self) -> u64 {
        self.cursor.sequence
    }
}

/// The largest event, in bytes: the limit that the Standard Webhooks specification recommends for webhooks.
pub(crate) const MAX_BYTES: usize = 20_000;

fn json(row: &FeedRow, cursor: &Cursor, change: &Json, shows_change: bool) -> String {
    let body = EventBody {
        event: row.event.name(),
        timestamp: timestamp(row, change),
        id: cursor.to_string(),
        address: address(row, change),
        slot: row.slot.to_string(),
        signature: row.signature.to_string(),
        vanished: row.vanished.map(EventType::name),
        change: shows_change.then_some(change),
    };
    serde_json::to_string(&body).expect("texts and numbers are JSON")
}

fn timestamp(row: &FeedRow, change: &Json) -> String {
    let seconds = change["block_at"].as_i64();
    let seconds = seconds.unwrap_or(row.written_at / 1_000);
    // Years behind 9999 have no place in the format.
    let seconds = u64::try_from(seconds)
        .unwrap_or_default()
        .min(253_402_300_799);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

fn address<'a>(row: &FeedRow, change: &'a Json) -> Option<&'a str> {
    let role = row.vanished.unwrap_or(row.event).subject()?;
    let accounts = &change["accounts"];
    accounts[role].as_str().or_else(|| match role {
        "user" => accounts["wallet"].as_str(),
        _ => None,
    })
}
