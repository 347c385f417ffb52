//! The layers of every answer: limits before it, headers and the log after it.

use std::time::Instant;

use axum::{
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use generion_http_server::client_address::ClientAddress;
use sha2::{Digest, Sha256};

use super::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// A slot: the answer includes all of the ledger's transactions up to this one, at least.
pub const SLOT: HeaderName = HeaderName::from_static("generion-slot");
/// The slot up to which these transactions are final.
pub const FINALIZED_SLOT: HeaderName = HeaderName::from_static("generion-finalized-slot");
/// The number of slots that the gateway is behind its nodes.
pub const SLOTS_BEHIND: HeaderName = HeaderName::from_static("generion-slots-behind");
/// The time in seconds since the nodes were at the slot of the gateway.
pub const SECONDS_BEHIND: HeaderName = HeaderName::from_static("generion-seconds-behind");

/// Bytes of a hash that make an entity tag.
const TAG_LEN: usize = 16;

/// Refuses clients that send too many requests, and requests that would be too many at the same time or take too long.
pub(super) async fn limit(
    State(state): State<AppState>,
    client: ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    if let Err(seconds) = state.rate.check(client) {
        let detail = format!("this address sends too many requests: wait {seconds} s");
        return Problem::new(ProblemCode::TooManyRequests, detail)
            .retry_after(seconds)
            .into_response();
    }
    let Some(_running) = state.running.try_acquire(client) else {
        return Problem::new(
            ProblemCode::Busy,
            "too many requests are running: try again in a moment",
        )
        .retry_after(1)
        .into_response();
    };
    match tokio::time::timeout(state.config.limits.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            ProblemCode::TimedOut,
            "the request took longer than this gateway allows: try again, or ask for less",
        )
        .retry_after(1)
        .into_response(),
    }
}

/// Adds the state of the index, at least, at the time of the answer.
pub(super) async fn add_freshness(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let index = state.index.state();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, number) in [
        (SLOT, index.indexed_slot),
        (FINALIZED_SLOT, index.finalized_slot),
        (SLOTS_BEHIND, index.behind_slots),
        (SECONDS_BEHIND, index.behind_seconds),
    ] {
        if let Some(number) = number {
            headers.insert(name, number.into());
        }
    }
    response
}

/// Adds an entity tag to the answer, and leaves the body out if the client has it already.
pub(super) async fn add_entity_tag(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !is_read || headers.contains_key(header::CACHE_CONTROL) {
        return response;
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == b"application/json");
    if response.status() != StatusCode::OK || !is_json {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let tag = entity_tag(&body);
    let is_known = known.is_some_and(|known| matches(&known, &tag));
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    parts.headers.insert(header::ETAG, tag);
    match is_known {
        true => {
            parts.status = StatusCode::NOT_MODIFIED;
            parts.headers.remove(header::CONTENT_TYPE);
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::empty())
        }
        false => Response::from_parts(parts, body.into()),
    }
}

fn entity_tag(body: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(body);
    let tag = BASE64_URL_SAFE_NO_PAD.encode(&hash[..TAG_LEN]);
    HeaderValue::try_from(format!("\"{tag}\"")).expect("base64 in quotes is a header value")
}

/// Whether `If-None-Match` names the tag.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else {
        return false;
    };
    known
        .split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag)
}

/// Logs and counts each request when its answer begins, without any detail that identifies the client or the address of its
/// request.
pub(super) async fn log_request(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let problem = response.extensions().get::<Problem>();
    let code = problem.map(|problem| problem.code);
    let status = response.status().as_u16();
    let elapsed = start.elapsed();
    state
        .metrics
        .count_answer(&method, route, status, code, elapsed);
    tracing::info!(
        method = generion_http_server::metrics::method_label(&method),
        route,
        status,
        code = code.map(|code| code.name().into_owned()),
        microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}
