//! Health, readiness and metrics.

use std::sync::atomic::Ordering;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use generion_http_server::metrics::OPENMETRICS;
use generion_interface::health::Health;
use serde::Serialize;

use super::{
    problem::{Problem, ProblemCode},
    state::AppState,
};
use crate::{index::IndexProblem, json::U64Text};

/// `GET /health`: the process is running and accepts requests.
pub(super) async fn health(State(state): State<AppState>) -> Json<Health> {
    Json(Health::ok(
        env!("CARGO_PKG_VERSION"),
        &state.addresses.program_id,
    ))
}

/// The state of the index.
#[derive(Serialize)]
pub(super) struct Readiness {
    /// The slot up to which all transactions are in.
    slot: U64Text,
    /// The slot up to which these transactions are final.
    finalized_slot: Option<U64Text>,
    /// Slots of the nodes that are not in yet.
    slots_behind: Option<U64Text>,
    /// The time in seconds since the nodes were at the slot of the index.
    seconds_behind: Option<U64Text>,
    /// The slot from which on histories are complete.
    complete_from_slot: Option<U64Text>,
    /// Whether this process writes the index.
    is_writer: bool,
    /// Why the index does not go on at present.
    problem: Option<&'static str>,
}

/// `GET /health/ready`: the index follows the ledger, and is not far behind.
pub(super) async fn ready(State(state): State<AppState>) -> Result<Json<Readiness>, Problem> {
    let not_ready = |reason: &str| Problem::new(ProblemCode::NotReady, reason).retry_after(5);
    if state.is_shutting_down.load(Ordering::Relaxed) {
        return Err(not_ready("the gateway is shutting down"));
    }
    let index = state.index.state();
    let problem = index.problem.map(IndexProblem::text);
    let why = problem.map_or_else(String::new, |problem| format!(": {problem}"));
    let Some(slot) = index.indexed_slot else {
        return Err(not_ready(&format!(
            "the first snapshot of the ledger is not complete{why}"
        )));
    };
    let behind = index.behind_seconds.unwrap_or_default();
    if behind > state.config.max_behind.as_secs() {
        return Err(not_ready(&format!(
            "the index is {behind} s and {} slots behind its nodes{why}",
            index.behind_slots.unwrap_or_default()
        )));
    }
    Ok(Json(Readiness {
        slot: U64Text(slot),
        finalized_slot: index.finalized_slot.map(U64Text),
        slots_behind: index.behind_slots.map(U64Text),
        seconds_behind: index.behind_seconds.map(U64Text),
        complete_from_slot: index.complete_from_slot.map(U64Text),
        is_writer: index.is_writer,
        problem,
    }))
}

/// `GET /metrics`, for the operator: the metrics in the text format of OpenMetrics.
pub(super) async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let count = state.connections.count();
    let metrics = &state.metrics;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    metrics.connections.set(number(count.open));
    metrics.connections_waiting.set(number(count.idle));
    let index = state.index.state();
    for (gauge, value) in [
        (&metrics.slot, index.indexed_slot),
        (&metrics.finalized_slot, index.finalized_slot),
        (&metrics.slots_behind, index.behind_slots),
        (&metrics.seconds_behind, index.behind_seconds),
    ] {
        gauge.set(value.map_or(0, |value| i64::try_from(value).unwrap_or(i64::MAX)));
    }
    metrics.is_writer.set(index.is_writer.into());
    ([(header::CONTENT_TYPE, OPENMETRICS)], metrics.text())
}
