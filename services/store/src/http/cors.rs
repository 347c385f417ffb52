//! The permissions of web apps.

use axum::http::{HeaderName, header};
use generion_http_server::cors::Allowances;
use generion_interface::store::header as signature;

/// The permissions of web apps.
pub static ALLOWANCES: Allowances = Allowances {
    methods: METHODS,
    request_headers: &ALLOWED,
    answer_headers: &EXPOSED,
};

/// Headers of answers that a web app may read, in addition to those that are always readable.
static EXPOSED: [HeaderName; 4] = [
    HeaderName::from_static(signature::ERASE_AUTHORITY),
    header::CONTENT_RANGE,
    header::RETRY_AFTER,
    header::DATE,
];

/// Headers of requests that a web app may set.
static ALLOWED: [HeaderName; 8] = [
    HeaderName::from_static(signature::SIGNER),
    HeaderName::from_static(signature::SIGNATURE),
    HeaderName::from_static(signature::ERASE_AUTHORITY),
    HeaderName::from_static(signature::TIME),
    HeaderName::from_static(signature::NONCE),
    HeaderName::from_static(signature::LINK_NOTE),
    header::CONTENT_TYPE,
    header::RANGE,
];

/// The methods that documents support.
const METHODS: &str = "GET, HEAD, PUT, DELETE";
