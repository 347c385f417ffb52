//! Solana Actions 2.4: offers that a wallet can show and take from a link, in the specification's own forms.
//!
//! * [`orders`], [`records`], [`purchases`]: the Actions, each with a GET that describes it and a POST that answers with a
//!   transaction.
//! * `transaction`: the transaction of a POST.
//! * `site`: the gateway's address, the icon, and `/actions.json`.
//! * `headers`, `refusals`: the layers of every answer.
//! * `specification`: types and constants.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    middleware::{from_fn, from_fn_with_state},
    routing::any,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{
    answer::{add_freshness, limit},
    problem::{Problem, ProblemCode},
    state::AppState,
};

mod headers;
mod orders;
mod purchases;
mod records;
mod refusals;
mod site;
mod specification;
mod transaction;

/// The path of all Actions.
const PATH: &str = "/v1/actions";

/// The routes, and the document that describes them.
pub(super) fn routes() -> (Router<AppState>, OpenApi) {
    let actions = OpenApiRouter::new()
        .merge(orders::router())
        .merge(records::router())
        .merge(purchases::router())
        .merge(site::router());
    OpenApiRouter::new()
        .nest(PATH, actions)
        .merge(site::root())
        .split_for_parts()
}

/// The routes, with all their layers but the log.
pub(super) fn router(state: &AppState) -> Router<AppState> {
    let router = routes()
        .0
        .method_not_allowed_fallback(async || {
            let detail = "this Action does not support the method: the header Allow lists those that it does";
            Problem::new(ProblemCode::MethodNotAllowed, detail)
        })
        .route(&rest(), any(async || unknown()))
        .layer(from_fn_with_state(state.clone(), add_freshness))
        .layer(DefaultBodyLimit::max(state.config.limits.max_body_bytes))
        .layer(from_fn_with_state(state.clone(), limit));
    add_layers(router, state)
}

/// Answers that the gateway is busy, as `refuse` says it.
pub(super) fn busy_router(state: &AppState, refuse: fn() -> Problem) -> Router<AppState> {
    add_layers(
        Router::new().route(&rest(), any(async move || refuse())),
        state,
    )
}

/// The answer to a path that is no Action.
fn rest() -> String {
    format!("{PATH}/{{*rest}}")
}

fn unknown() -> Problem {
    let detail = "no Action has this address: /v1/openapi.json lists all of them";
    Problem::new(ProblemCode::UnknownPath, detail)
}

/// Adds the layers of every answer; they apply to refusals of inner layers, too.
fn add_layers(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router
        .layer(from_fn(refusals::as_action_errors))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(from_fn_with_state(state.clone(), headers::add_headers))
}
