//! Health checks and metrics.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use generion_interface::{Addresses, health::Health};
use tokio::time::timeout;

use crate::{http::state::AppState, log};

/// The media type of the metrics.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /health`: the process is running and accepts requests. The answer says which build it is.
pub async fn health() -> Json<Health> {
    let program_id = Addresses::default().program_id;
    Json(Health::ok(env!("CARGO_PKG_VERSION"), &program_id))
}

/// `GET /ready`, for the operator: the store accepts new connections, and the storage responds.
pub async fn ready(State(state): State<Arc<AppState>>) -> (StatusCode, &'static str) {
    if state.is_shutting_down.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    if state.connections.is_full() {
        let full = "all connections are in use\n";
        return (StatusCode::SERVICE_UNAVAILABLE, full);
    }
    match timeout(state.limits.idle_timeout, state.documents.check_readiness()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            log::error(&error);
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the storage returns errors\n",
            )
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the storage does not respond\n",
        ),
    }
}

/// `GET /metrics`, for the operator: the metrics in the text format of OpenMetrics.
pub async fn metrics(State(state): State<Arc<AppState>>) -> impl IntoResponse {
    let count = state.connections.count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    state.metrics.connections.set(number(count.open));
    state.metrics.connections_waiting.set(number(count.idle));
    ([(header::CONTENT_TYPE, OPENMETRICS)], state.metrics.text())
}
