//! How much of the feed is kept.

use std::time::Duration;

/// How much of the feed is kept. What is beyond one of the bounds is removed when the next event is written.
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
