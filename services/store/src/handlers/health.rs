use std::sync::{Arc, atomic::Ordering};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use tokio::time::timeout;

use crate::{log, store::Store};

/// The media type of what Prometheus reads.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /health`: the process runs and takes requests.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /ready`, for the operator: requests are taken, and the storage answers.
pub async fn ready(State(store): State<Arc<Store>>) -> (StatusCode, &'static str) {
    if store.ending.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    if store.connections.is_full() {
        let full = "all connections are in use\n";
        return (StatusCode::SERVICE_UNAVAILABLE, full);
    }
    match timeout(store.limits.idle_timeout, store.documents.check()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            log::error(&error);
            (StatusCode::SERVICE_UNAVAILABLE, "the storage fails\n")
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the storage does not answer\n",
        ),
    }
}

/// `GET /metrics`, for the operator.
pub async fn metrics(State(store): State<Arc<Store>>) -> impl IntoResponse {
    let count = store.connections.count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    store.metrics.connections.set(number(count.open));
    store.metrics.connections_waiting.set(number(count.waiting));
    ([(header::CONTENT_TYPE, OPENMETRICS)], store.metrics.text())
}
