use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    routing::get,
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{
    cors::{Cors, allow_web_apps},
    handlers, log,
    refusal::Refusal,
    store::Store,
};

/// Everything that the store answers to.
pub fn router(store: Arc<Store>, cors: Arc<Cors>) -> Router {
    let router = Router::new()
        .route("/health", get(handlers::health))
        .route(
            "/v1/documents/{sha256}",
            get(handlers::get)
                .head(handlers::head)
                .put(handlers::put)
                .delete(handlers::delete),
        )
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .fallback(async || Refusal::UnknownPath)
        .with_state(store.clone());
    on_every_answer(router, store, cors)
}

/// What a client hears that has all its connections in use.
pub fn turn_away_router(store: Arc<Store>, cors: Arc<Cors>) -> Router {
    let router = Router::new().fallback(async || Refusal::Busy);
    on_every_answer(router, store, cors)
}

fn on_every_answer(router: Router, store: Arc<Store>, cors: Arc<Cors>) -> Router {
    router
        .layer(middleware::from_fn_with_state(cors, allow_web_apps))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn_with_state(store, log::requests))
}

/// What the operator alone is to reach.
pub fn admin_router(store: Arc<Store>) -> Router {
    Router::new()
        .route("/health", get(handlers::health))
        .route("/ready", get(handlers::ready))
        .route("/metrics", get(handlers::metrics))
        .with_state(store)
}

fn always(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
