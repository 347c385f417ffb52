//! Access from web apps (the CORS protocol of the Fetch standard): every answer says which origins may read it.
//!
//! This weakens nothing: the store answers everybody alike, requests that change something are signed, and cookies and
//! passwords are ignored. So no web page can act in somebody else's name.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use generion_interface::store::header as signature;

use crate::config::origins::Origins;

/// Headers of answers that a web app may read, in addition to those that are always readable.
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

/// The methods that documents support.
const METHODS: &str = "GET, HEAD, PUT, DELETE";

/// For how many seconds a browser may cache the answer to a preflight request. No browser caches it for more than a day.
const MAX_AGE: &str = "86400";

/// The CORS policy, with its header values.
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

    /// The value of `Access-Control-Allow-Origin` for a request from `origin`.
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
    // Header names and commas are valid in a header value.
    HeaderValue::try_from(names.join(", ")).expect("header names are a valid header value")
}

/// Answers preflight requests, and adds the CORS headers to all answers.
pub async fn add_cors_headers(
    State(cors): State<Arc<Cors>>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => preflight(&cors).into_response(),
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

fn preflight(cors: &Cors) -> (StatusCode, HeaderMap) {
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
