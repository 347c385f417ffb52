//! Lists of a REST gateway, which name addresses to read. Only the addresses are taken from the gateway; the accounts are read
//! from the nodes ([`Ledger::page_through`](crate::Ledger::page_through)).

use std::time::Duration;

use generion_rpc::{text::quoted, url::NodeUrl};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use solana_address::Address;

use crate::store::http_client;

/// The longest time for a page.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Most bytes of a page that are read: 200 accounts of the largest kind, with their fields beside their data, are less.
const MAX_PAGE_BYTES: usize = 16 << 20;
/// Most bytes of a refusal that are read.
const MAX_REFUSAL_BYTES: usize = 64 << 10;

/// A REST gateway. It learns the searches, and nothing that it answers is believed.
#[derive(Clone, Debug)]
pub struct Gateway {
    url: NodeUrl,
    http: reqwest::Client,
}

/// Why a gateway named no addresses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// TLS can't be set up on this machine.
    #[error("can't set up an HTTP client")]
    Client(#[source] reqwest::Error),
    /// No answer, or one that broke off.
    #[error("can't reach the gateway {gateway}")]
    Unreachable {
        /// The gateway.
        gateway: String,
        /// The error of the connection.
        source: reqwest::Error,
    },
    /// The gateway refuses the request.
    #[error("the gateway {gateway} answers {status}: {detail}")]
    Refused {
        /// The gateway.
        gateway: String,
        /// The HTTP status.
        status: u16,
        /// The gateway's message, as text in quotation marks.
        detail: String,
    },
    /// The answer is too long, or not a page.
    #[error("the gateway {gateway} answers with something else than a page: {reason}")]
    Unreadable {
        /// The gateway.
        gateway: String,
        /// The reason why the answer is refused.
        reason: String,
    },
}

/// Addresses of a page, and where the next one begins.
pub(crate) struct NamedPage {
    pub addresses: Vec<Address>,
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct PageBody {
    items: Vec<Item>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    address: String,
}

#[derive(Deserialize)]
struct ProblemBody {
    detail: String,
}

impl Gateway {
    /// The gateway at a URL, which `/v1` follows.
    ///
    /// # Errors
    /// [`GatewayError::Client`].
    pub fn new(url: NodeUrl) -> Result<Self, GatewayError> {
        let http = http_client().timeout(TIMEOUT).build();
        Ok(Self::with_client(url, http.map_err(GatewayError::Client)?))
    }

    /// As [`Self::new`], over an HTTP client of the caller's own, made by [`http_client`].
    pub const fn with_client(url: NodeUrl, http: reqwest::Client) -> Self {
        Self { url, http }
    }

    /// The gateway's URL, without its secrets.
    pub fn shown(&self) -> String {
        self.url.to_string()
    }

    /// The addresses of a page of a list.
    pub(crate) async fn page(
        &self,
        list: &str,
        query: &[(&str, String)],
    ) -> Result<NamedPage, GatewayError> {
        let base = self.url.expose_full().trim_end_matches('/');
        let request = self.http.get(format!("{base}/v1/{list}")).query(query);
        let answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(error))?;
        let status = answer.status();
        if status != StatusCode::OK {
            let body = self.body(answer, MAX_REFUSAL_BYTES).await?;
            let problem = serde_json::from_slice::<ProblemBody>(&body);
            return Err(GatewayError::Refused {
                gateway: self.shown(),
                status: status.as_u16(),
                detail: problem.map_or_else(
                    |_| "it does not say why".to_owned(),
                    |problem| quoted(&problem.detail),
                ),
            });
        }
        let body = self.body(answer, MAX_PAGE_BYTES).await?;
        let page: PageBody =
            serde_json::from_slice(&body).map_err(|error| self.unreadable(error.to_string()))?;
        let parse = |item: Item| {
            let address = item.address.parse();
            address.map_err(|_| self.unreadable(format!("{} is no address", quoted(&item.address))))
        };
        let addresses: Result<Vec<_>, _> = page.items.into_iter().map(parse).collect();
        Ok(NamedPage {
            addresses: addresses?,
            next: page.next,
        })
    }

    async fn body(&self, mut answer: Response, limit: usize) -> Result<Vec<u8>, GatewayError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(self.unreadable(format!("it is longer than {limit} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unreachable(&self, source: reqwest::Error) -> GatewayError {
        GatewayError::Unreachable {
            gateway: self.shown(),
            // Its URL may hold a key.
            source: source.without_url(),
        }
    }

    fn unreadable(&self, reason: String) -> GatewayError {
        GatewayError::Unreadable {
            gateway: self.shown(),
            reason,
        }
    }
}
