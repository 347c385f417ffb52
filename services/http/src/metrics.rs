//! Pieces of metrics for Prometheus. No label identifies a client.

use std::sync::atomic::AtomicI64;

use axum::http::Method;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};

/// The media type of metrics.
pub const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Why something was done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReasonLabel {
    reason: &'static str,
}

/// Counters of the connections that the server closed, by reason.
#[derive(Clone, Debug, Default)]
pub struct ClosedConnections {
    /// The client sent nothing.
    pub silent: Counter,
    /// The connection was idle for the longest time when another client needed it.
    pub made_room: Counter,
    /// The address of the client had as many connections as it is allowed.
    pub turned_away: Counter,
}

impl ClosedConnections {
    /// The counters of a family.
    pub fn in_family(family: &Family<ReasonLabel, Counter>) -> Self {
        let counter = |reason| family.get_or_create_owned(&ReasonLabel { reason });
        Self {
            silent: counter("silent"),
            made_room: counter("made_room"),
            turned_away: counter("turned_away"),
        }
    }
}

/// The label of a method. Clients can invent methods, so all others share one label.
pub fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Increments a gauge until it is dropped.
pub struct GaugeGuard(Gauge<i64, AtomicI64>);

impl GaugeGuard {
    /// Increments the gauge.
    pub fn new(gauge: &Gauge<i64, AtomicI64>) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
