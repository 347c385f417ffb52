//! All routes, with what applies to each of them.

use axum::{Json, Router, extract::DefaultBodyLimit, routing::get};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{
    handlers, openapi,
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// The path of all routes of this version.
const VERSION: &str = "/v1";

/// The routes, and the document that describes them.
fn routes() -> (Router<AppState>, OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(openapi::description())
        .nest(VERSION, handlers::router())
        .split_for_parts();
    openapi::add_common_problems(&mut document);
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
    router
        .route("/v1/openapi.json", get(async move || document))
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
        .with_state(state)
}
