//! Bodies that have only public data in them.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection, rejection::FailedToBufferBody},
    http::header::CONTENT_TYPE,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    problem::{Problem, ProblemCode},
    secrets,
};

/// A body in JSON that was searched for secrets before anything else was done with it. No refusal quotes the body.
pub struct PublicJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PublicJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_json = kind.split(';').next().is_some_and(|kind| {
            let kind = kind.trim().to_ascii_lowercase();
            kind == "application/json"
                || (kind.starts_with("application/") && kind.ends_with("+json"))
        });
        let bytes = match Bytes::from_request(request, state).await {
            Ok(bytes) => bytes,
            Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_))) => {
                let detail = "send a smaller body";
                return Err(Problem::new(ProblemCode::BodyTooLarge, detail));
            }
            Err(_) => {
                let detail = "the body was not received as a whole";
                return Err(Problem::new(ProblemCode::InvalidBody, detail));
            }
        };
        let parsed = serde_json::from_slice::<Value>(&bytes);
        let secret = match &parsed {
            Ok(body) => secrets::find(body),
            Err(_) => secrets::find_in_text(&String::from_utf8_lossy(&bytes)),
        };
        if let Some(secret) = secret {
            return Err(Problem::new(ProblemCode::SecretInBody, secret.to_string()));
        }
        if !is_json {
            let detail = "send the header content-type: application/json";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let Ok(body) = parsed else {
            return Err(Problem::new(
                ProblemCode::InvalidBody,
                "the body is not JSON",
            ));
        };
        serde_json::from_value(body)
            .map(Self)
            .map_err(|error| Problem::new(ProblemCode::InvalidBody, without_values(&error)))
    }
}

/// The error, without a value that is quoted in it.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(": ") {
        // `invalid type: string "…", expected u64`
        Some((what @ ("invalid type" | "invalid value" | "invalid length"), rest)) => {
            let expected = rest
                .rsplit_once("expected ")
                .map_or("", |(_, expected)| expected);
            format!("{what}: expected {expected}")
        }
        _ => text,
    }
}
