//! One subscription's way through the feed.

use std::time::Duration;

use generion_rpc::causes::with_causes;
use reqwest::Client;
use tokio::{
    sync::{Mutex, watch},
    time::{Instant, sleep},
};
use tracing::{error, info, warn};

use super::{
    message::{Message, unix_milliseconds},
    metrics::WebhookMetrics,
    options::WebhookOptions,
    receiver::{Answered, SignedMessage, send},
    subscription::WebhookSubscription,
};
use crate::{
    events::{Cursor, FeedWalk},
    sponsor::{Signer, SignerError},
    storage::{
        Storage, StorageError, WebhookAttempt, WebhookEnd, WebhookOutcome, WebhookState,
        WebhookWriter,
    },
};

/// The time after which a cursor is written that moves past events which the filter leaves out.
const WRITE_CURSOR_INTERVAL: Duration = Duration::from_secs(30);

/// The delivery of one subscription.
pub(super) struct Delivery<'a> {
    pub(super) subscription: &'a WebhookSubscription,
    pub(super) client: &'a Client,
    pub(super) storage: &'a Storage,
    pub(super) writer: &'a Mutex<WebhookWriter>,
    pub(super) signer: Option<&'a Signer>,
    pub(super) options: &'a WebhookOptions,
    pub(super) metrics: &'a WebhookMetrics,
    /// Told when there may be new events.
    pub(super) on_news: watch::Receiver<()>,
}

impl Delivery<'_> {
    /// Delivers for as long as the database goes along.
    pub(super) async fn run(mut self) -> StorageError {
        loop {
            if let Err(error) = self.follow().await {
                return error;
            }
        }
    }

    /// Delivers until the subscription has ended, or waits where it has.
    async fn follow(&mut self) -> Result<(), StorageError> {
        let state = self.state().await?;
        if state.end.is_some() {
            sleep(self.options.look_again).await;
            return Ok(());
        }
        // A cursor that can't be read is of a database that somebody has changed by hand: all events that are kept are sent.
        let cursor = state.cursor.parse().unwrap_or(Cursor::UNKNOWN);
        let filter = self.subscription.filter.clone();
        let mut walk = FeedWalk::begin(self.storage, Some(cursor), filter).await?;
        let mut written = (walk.position(), Instant::now());
        loop {
            if let Some(step) = walk.next().await? {
                let message = Message::of(&step);
                if !self.deliver(&message, walk.position()).await? {
                    return Ok(());
                }
                written = (walk.position(), Instant::now());
                continue;
            }
            let (cursor, at) = written;
            if cursor != walk.position() && at.elapsed() >= WRITE_CURSOR_INTERVAL {
                let mut state = self.state().await?;
                state.cursor = walk.position().to_string();
                self.writer.lock().await.write(&state, None).await?;
                written = (walk.position(), Instant::now());
            }
            // It fails where the process ends.
            let _ = self.on_news.changed().await;
        }
    }

    /// Tries until a message is delivered, which moves the cursor; `false`: the subscription has ended.
    async fn deliver(&self, message: &Message, cursor: Cursor) -> Result<bool, StorageError> {
        loop {
            let state = self.state().await?;
            if state.end.is_some() {
                return Ok(false);
            }
            let wait = u64::try_from(state.due_at - unix_milliseconds()).unwrap_or_default();
            if wait > 0 {
                // The operator may want the next attempt at once.
                sleep(Duration::from_millis(wait).min(self.options.look_again)).await;
                continue;
            }
            let attempted_at = unix_milliseconds();
            let signed = match self.sign(message, attempted_at / 1_000).await {
                Ok(signed) => signed,
                Err(error) => {
                    // The receiver can do nothing about it: the attempt does not count.
                    let error = with_causes(&error);
                    let webhook = state.name;
                    warn!(
                        webhook,
                        error, "a webhook can't be signed: it is tried again"
                    );
                    sleep(self.options.look_again).await;
                    continue;
                }
            };
            let answered = send(self.client, self.subscription, signed).await;
            let next = self.after(&state, &answered, cursor);
            let attempt = WebhookAttempt {
                attempted_at,
                message_id: message.id.clone(),
                outcome: answered.outcome,
                status: answered.status,
            };
            self.metrics.count(&next, &attempt);
            let is_written = self
                .writer
                .lock()
                .await
                .write(&next, Some(&attempt))
                .await?;
            match is_written {
                true => {
                    self.metrics.show(&next);
                    log(&state, &next, &attempt);
                }
                // A failure does not count: the next attempt comes at once.
                false => info!(
                    webhook = state.name,
                    outcome = attempt.outcome.name(),
                    "the operator had a webhook go on while it was delivered"
                ),
            }
            if answered.outcome == WebhookOutcome::Delivered {
                return Ok(true);
            }
        }
    }

    /// The state of the subscription in the database. It fails if another process may deliver by now.
    async fn state(&self) -> Result<WebhookState, StorageError> {
        let name = &self.subscription.name;
        let mut writer = self.writer.lock().await;
        let state = match writer.state(name).await? {
            Some(state) => state,
            None => {
                // It begins now.
                let walk = FeedWalk::begin(self.storage, None, Default::default()).await?;
                let begin = walk.position().to_string();
                writer.begin(name, &begin).await?
            }
        };
        self.metrics.show(&state);
        Ok(state)
    }

    /// Signs a message for an attempt.
    async fn sign<'m>(
        &self,
        message: &'m Message,
        unix_time: i64,
    ) -> Result<SignedMessage<'m>, SignerError> {
        let body = message.body.as_bytes();
        let secrets = self.subscription.secrets.iter();
        let mut signatures: Vec<_> = secrets
            .map(|secret| secret.sign(&message.id, unix_time, body))
            .collect();
        if let Some(signer) = self
            .signer
            .filter(|_| self.subscription.is_signed_by_signer)
        {
            signatures.push(signer.sign_webhook(&message.id, unix_time, body).await?);
        }
        Ok(SignedMessage {
            message,
            unix_time,
            signatures: signatures.join(" "),
        })
    }

    /// The state of the subscription after an attempt.
    fn after(&self, state: &WebhookState, answered: &Answered, cursor: Cursor) -> WebhookState {
        let now = unix_milliseconds();
        let ended = |end| WebhookState {
            end: Some(end),
            ended_at: Some(now),
            ..state.clone()
        };
        if answered.outcome == WebhookOutcome::Delivered {
            return WebhookState {
                cursor: cursor.to_string(),
                failures: 0,
                due_at: 0,
                ..state.clone()
            };
        }
        if answered.is_gone() {
            return ended(WebhookEnd::Gone);
        }
        let failures = state.failures.saturating_add(1);
        match self.options.schedule.wait(failures, answered.retry_after) {
            None => WebhookState {
                failures,
                ..ended(WebhookEnd::Exhausted)
            },
            Some(wait) => WebhookState {
                failures,
                due_at: now.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
                ..state.clone()
            },
        }
    }
}

/// Logs an attempt for the operator, without the receiver's address.
fn log(before: &WebhookState, after: &WebhookState, attempt: &WebhookAttempt) {
    let (webhook, failures) = (&after.name, after.failures);
    let (outcome, status) = (attempt.outcome.name(), attempt.status);
    match after.end {
        Some(end) => error!(
            webhook,
            outcome,
            status,
            reason = end.name(),
            "a webhook has ended: once its receiver is ready, run `generion-gateway webhooks resume NAME`"
        ),
        None if attempt.outcome != WebhookOutcome::Delivered => {
            let seconds = (after.due_at - attempt.attempted_at) / 1_000;
            warn!(
                webhook,
                outcome,
                status,
                failures,
                seconds,
                "a webhook was not delivered: it is tried again"
            );
        }
        None if before.failures > 0 => info!(webhook, "a webhook is delivered again"),
        None => {}
    }
}
