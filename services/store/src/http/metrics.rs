//! Metrics for Prometheus. No label identifies a client or a document.

use std::{
    sync::atomic::{AtomicI64, AtomicU64},
    time::Duration,
};

use axum::http::Method;
use generion_http_server::metrics::{ClosedConnections, method_label};
use generion_interface::store::ErrorCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds of the histogram of answer times, in seconds.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 600.0];

type SecondsCounter = Counter<f64, AtomicU64>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabel {
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

/// The metrics of a store.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    refusals: Family<CodeLabel, Counter>,
    seconds: Family<MethodLabel, Histogram>,
    pub received: Counter,
    pub sent: Counter,
    pub from_memory: Counter,
    pub uploads: Gauge<i64, AtomicI64>,
    pub connections: Gauge<i64, AtomicI64>,
    pub connections_waiting: Gauge<i64, AtomicI64>,
    pub closed: ClosedConnections,
    hashing: SecondsCounter,
    verifying: SecondsCounter,
    storage_errors: Counter,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("generion_store");
        let closed = Family::default();
        let metrics = Self {
            answers: Family::default(),
            refusals: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            received: Counter::default(),
            sent: Counter::default(),
            from_memory: Counter::default(),
            uploads: Gauge::default(),
            connections: Gauge::default(),
            connections_waiting: Gauge::default(),
            closed: ClosedConnections::in_family(&closed),
            hashing: SecondsCounter::default(),
            verifying: SecondsCounter::default(),
            storage_errors: Counter::default(),
            registry: Registry::default(),
        };
        let to = &mut registry;
        to.register(
            "answers",
            "Answers by method and status",
            metrics.answers.clone(),
        );
        to.register(
            "refusals",
            "Refusals by code (protocol section 7)",
            metrics.refusals.clone(),
        );
        to.register_with_unit(
            "answer",
            "Time until an answer begins, which for an upload is after its last byte",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        to.register_with_unit(
            "received",
            "Bytes of uploads received, including uploads that were refused later",
            Unit::Bytes,
            metrics.received.clone(),
        );
        to.register_with_unit(
            "sent",
            "Bytes of documents sent to clients",
            Unit::Bytes,
            metrics.sent.clone(),
        );
        to.register(
            "downloads_from_memory",
            "Downloads that were served from memory: small documents of a folder",
            metrics.from_memory.clone(),
        );
        to.register(
            "uploads_running",
            "Uploads in progress",
            metrics.uploads.clone(),
        );
        to.register(
            "connections_open",
            "Open connections",
            metrics.connections.clone(),
        );
        to.register(
            "connections_waiting",
            "Open connections without a request in progress",
            metrics.connections_waiting.clone(),
        );
        to.register(
            "connections_closed",
            "Connections that the store closed, by reason",
            closed,
        );
        to.register_with_unit(
            "hashing",
            "Time spent on hashing uploads with SHA-256",
            Unit::Seconds,
            metrics.hashing.clone(),
        );
        to.register_with_unit(
            "signature_checks",
            "Time spent on checking signatures",
            Unit::Seconds,
            metrics.verifying.clone(),
        );
        to.register(
            "storage_errors",
            "Requests that failed because of the storage; the log says why",
            metrics.storage_errors.clone(),
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts an answer.
    pub fn count_answer(
        &self,
        method: &Method,
        status: u16,
        code: Option<ErrorCode>,
        elapsed: Duration,
    ) {
        let method = method_label(method);
        self.answers.get_or_create(&Answer { method, status }).inc();
        self.seconds
            .get_or_create(&MethodLabel { method })
            .observe(elapsed.as_secs_f64());
        if matches!(code, Some(ErrorCode::Internal | ErrorCode::StorageFull)) {
            self.storage_errors.inc();
        }
        if let Some(code) = code {
            let code = code.as_str();
            self.refusals.get_or_create(&CodeLabel { code }).inc();
        }
    }

    /// Adds the time that hashing an upload took.
    pub fn add_hashing_time(&self, elapsed: Duration) {
        self.hashing.inc_by(elapsed.as_secs_f64());
    }

    /// Adds the time that checking a signature took.
    pub fn add_verifying_time(&self, elapsed: Duration) {
        self.verifying.inc_by(elapsed.as_secs_f64());
    }

    /// All metrics in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
