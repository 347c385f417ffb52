use generion_interface::store::{ErrorBody, ErrorCode};
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{DATE, LOCATION},
};
use url::Url;

use super::RequestError;

/// Refusals are a sentence; more than this is no store's.
const MAX_REFUSAL_BYTES: usize = 4096;

/// Sends a request and takes a success only.
pub(super) async fn send(request: RequestBuilder, url: &Url) -> Result<Response, RequestError> {
    let response = request.send().await.map_err(|source| failed(url, source))?;
    let url = url.clone();
    match response.status() {
        status if status.is_success() => Ok(response),
        status if status.is_redirection() => Err(RequestError::Redirect {
            url,
            to: text(&response, LOCATION),
        }),
        StatusCode::NOT_FOUND => Err(RequestError::NotFound { url }),
        StatusCode::GONE => Err(RequestError::Erased { url }),
        _ => Err(refusal(url, response).await),
    }
}

/// What became of a request without an answer.
pub(super) fn failed(url: &Url, source: reqwest::Error) -> RequestError {
    let url = url.clone();
    match source.is_timeout() && !source.is_connect() {
        true => RequestError::TooSlow { url },
        false => RequestError::Unreachable { url, source },
    }
}

async fn refusal(url: Url, response: Response) -> RequestError {
    let status = response.status().as_u16();
    let store_time = text(&response, DATE);
    match body(response).await {
        Some(ErrorBody {
            code: ErrorCode::OutsideTimeWindow,
            ..
        }) => RequestError::ClockSkew { url, store_time },
        Some(ErrorBody { code, message }) => RequestError::Refused { url, code, message },
        None => RequestError::UnexpectedStatus { url, status },
    }
}

async fn body(mut response: Response) -> Option<ErrorBody> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_REFUSAL_BYTES {
            return None;
        }
    }
    serde_json::from_slice(&bytes).ok()
}

/// A header as text. It is shown escaped, since whoever answered could have put anything in it.
fn text(response: &Response, name: reqwest::header::HeaderName) -> String {
    let value = response
        .headers()
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    value.unwrap_or_default()
}
