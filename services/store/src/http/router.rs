//! The routes of the store and of the operator's interface.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    routing::get,
};
use generion_http_server::cors::{Cors, add_cors_headers};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{
    error::ApiError,
    handlers::{
        delete::delete,
        get::get as download,
        head::head,
        list::list,
        operator::{health, metrics, ready},
        put::put,
    },
    logging::log_request,
    metrics::Metrics,
    state::AppState,
};

/// The routes for clients.
pub fn router(state: Arc<AppState>, cors: Arc<Cors>) -> Router {
    let metrics = state.metrics.clone();
    let router = Router::new()
        .route("/health", get(health))
        .route(
            "/v1/documents/{sha256}",
            get(download).head(head).put(put).delete(delete),
        )
        .route("/v1/links", get(list))
        .route(
            "/v1/links/{expiry}/{sha256}",
            get(download).head(head).put(put).delete(delete),
        )
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .fallback(async || ApiError::UnknownPath)
        .with_state(state);
    add_layers(router, metrics, cors)
}

/// Answers every request that the store is busy, for clients that have too many connections.
pub fn busy_router(metrics: Arc<Metrics>, cors: Arc<Cors>) -> Router {
    let router = Router::new().fallback(async || ApiError::Busy);
    add_layers(router, metrics, cors)
}

/// Adds the layers of every answer.
fn add_layers(router: Router, metrics: Arc<Metrics>, cors: Arc<Cors>) -> Router {
    router
        .layer(middleware::from_fn_with_state(cors, add_cors_headers))
        .layer(set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set_header(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn_with_state(metrics, log_request))
}

/// The routes for the operator, which must not be reachable from the internet.
pub fn admin_router(state: Arc<AppState>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

fn set_header(
    name: header::HeaderName,
    value: &'static str,
) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
