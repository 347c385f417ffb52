//! All routes, with their layers.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use generion_http_server::cors::{Cors, add_cors_headers};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use super::{
    actions,
    answer::{add_entity_tag, add_freshness, limit, log_request},
    browsers::ALLOWANCES,
    handlers, openapi,
    operator::{health, metrics, ready},
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// The path of all routes of this version.
const VERSION: &str = "/v1";
/// The path of the document that describes them.
const DOCUMENT: &str = "/v1/openapi.json";
/// The sources of the page at `/docs`: nothing from elsewhere, and no script in the page itself. Its library writes styles into
/// the page.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes, and the document that describes them.
fn routes() -> (Router<AppState>, OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(openapi::description())
        .nest(VERSION, handlers::router())
        .split_for_parts();
    openapi::add_common_problems(&mut document);
    document.merge(actions::routes().1);
    (router, document)
}

/// The document that describes the API.
pub fn document() -> OpenApi {
    routes().1
}

/// Answers clients.
pub fn router(state: AppState) -> Router {
    let (router, document) = routes();
    let document = Json(document);
    let router = router
        .route(DOCUMENT, get(async move || document))
        .layer(from_fn_with_state(state.clone(), add_freshness))
        .layer(from_fn(add_entity_tag))
        .route("/health", get(health))
        .route("/health/ready", get(ready))
        .merge(docs())
        .method_not_allowed_fallback(async || {
            Problem::new(
                ProblemCode::MethodNotAllowed,
                "the header Allow lists the methods of this route",
            )
        })
        .fallback(async || {
            Problem::new(
                ProblemCode::UnknownPath,
                "/v1/openapi.json lists all routes",
            )
        })
        .layer(DefaultBodyLimit::max(state.config.limits.max_body_bytes))
        .layer(from_fn_with_state(state.clone(), limit));
    let router = add_layers(router, &state).merge(add_log(actions::router(&state), &state));
    router.with_state(state)
}

/// Answers every request that the gateway is busy, for clients that have too many connections.
pub fn busy_router(state: AppState) -> Router {
    let refuse = || {
        Problem::new(
            ProblemCode::Busy,
            "this address has too many connections: try again in a moment",
        )
        .retry_after(1)
    };
    let router = Router::new().fallback(async move || refuse());
    let actions = add_log(actions::busy_router(&state, refuse), &state);
    let router = add_layers(router, &state).merge(actions);
    router.with_state(state)
}

/// The routes for the operator, which must not be reachable from the internet.
pub fn admin_router(state: AppState) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

/// The page that shows the document.
fn docs() -> Router<AppState> {
    let config = utoipa_swagger_ui::Config::from(DOCUMENT);
    Router::from(SwaggerUi::new("/docs").config(config))
        .layer(set_header(header::CONTENT_SECURITY_POLICY, DOCS_POLICY))
}

/// Adds the layers of every answer but those of Actions, which any web page may read.
fn add_layers(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let cors = Arc::new(Cors::new(state.config.origins.clone(), ALLOWANCES));
    add_log(
        router.layer(from_fn_with_state(cors, add_cors_headers)),
        state,
    )
}

/// Adds the layers of every answer.
fn add_log(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router
        .layer(set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set_header(header::REFERRER_POLICY, "no-referrer"))
        .layer(from_fn_with_state(state.clone(), log_request))
}

fn set_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
