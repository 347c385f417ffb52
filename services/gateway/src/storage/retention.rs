//! The limits of the feed.

use std::time::Duration;

/// The limits of the feed. Events beyond one of the limits are removed when the next event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedRetention {
    /// Events.
    pub events: u64,
    /// Age.
    pub age: Duration,
}

impl Default for FeedRetention {
    fn default() -> Self {
        Self {
            events: 100_000,
            age: Duration::from_secs(14 * 24 * 60 * 60),
        }
    }
}
