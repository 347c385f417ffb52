//! One attempt at a receiver.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect,
};

use super::{
    message::Message,
    reach::{PrivateAddress, PublicAddresses},
    subscription::{Reach, WebhookSubscription},
};
use crate::storage::WebhookOutcome;

/// The sender's name for receivers.
const USER_AGENT: &str = concat!("generion-gateway/", env!("CARGO_PKG_VERSION"));

/// A message with its signatures, for one attempt.
pub(super) struct SignedMessage<'a> {
    pub(super) message: &'a Message,
    /// When the attempt is made, in seconds since the Unix epoch.
    pub(super) unix_time: i64,
    /// With spaces between them.
    pub(super) signatures: String,
}

/// The answer of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) outcome: WebhookOutcome,
    pub(super) status: Option<u16>,
    /// The time that it asks to wait.
    pub(super) retry_after: Option<Duration>,
}

impl Answered {
    const fn nothing(outcome: WebhookOutcome) -> Self {
        Self {
            outcome,
            status: None,
            retry_after: None,
        }
    }

    /// Whether the receiver wants nothing more.
    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(StatusCode::GONE.as_u16())
    }
}

/// The HTTP client of a subscription. It follows no redirect, uses no proxy, which would resolve names itself, and gives up
/// after `timeout`.
pub(super) fn client(reach: Reach, timeout: Duration) -> reqwest::Result<Client> {
    let client = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(timeout);
    match reach {
        Reach::Public => client
            .https_only(true)
            .dns_resolver(Arc::new(PublicAddresses)),
        Reach::Private => client,
    }
    .build()
}

/// Makes one attempt. The body of the answer is not read.
pub(super) async fn send(
    client: &Client,
    subscription: &WebhookSubscription,
    signed: SignedMessage<'_>,
) -> Answered {
    let sent = client
        .post(subscription.url.expose().clone())
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &signed.message.id)
        .header("webhook-timestamp", signed.unix_time)
        .header("webhook-signature", signed.signatures)
        .body(signed.message.body.clone())
        .send()
        .await;
    match sent {
        Ok(answer) => Answered {
            outcome: match answer.status().is_success() {
                true => WebhookOutcome::Delivered,
                false => WebhookOutcome::Status,
            },
            status: Some(answer.status().as_u16()),
            retry_after: retry_after(answer.headers()),
        },
        Err(error) if PrivateAddress::caused(&error) => {
            Answered::nothing(WebhookOutcome::PrivateAddress)
        }
        Err(error) if error.is_timeout() => Answered::nothing(WebhookOutcome::TooSlow),
        Err(_) => Answered::nothing(WebhookOutcome::Unreachable),
    }
}

/// The seconds that a receiver asks to wait; dates are not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
