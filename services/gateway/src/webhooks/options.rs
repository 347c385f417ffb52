//! How webhooks are delivered.

use std::time::Duration;

use super::schedule::RetrySchedule;

/// How webhooks are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookOptions {
    /// When an attempt that failed is repeated.
    pub schedule: RetrySchedule,
    /// How long a receiver may take.
    pub timeout: Duration,
    /// How often to look whether the operator has resumed a subscription, and whether a signer that was away is back.
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
