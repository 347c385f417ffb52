//! The permissions of web apps.

use axum::http::{HeaderName, header};
use generion_http_server::cors::Allowances;

use super::answer::{FINALIZED_SLOT, SECONDS_BEHIND, SLOT, SLOTS_BEHIND};

/// The permissions of web apps.
pub(super) static ALLOWANCES: Allowances = Allowances {
    methods: "GET, HEAD, POST, PUT, DELETE",
    request_headers: &REQUEST_HEADERS,
    answer_headers: &ANSWER_HEADERS,
};

static REQUEST_HEADERS: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::AUTHORIZATION,
    header::IF_NONE_MATCH,
    HeaderName::from_static("last-event-id"),
];

static ANSWER_HEADERS: [HeaderName; 6] = [
    header::ETAG,
    header::RETRY_AFTER,
    SLOT,
    FINALIZED_SLOT,
    SLOTS_BEHIND,
    SECONDS_BEHIND,
];
