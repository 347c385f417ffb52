use std::time::Duration;

use generion_interface::store::ErrorCode;
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{DATE, LOCATION, RETRY_AFTER},
};
use tokio::time::{Instant, sleep};
use url::Url;

use super::error::RequestError;

/// Refusals are a sentence; more than this is no store's.
const MAX_REFUSAL_BYTES: usize = 4096;

/// The longest time that a store of the user may be busy, over all its answers to one request.
pub(super) const PATIENCE: Duration = Duration::from_secs(3_600);
/// The same for an address out of a locator, which may be anybody's.
const PATIENCE_WITH_STRANGERS: Duration = Duration::from_secs(60);
/// The shortest wait, even if a store names a shorter one.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

/// As [`send_anew`], for a request that can be repeated unchanged, to an address from a locator.
pub(super) async fn send(
    make: impl Fn() -> RequestBuilder,
    url: &Url,
) -> Result<Response, RequestError> {
    send_anew(url, PATIENCE_WITH_STRANGERS, || {
        std::future::ready(Ok(make()))
    })
    .await
}

/// Sends a request and takes a success only. As long as the server is busy, and says when it will not be (429 or 503 with
/// `retry-after` in seconds), that is waited for, and the request is made anew.
pub(super) async fn send_anew<E, F>(
    url: &Url,
    patience: Duration,
    make: impl Fn() -> F,
) -> Result<Response, E>
where
    E: From<RequestError>,
    F: Future<Output = Result<RequestBuilder, E>>,
{
    let started = Instant::now();
    loop {
        let response = make().await?.send().await;
        let response = response.map_err(|source| failed(url, source))?;
        match asked_to_wait(&response) {
            Some(wait) if started.elapsed().saturating_add(wait) <= patience => {
                drop(response);
                sleep(wait.max(SHORTEST_WAIT)).await;
            }
            _ => return Ok(taken(response, url).await?),
        }
    }
}

/// The time to wait that a busy server asks for.
fn asked_to_wait(response: &Response) -> Option<Duration> {
    if !matches!(
        response.status(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        return None;
    }
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// The answer, if it is a success.
async fn taken(response: Response, url: &Url) -> Result<Response, RequestError> {
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

/// The error of a request without an answer.
pub(super) fn failed(url: &Url, source: reqwest::Error) -> RequestError {
    let url = url.clone();
    match source.is_timeout() && !source.is_connect() {
        true => RequestError::TooSlow { url },
        false => RequestError::Unreachable {
            url,
            source: source.into(),
        },
    }
}

async fn refusal(url: Url, response: Response) -> RequestError {
    let status = response.status().as_u16();
    let store_time = text(&response, DATE);
    match body(response).await {
        Some(Refusal { code, message }) => match known(&code) {
            Some(ErrorCode::OutsideTimeWindow) => RequestError::ClockSkew { url, store_time },
            Some(code) => RequestError::Refused { url, code, message },
            None if !is_code(&code) => RequestError::UnexpectedStatus { url, status },
            None => RequestError::RefusedByNewerStore {
                url: Box::new(url),
                code,
                message,
            },
        },
        None => RequestError::UnexpectedStatus { url, status },
    }
}

/// The body of a refusal, whose code may be of a store that is newer than this software.
#[derive(serde::Deserialize)]
struct Refusal {
    code: String,
    message: String,
}

fn known(code: &str) -> Option<ErrorCode> {
    let mut known = ErrorCode::ALL.iter();
    known.find(|known| known.as_str() == code).copied()
}

/// Whether a text has the form of a store's codes (docs/PROTOCOL.md, section 7).
fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

async fn body(mut response: Response) -> Option<Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_REFUSAL_BYTES {
            return None;
        }
    }
    serde_json::from_slice(&bytes).ok()
}

/// A header as text. It is shown escaped, since the server may have put any text in it.
fn text(response: &Response, name: reqwest::header::HeaderName) -> String {
    let value = response
        .headers()
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    value.unwrap_or_default()
}
