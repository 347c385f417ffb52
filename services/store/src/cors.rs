//! Lets web apps use the store (the Fetch standard's CORS protocol): every answer says who may read it.
//!
//! That takes nothing from anybody. What a store tells it tells whoever asks, and what changes something is signed, so
//! that no web page can do it in another's name. Neither cookies nor passwords are looked at.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use generion_interface::store::header as signature;

use crate::config::Origins;

/// Headers of answers that a web app may read, beside those that it always may.
const EXPOSED: [HeaderName; 4] = [
    HeaderName::from_static(signature::ERASE_AUTHORITY),
    header::CONTENT_RANGE,
    header::RETRY_AFTER,
    header::DATE,
];

/// Headers of requests that a web app may set.
const ALLOWED: [HeaderName; 7] = [
    HeaderName::from_static(signature::SIGNER),
    HeaderName::from_static(signature::SIGNATURE),
    HeaderName::from_static(signature::ERASE_AUTHORITY),
    HeaderName::from_static(signature::TIME),
    HeaderName::from_static(signature::NONCE),
    header::CONTENT_TYPE,
    header::RANGE,
];

/// The methods of documents.
const METHODS: &str = "GET, HEAD, PUT, DELETE";

/// Seconds for which a browser may remember what it was told before a request. None keeps it for longer than a day.
const MAX_AGE: &str = "86400";

/// What is said to each web app, made once.
#[derive(Debug)]
pub struct Cors {
    origins: Origins,
    exposed: HeaderValue,
    allowed: HeaderValue,
}

impl Cors {
    pub fn new(origins: Origins) -> Self {
        Self {
            origins,
            exposed: list(&EXPOSED),
            allowed: list(&ALLOWED),
        }
    }

    /// Who may read the answer to a request of this origin.
    fn allow_origin(&self, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        match &self.origins {
            Origins::Any => Some(HeaderValue::from_static("*")),
            Origins::Listed(listed) => {
                let origin = origin?;
                let is_listed = listed
                    .iter()
                    .any(|listed| listed.as_bytes() == origin.as_bytes());
                is_listed.then(|| origin.clone())
            }
        }
    }
}

/// Header names, separated by commas.
fn list(names: &[HeaderName]) -> HeaderValue {
    let names: Vec<_> = names.iter().map(HeaderName::as_str).collect();
    // Names and commas are valid in a header.
    HeaderValue::try_from(names.join(", ")).expect("header names make a header")
}

/// Answers what browsers ask before a request, and completes all other answers.
pub async fn allow_web_apps(
    State(cors): State<Arc<Cors>>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => asked_before(&cors).into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if let Some(allowed) = cors.allow_origin(origin.as_ref()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, cors.exposed.clone());
    }
    if let Origins::Listed(_) = cors.origins {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn asked_before(cors: &Cors) -> (StatusCode, HeaderMap) {
    let methods = HeaderValue::from_static(METHODS);
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, cors.allowed.clone()),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(MAX_AGE),
        ),
    ];
    (StatusCode::NO_CONTENT, HeaderMap::from_iter(headers))
}
