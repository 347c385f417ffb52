//! Health, readiness and metrics.

use std::sync::atomic::Ordering;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use generion_http_server::metrics::OPENMETRICS;
use generion_interface::health::Health;
use serde::Serialize;

use super::{
    json::U64Text,
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// `GET /health`: the process is running and accepts requests.
pub(super) async fn health(State(state): State<AppState>) -> Json<Health> {
    Json(Health::ok(
        env!("CARGO_PKG_VERSION"),
        &state.addresses.program_id,
    ))
}

/// How far the index is.
#[derive(Serialize)]
pub(super) struct Readiness {
    /// The slot up to which all transactions are in.
    slot: U64Text,
    /// The slot up to which they are there for good.
    finalized_slot: U64Text,
}

/// `GET /health/ready`: the index follows the ledger, and is not far behind.
pub(super) async fn ready(State(state): State<AppState>) -> Result<Json<Readiness>, Problem> {
    let not_ready = |reason: &str| Problem::new(ProblemCode::NotReady, reason).retry_after(5);
    if state.is_shutting_down.load(Ordering::Relaxed) {
        return Err(not_ready("the gateway is shutting down"));
    }
    let progress = state.freshness.progress().await?;
    let progress =
        progress.ok_or_else(|| not_ready("the first snapshot of the ledger is not complete"))?;
    Ok(Json(Readiness {
        slot: U64Text(progress.followed_slot),
        finalized_slot: U64Text(progress.finalized_slot),
    }))
}

/// `GET /metrics`, for the operator: the metrics in the text format of OpenMetrics.
pub(super) async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let count = state.connections.count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    state.metrics.connections.set(number(count.open));
    state.metrics.connections_waiting.set(number(count.idle));
    if let Ok(Some(progress)) = state.freshness.progress().await {
        let slot = |slot: u64| i64::try_from(slot).unwrap_or(i64::MAX);
        state.metrics.slot.set(slot(progress.followed_slot));
        state
            .metrics
            .finalized_slot
            .set(slot(progress.finalized_slot));
    }
    ([(header::CONTENT_TYPE, OPENMETRICS)], state.metrics.text())
}
