//! The common parts of all requests to document stores.

use std::{error::Error, fmt, time::Duration};

use generion_rpc::url::redacted_urls;
use reqwest::{Client, ClientBuilder, redirect};

pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that go between a file and the network at a time: the switch to a thread that may block costs nothing then.
pub(super) const FILE_BYTES: usize = 256 * 1024;
/// Bytes per second below which a transfer is given up.
pub(super) const SLOWEST_TRANSFER: u64 = 32 << 10;

/// The settings that every HTTP client of this library begins with: its name, time limits, and no redirects. Add headers,
/// a proxy or certificates of your own, and give the result to [`StoreClient::with_client`](super::StoreClient::with_client).
pub fn http_client() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("generion/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
}

/// The error of an HTTP request, without the request's address: the error around it names the address without its secrets.
///
/// The text is that of the innermost cause. The HTTP library's outer causes only say that something failed.
#[derive(Debug)]
pub struct HttpError(reqwest::Error);

impl HttpError {
    /// Whether no connection was made.
    pub fn is_connect(&self) -> bool {
        self.0.is_connect()
    }

    /// Whether a time limit ran out.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout()
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self(error.without_url())
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cause: &dyn Error = &self.0;
        while let Some(source) = cause.source() {
            cause = source;
        }
        f.write_str(&redacted_urls(&cause.to_string()))
    }
}

impl Error for HttpError {}

#[cfg(test)]
mod tests {
    use generion_rpc::causes::with_causes;

    use super::*;
    use crate::{
        error::ClientError,
        store::error::{FetchError, RequestError, StoreError},
    };

    const SECRETS: [&str; 4] = ["of-a-user", "hush", "token", "documents"];

    /// Nobody listens on port 1, and the second address is none that a request is made for.
    async fn errors() -> [reqwest::Error; 2] {
        let client = http_client().no_proxy().build().unwrap();
        let refused = client
            .get("http://of-a-user:hush@127.0.0.1:1/documents?token=hush")
            .send();
        let unusable = client.get("http://of-a-user:hush@[::1/documents?token=hush");
        [refused.await.unwrap_err(), unusable.build().unwrap_err()]
    }

    /// Everything that can be shown of a request's error: its text, its causes and its debug output.
    #[tokio::test]
    async fn errors_of_requests_hold_no_secrets_of_addresses() {
        for error in errors().await {
            assert!(error.source().is_some());
        }
        let url: url::Url = "https://of-a-user:hush@store.example/documents?token=hush"
            .parse()
            .unwrap();
        for place in 0..2 {
            let error = || async { errors().await.into_iter().nth(place).unwrap().into() };
            let unreachable = RequestError::Unreachable {
                url: url.clone(),
                source: error().await,
            };
            let interrupted = FetchError::Interrupted {
                url: url.clone(),
                source: error().await,
            };
            let failures = [
                ClientError::from(StoreError::from(RequestError::Client(error().await))),
                ClientError::from(StoreError::from(unreachable)),
                ClientError::Fetch {
                    record: [1; 32].into(),
                    source: Box::new(FetchError::All(vec![interrupted])),
                },
            ];
            for failure in failures {
                let text = with_causes(&failure);
                for secret in SECRETS {
                    assert!(!text.contains(secret), "{text}");
                }
            }
            let error: HttpError = error().await;
            for secret in SECRETS {
                assert!(!format!("{error:?}").contains(secret), "{error:?}");
            }
        }
    }
}
