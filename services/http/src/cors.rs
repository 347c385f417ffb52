//! Access from web apps (the CORS protocol of the Fetch standard): every answer says which origins may read it.
//!
//! This weakens nothing: the servers answer all clients alike, every request that changes something is signed, and cookies and
//! passwords are ignored. So no web page can act in another person's name.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::origins::Origins;

/// For how many seconds a browser may cache the answer to a preflight request. No browser caches it for more than a day.
const MAX_AGE: &str = "86400";

/// The permissions of web apps.
#[derive(Clone, Copy, Debug)]
pub struct Allowances {
    /// The methods, separated by commas.
    pub methods: &'static str,
    /// Headers of requests that a web app may set.
    pub request_headers: &'static [HeaderName],
    /// Headers of answers that a web app may read, in addition to those that are always readable.
    pub answer_headers: &'static [HeaderName],
}

/// The CORS policy, with its header values.
#[derive(Debug)]
pub struct Cors {
    origins: Origins,
    methods: HeaderValue,
    exposed: HeaderValue,
    allowed: HeaderValue,
}

impl Cors {
    /// These allowances for these origins.
    pub fn new(origins: Origins, allowances: Allowances) -> Self {
        Self {
            origins,
            methods: HeaderValue::from_static(allowances.methods),
            exposed: list(allowances.answer_headers),
            allowed: list(allowances.request_headers),
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
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, cors.methods.clone()),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, cors.allowed.clone()),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(MAX_AGE),
        ),
    ];
    (StatusCode::NO_CONTENT, HeaderMap::from_iter(headers))
}
