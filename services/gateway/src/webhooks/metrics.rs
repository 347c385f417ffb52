//! The metrics of the webhooks, for the operator.

use std::sync::atomic::AtomicI64;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::storage::{WebhookAttempt, WebhookState};

/// A subscription, by the operator's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookLabel {
    webhook: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptLabel {
    webhook: String,
    outcome: &'static str,
}

/// Metrics of the webhooks. Copies share the same numbers.
#[derive(Clone, Debug, Default)]
pub struct WebhookMetrics {
    attempts: Family<AttemptLabel, Counter>,
    failures: Family<WebhookLabel, Gauge<i64, AtomicI64>>,
    ended: Family<WebhookLabel, Gauge<i64, AtomicI64>>,
}

impl WebhookMetrics {
    /// Adds them to those of the gateway.
    pub fn register(&self, to: &mut Registry) {
        to.register(
            "webhook_attempts",
            "Attempts to deliver, by webhook and outcome",
            self.attempts.clone(),
        );
        to.register(
            "webhook_failures",
            "Attempts at the next event that have failed, by webhook",
            self.failures.clone(),
        );
        to.register(
            "webhook_ended",
            "1: nothing more is delivered to this webhook",
            self.ended.clone(),
        );
    }

    pub(super) fn count(&self, state: &WebhookState, attempt: &WebhookAttempt) {
        let label = AttemptLabel {
            webhook: state.name.clone(),
            outcome: attempt.outcome.name(),
        };
        self.attempts.get_or_create(&label).inc();
    }

    pub(super) fn show(&self, state: &WebhookState) {
        let label = WebhookLabel {
            webhook: state.name.clone(),
        };
        let failures = i64::from(state.failures);
        self.failures.get_or_create(&label).set(failures);
        let ended = i64::from(state.end.is_some());
        self.ended.get_or_create(&label).set(ended);
    }
}
