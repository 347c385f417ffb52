//! The ledger's events, sent to those who follow them: in order, each event once, and from the place where a client was cut
//! off.
//!
//! * [`Feed`] reads the feed of the database once for all [`Subscription`]s of this process.
//! * [`FeedWalk`]: a walk through the events in the database.
//! * [`Event`]: the form of a change that clients see.
//! * [`Cursor`]: a place in the feed, which outlives connections and gateways.
//! * [`EventFilter`]: which events a client wants.

mod cursor;
mod event;
mod feed;
mod filter;
mod gap;
mod shared;
mod slots;
mod subscription;
mod walk;

pub use cursor::{Cursor, InvalidCursor};
pub use event::Event;
pub use feed::{Feed, SubscribeError};
pub use filter::{EventFilter, InvalidFilter};
pub use gap::{Gap, GapReason};
pub use subscription::{EndReason, Item, Subscription};
pub use walk::{FeedWalk, Step};
