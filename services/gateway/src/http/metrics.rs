//! Metrics for Prometheus. No label identifies a client or an account.

use std::{borrow::Cow, sync::atomic::AtomicI64, time::Duration};

use axum::http::Method;
use generion_http_server::metrics::{ClosedConnections, method_label};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::problem::ProblemCode;
use crate::webhooks::WebhookMetrics;

/// Upper bounds of the histogram of answer times, in seconds.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];

/// A number that goes up and down.
pub type Number = Gauge<i64, AtomicI64>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: Cow<'static, str>,
}

/// The metrics of a gateway.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    refusals: Family<CodeLabel, Counter>,
    seconds: Family<RouteLabel, Histogram>,
    /// Open connections.
    pub connections: Number,
    /// Open connections without a request in progress.
    pub connections_waiting: Number,
    /// Connections that the gateway closed.
    pub closed: ClosedConnections,
    /// The slot up to which all transactions are in the index.
    pub slot: Number,
    /// The slot up to which the index is final.
    pub finalized_slot: Number,
    /// Slots that the index is behind its nodes.
    pub slots_behind: Number,
    /// Seconds that the index is behind its nodes.
    pub seconds_behind: Number,
    /// 1: this process writes the index.
    pub is_writer: Number,
    /// The webhooks.
    pub webhooks: WebhookMetrics,
}

impl Metrics {
    /// All of them at zero.
    pub fn new() -> Self {
        let closed = Family::default();
        let mut metrics = Self {
            registry: Registry::with_prefix("generion_gateway"),
            answers: Family::default(),
            refusals: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            connections: Gauge::default(),
            connections_waiting: Gauge::default(),
            closed: ClosedConnections::in_family(&closed),
            slot: Gauge::default(),
            finalized_slot: Gauge::default(),
            slots_behind: Gauge::default(),
            seconds_behind: Gauge::default(),
            is_writer: Gauge::default(),
            webhooks: WebhookMetrics::default(),
        };
        let to = &mut metrics.registry;
        to.register(
            "answers",
            "Answers by method and status",
            metrics.answers.clone(),
        );
        to.register("refusals", "Refusals by code", metrics.refusals.clone());
        to.register_with_unit(
            "answer",
            "Time until an answer begins, by route",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        for (name, help, gauge) in [
            ("connections_open", "Open connections", &metrics.connections),
            (
                "connections_waiting",
                "Open connections without a request in progress",
                &metrics.connections_waiting,
            ),
            (
                "index_slot",
                "The slot up to which all transactions are in the index",
                &metrics.slot,
            ),
            (
                "index_finalized_slot",
                "The slot up to which the index is final",
                &metrics.finalized_slot,
            ),
            (
                "index_slots_behind",
                "Slots that the index is behind its nodes",
                &metrics.slots_behind,
            ),
            (
                "index_seconds_behind",
                "Seconds that the index is behind its nodes",
                &metrics.seconds_behind,
            ),
            (
                "index_writer",
                "1: this process writes the index; 0: another one does",
                &metrics.is_writer,
            ),
        ] {
            to.register(name, help, gauge.clone());
        }
        to.register(
            "connections_closed",
            "Connections that the gateway closed, by reason",
            closed,
        );
        metrics.webhooks.register(to);
        metrics
    }

    /// Counts an answer.
    pub(super) fn count_answer(
        &self,
        method: &Method,
        route: &str,
        status: u16,
        code: Option<ProblemCode>,
        elapsed: Duration,
    ) {
        let method = method_label(method);
        self.answers.get_or_create(&Answer { method, status }).inc();
        let route = RouteLabel {
            route: route.to_owned(),
        };
        self.seconds
            .get_or_create(&route)
            .observe(elapsed.as_secs_f64());
        if let Some(code) = code {
            let code = code.name();
            self.refusals.get_or_create(&CodeLabel { code }).inc();
        }
    }

    /// All metrics in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
