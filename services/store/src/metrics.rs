//! What the store counts, for Prometheus. No label tells who or which document.

use std::{
    sync::atomic::{AtomicI64, AtomicU64},
    time::Duration,
};

use axum::http::Method;
use generion_interface::store::ErrorCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds in seconds of the classes in which answers are counted.
const SECONDS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 600.0];

type Seconds = Counter<f64, AtomicU64>;

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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

/// Connections that the store closed, by the reason.
#[derive(Clone, Debug, Default)]
pub struct Closed {
    /// Nothing came.
    pub silent: Counter,
    /// It had waited longest when its place was wanted.
    pub made_room: Counter,
    /// Its client had as many as it may.
    pub turned_away: Counter,
}

impl Closed {
    fn of(family: &Family<ReasonLabel, Counter>) -> Self {
        let counter = |reason| family.get_or_create_owned(&ReasonLabel { reason });
        Self {
            silent: counter("silent"),
            made_room: counter("made_room"),
            turned_away: counter("turned_away"),
        }
    }
}

/// The store's counters.
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
    pub closed: Closed,
    hashing: Seconds,
    verifying: Seconds,
    storage_errors: Counter,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("generion_store");
        let closed = Family::default();
        let metrics = Self {
            answers: Family::default(),
            refusals: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            received: Counter::default(),
            sent: Counter::default(),
            from_memory: Counter::default(),
            uploads: Gauge::default(),
            connections: Gauge::default(),
            connections_waiting: Gauge::default(),
            closed: Closed::of(&closed),
            hashing: Seconds::default(),
            verifying: Seconds::default(),
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
            "Bytes of uploads received, also of those refused later",
            Unit::Bytes,
            metrics.received.clone(),
        );
        to.register_with_unit(
            "sent",
            "Bytes of documents handed to connections",
            Unit::Bytes,
            metrics.sent.clone(),
        );
        to.register(
            "downloads_from_memory",
            "Downloads whose bytes were in memory, of a folder's small documents",
            metrics.from_memory.clone(),
        );
        to.register(
            "uploads_running",
            "Uploads under way",
            metrics.uploads.clone(),
        );
        to.register(
            "connections_open",
            "Open connections",
            metrics.connections.clone(),
        );
        to.register(
            "connections_waiting",
            "Open connections of which no request is known",
            metrics.connections_waiting.clone(),
        );
        to.register(
            "connections_closed",
            "Connections that the store closed, by reason",
            closed,
        );
        to.register_with_unit(
            "hashing",
            "Time spent on SHA-256 of uploads",
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
            "Requests that failed because the storage did; the log says why",
            metrics.storage_errors.clone(),
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts an answer.
    pub fn answered(
        &self,
        method: &Method,
        status: u16,
        code: Option<ErrorCode>,
        elapsed: Duration,
    ) {
        let method = label(method);
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

    pub fn hashed(&self, elapsed: Duration) {
        self.hashing.inc_by(elapsed.as_secs_f64());
    }

    pub fn verified(&self, elapsed: Duration) {
        self.verifying.inc_by(elapsed.as_secs_f64());
    }

    /// Everything in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Only writing to the buffer could fail, and a string takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Methods that the store knows; of others anybody may send as many as they like.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// One more of something, until it is dropped.
pub struct Held(Gauge<i64, AtomicI64>);

impl Held {
    pub fn new(gauge: &Gauge<i64, AtomicI64>) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}
