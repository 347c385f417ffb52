//! Delivers to all subscriptions.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use generion_rpc::causes::with_causes;
use reqwest::Client;
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};
use tracing::{info, warn};

use super::{
    delivery::Delivery, metrics::WebhookMetrics, options::WebhookOptions, receiver::client,
    subscription::WebhookSubscription,
};
use crate::{
    sponsor::Signer,
    storage::{Storage, StorageError, WebhookWriter},
};

/// The time after which a process asks whether it may deliver, after another one did or the database has failed.
const TAKE_OVER_INTERVAL: Duration = Duration::from_secs(1);

/// Why webhooks can't be delivered at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhooksError {
    /// A subscription wants a signature of a signer, and there is none.
    #[error("the webhook {name} has `ed25519 = true`: set `socket` under `[signer]`")]
    NoSigner {
        /// The subscription.
        name: String,
    },
    /// There is no HTTP client to speak to receivers with.
    #[error("no HTTP client can be made")]
    Client(#[from] reqwest::Error),
}

/// Delivers to all subscriptions, each in the order of the feed.
pub struct Webhooks {
    storage: Storage,
    subscriptions: Vec<(WebhookSubscription, Client)>,
    signer: Option<Signer>,
    options: WebhookOptions,
    metrics: WebhookMetrics,
}

impl Webhooks {
    /// The delivery of all webhooks, before it starts.
    ///
    /// # Errors
    /// [`WebhooksError`].
    pub fn new(
        storage: Storage,
        subscriptions: Vec<WebhookSubscription>,
        signer: Option<Signer>,
        options: WebhookOptions,
        metrics: WebhookMetrics,
    ) -> Result<Self, WebhooksError> {
        let mut unsigned = subscriptions.iter();
        if let Some(one) = unsigned.find(|one| one.is_signed_by_signer && signer.is_none()) {
            let name = one.name.clone();
            return Err(WebhooksError::NoSigner { name });
        }
        let subscriptions = subscriptions.into_iter().map(|subscription| {
            let client = client(subscription.reach, options.timeout)?;
            Ok((subscription, client))
        });
        Ok(Self {
            storage,
            subscriptions: subscriptions.collect::<reqwest::Result<_>>()?,
            signer,
            options,
            metrics,
        })
    }

    /// Delivers until it is dropped, where no other process does; otherwise it waits, and takes over.
    pub async fn run(&self) {
        loop {
            match self.storage.webhook_writer().await {
                Ok(writer) => {
                    info!("this process delivers the webhooks");
                    let error = self.deliver(writer).await;
                    let error = with_causes(&error);
                    warn!(error, "webhooks are not delivered: it is tried again");
                }
                Err(StorageError::OtherWriter { .. }) => {}
                Err(error) => {
                    let error = with_causes(&error);
                    warn!(error, "webhooks are not delivered: it is tried again");
                }
            }
            sleep(TAKE_OVER_INTERVAL).await;
        }
    }

    /// Delivers until the database fails.
    async fn deliver(&self, writer: WebhookWriter) -> StorageError {
        let writer = Mutex::new(writer);
        let (news, on_news) = watch::channel(());
        let mut wake_up = self.storage.wake_up();
        let waking = async {
            loop {
                wake_up.wait().await;
                news.send_replace(());
            }
        };
        let deliveries = self.subscriptions.iter().map(|(subscription, client)| {
            let delivery = Delivery {
                subscription,
                client,
                storage: &self.storage,
                writer: &writer,
                signer: self.signer.as_ref(),
                options: &self.options,
                metrics: &self.metrics,
                on_news: on_news.clone(),
            };
            delivery.run()
        });
        let mut deliveries: FuturesUnordered<_> = deliveries.collect();
        let failed = async {
            match deliveries.next().await {
                Some(error) => error,
                // There is no subscription.
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = waking => unreachable!("it waits again and again"),
            error = failed => error,
        }
    }
}
