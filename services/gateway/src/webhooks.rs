//! Webhooks after the Standard Webhooks specification: events of the feed, sent to the servers that the operator names.
//!
//! * [`WebhookSubscription`]: the receivers and their events, from the operator's file.
//! * [`Webhooks`] delivers: in order, each event at least once, by one process at a time.
//! * [`RetrySchedule`]: when an attempt that failed is repeated.
//! * [`WebhookMetrics`]: the metrics for the operator.

mod deliver;
mod delivery;
mod file;
mod message;
mod metrics;
mod options;
mod reach;
mod receiver;
mod schedule;
mod secret;
mod subscription;

pub use deliver::{Webhooks, WebhooksError};
pub use file::{WebhooksFileError, read_subscriptions};
pub use metrics::WebhookMetrics;
pub use options::WebhookOptions;
pub use schedule::RetrySchedule;
pub use secret::{SecretError, WebhookSecret};
pub use subscription::{Reach, ReceiverUrl, ReceiverUrlError, WebhookSubscription};
