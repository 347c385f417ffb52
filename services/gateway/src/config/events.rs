//! The operator's settings of the event stream.

use std::{num::NonZero, time::Duration};

use serde::Deserialize;

use crate::storage::FeedRetention;

/// Settings of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventsConfig {
    /// The part of the feed that is kept, for clients that come back.
    pub retention: FeedRetention,
    /// Clients that may follow at the same time.
    pub subscriptions: usize,
    /// The number of these that one address may have.
    pub subscriptions_per_address: usize,
    /// Events that a client may be behind before it is cut off. They are kept in memory, once for all clients.
    pub backlog: usize,
    /// The time without an event after which a client gets a sign of life, with the present cursor.
    pub heartbeat: Duration,
}

impl Default for EventsConfig {
    fn default() -> Self {
        EventsSection::default().config()
    }
}

/// The events in the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventsSection {
    /// [`FeedRetention::events`].
    pub keep_events: NonZero<u64>,
    /// [`FeedRetention::age`], in days.
    pub keep_days: NonZero<u16>,
    /// [`EventsConfig::subscriptions`].
    pub max_clients: usize,
    /// [`EventsConfig::subscriptions_per_address`].
    pub max_clients_per_address: usize,
    /// [`EventsConfig::backlog`].
    pub max_events_behind: NonZero<u32>,
    /// [`EventsConfig::heartbeat`], in seconds.
    pub heartbeat_seconds: NonZero<u16>,
}

impl Default for EventsSection {
    fn default() -> Self {
        const KEEP_EVENTS: NonZero<u64> = NonZero::new(100_000).unwrap();
        const KEEP_DAYS: NonZero<u16> = NonZero::new(14).unwrap();
        const MAX_EVENTS_BEHIND: NonZero<u32> = NonZero::new(4_096).unwrap();
        const HEARTBEAT_SECONDS: NonZero<u16> = NonZero::new(15).unwrap();
        Self {
            keep_events: KEEP_EVENTS,
            keep_days: KEEP_DAYS,
            max_clients: 128,
            max_clients_per_address: 16,
            max_events_behind: MAX_EVENTS_BEHIND,
            heartbeat_seconds: HEARTBEAT_SECONDS,
        }
    }
}

impl EventsSection {
    /// The settings that it stands for.
    pub fn config(&self) -> EventsConfig {
        EventsConfig {
            retention: FeedRetention {
                events: self.keep_events.get(),
                age: Duration::from_secs(24 * 60 * 60 * u64::from(self.keep_days.get())),
            },
            subscriptions: self.max_clients,
            subscriptions_per_address: self.max_clients_per_address,
            backlog: usize::try_from(self.max_events_behind.get()).unwrap_or(usize::MAX),
            heartbeat: Duration::from_secs(self.heartbeat_seconds.get().into()),
        }
    }
}
