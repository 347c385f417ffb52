//! HTTP to a node: requests that a rate limit or a dropped connection stopped are made again.
//!
//! Redirects are not followed: the user configured this address and no other, and a redirect could lead to plain HTTP. An
//! answer without an end is cut off, so that a node can't fill this machine's memory.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use futures::StreamExt;
use http::Extensions;
use reqwest::{
    Body, Client, ClientBuilder as HttpBuilder, Request, Response, StatusCode, header::RETRY_AFTER,
    redirect,
};
use reqwest_middleware::{ClientBuilder, Error, Middleware, Next, Result};
use solana_rpc_client::http_sender::HttpSender;
use tokio::time::{Instant, sleep};

use crate::{backoff::Backoff, url::is_this_machine};

/// The longest time for one request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time that a node can make one request wait, over all its answers.
const RATE_LIMIT_PATIENCE: Duration = Duration::from_secs(120);
/// The shortest wait.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait where a node does not say how long.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The longest wait before a request is repeated whose connection was dropped.
const LONGEST_DROPPED_WAIT: Duration = Duration::from_millis(500);
/// The number of times that a request is repeated whose connection was dropped.
const DROPPED_RETRIES: u32 = 3;
/// Longest answer, in bytes, once it is unpacked: all accounts of a program are the longest that anybody asks for.
const LONGEST_ANSWER: usize = 128 << 20;

/// The transport for a node's JSON-RPC. A node on this machine is reached without a proxy.
pub fn sender(url: String) -> HttpSender {
    let mut client = client();
    if is_this_machine(&url) {
        // Through a proxy it would be whatever the proxy says.
        client = client.no_proxy();
    }
    let client = client
        .build()
        .expect("the TLS backend is compiled in and needs no configuration");
    sender_over(url, client)
}

/// The transport over a client of the caller's own, which decides about redirects, proxies and time-outs; otherwise as
/// [`sender`].
pub fn sender_over(url: String, client: Client) -> HttpSender {
    let client = ClientBuilder::new(client).with(Persistence).build();
    HttpSender::new_with_client_with_middleware(url, client)
}

/// The settings of [`sender`]'s client, for programs that need other headers or names: build it, and hand it to
/// [`sender_over`].
pub fn client() -> HttpBuilder {
    Client::builder()
        .default_headers(HttpSender::default_headers())
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(REQUEST_TIMEOUT)
        .redirect(redirect::Policy::none())
}

/// Waits as the node asks (429 and 503, `retry-after` in seconds), and asks again over a new connection where one was
/// dropped. A node that can't be reached at all, or is too slow, is reported at once.
struct Persistence;

#[async_trait]
impl Middleware for Persistence {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let started = Instant::now();
        // Only the ledger shows whether a transaction whose answer was lost has been taken.
        let is_ambiguous = request
            .body()
            .and_then(|body| body.as_bytes())
            .is_none_or(|body| body.windows(SEND.len()).any(|window| window == SEND));
        let mut limited_waits = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        let mut dropped_waits = Backoff::new(FIRST_WAIT, LONGEST_DROPPED_WAIT);
        let mut dropped = 0;
        loop {
            // Without a copy, the body being a stream, there is one attempt. JSON-RPC has none such.
            let Some(copy) = request.try_clone() else {
                return next.run(request, extensions).await;
            };
            match next.clone().run(copy, extensions).await {
                Ok(response) if is_asking_to_wait(&response) => {
                    let pause = asked_for(&response).unwrap_or_else(|| limited_waits.next_wait());
                    if started.elapsed().saturating_add(pause) > RATE_LIMIT_PATIENCE {
                        return Err(Error::Middleware(anyhow!(
                            "it limits the rate of requests (HTTP {}) and asks to wait {} s",
                            response.status().as_u16(),
                            pause.as_secs()
                        )));
                    }
                    sleep(pause).await;
                }
                Err(Error::Reqwest(error))
                    if !is_ambiguous && is_drop(&error) && dropped < DROPPED_RETRIES =>
                {
                    dropped += 1;
                    sleep(dropped_waits.next_wait()).await;
                }
                // The sender panics on these: it takes every status that is no success for an error.
                Ok(response) if is_neither_success_nor_error(response.status()) => {
                    return Err(Error::Middleware(anyhow!(
                        "it answers with HTTP {}, which is no answer to a request",
                        response.status().as_u16()
                    )));
                }
                Ok(response) if response.status().is_success() => {
                    return Ok(limited(response, LONGEST_ANSWER));
                }
                other => return other,
            }
        }
    }
}

/// The same answer, with an error in place of a part that is too long.
fn limited(response: Response, longest: usize) -> Response {
    let (status, version) = (response.status(), response.version());
    let headers = response.headers().clone();
    let mut left = longest;
    let body = response.bytes_stream().map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(TooLong(longest))?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(chunk)
    });
    let mut answer = http::Response::new(Body::wrap_stream(body));
    *answer.status_mut() = status;
    *answer.version_mut() = version;
    *answer.headers_mut() = headers;
    answer.into()
}

/// An answer that was cut off.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {0} bytes")]
struct TooLong(usize);

/// The JSON-RPC method that is not made again blindly.
const SEND: &[u8] = b"\"sendTransaction\"";

fn is_neither_success_nor_error(status: StatusCode) -> bool {
    !status.is_success() && !status.is_client_error() && !status.is_server_error()
}

/// A gateway without a node behind it answers 503 as well, but does not say when there will be one.
fn is_asking_to_wait(response: &Response) -> bool {
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => asked_for(response).is_some(),
        _ => false,
    }
}

fn asked_for(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// The connection was there, and ended before the answer did.
fn is_drop(error: &reqwest::Error) -> bool {
    !error.is_connect() && !error.is_timeout() && (error.is_request() || error.is_body())
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;
    use crate::causes::with_causes;

    fn answer(chunks: usize) -> Response {
        let chunks = stream::iter((0..chunks).map(|_| Ok::<_, std::io::Error>("1234567890")));
        http::Response::new(Body::wrap_stream(chunks)).into()
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_cut_off() {
        let text = limited(answer(10), 100).text().await.unwrap();
        assert_eq!(text, "1234567890".repeat(10));
        for chunks in [11, usize::MAX] {
            let error = limited(answer(chunks), 100).text().await.unwrap_err();
            let text = with_causes(&error);
            assert!(
                text.ends_with("the answer is longer than 100 bytes"),
                "{text}"
            );
        }
    }
}
