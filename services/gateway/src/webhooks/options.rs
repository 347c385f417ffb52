//! The settings for delivering webhooks.

use std::time::Duration;

use super::schedule::RetrySchedule;

/// The settings for delivering webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookOptions {
    /// When an attempt that failed is repeated.
    pub schedule: RetrySchedule,
    /// The longest time for a receiver.
    pub timeout: Duration,
    /// The time after which the delivery looks whether the operator has resumed a subscription, and whether an absent signer is
    /// back.
    pub look_again: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            schedule: RetrySchedule::default(),
            timeout: Duration::from_secs(20),
            look_again: Duration::from_secs(2),
        }
    }
}
