//! Subscriptions that end, and go on.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use generion_gateway::storage::{Storage, WebhookEnd};
use prometheus_client::{encoding::text::encode, registry::Registry};
use tokio::sync::Notify;

use super::{slots, texts};
use crate::support::{
    found::{finding, new_order},
    on_both_databases,
    receiver::{Answer, Delivering, Receiver, WAITS, begun, subscription, until},
};

async fn end(storage: &Storage, name: &str) -> Option<WebhookEnd> {
    let states = storage.webhooks().await.unwrap();
    states.iter().find(|state| state.name == name).unwrap().end
}

/// A receiver that answers with a status that can be changed.
async fn receiver(status: &Arc<AtomicU16>) -> Receiver {
    let status = Arc::clone(status);
    Receiver::start(move |_| Answer::Status(status.load(Ordering::Relaxed))).await
}

fn metrics(delivering: &Delivering) -> String {
    let mut registry = Registry::default();
    delivering.metrics.register(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

on_both_databases! {
    /// A receiver that answers 410 gets nothing more, also after a restart, while others go on; the operator sees it, and has it go
    /// on at the event where it ended.
    async fn a_receiver_that_is_gone_gets_nothing_more(database: Database) {
        let (storage, mut writer) = database.open().await;
        let status = Arc::new(AtomicU16::new(410));
        let (gone, other) = (receiver(&status).await, Receiver::that_takes_all().await);
        let both = || vec![subscription("gone", &gone.url), subscription("other", &other.url)];
        let delivering = Delivering::start(&storage, both(), None);
        begun(&storage, 2).await;
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        until("the end", async || end(&storage, "gone").await == Some(WebhookEnd::Gone)).await;
        let text = metrics(&delivering);
        assert!(text.contains("webhook_ended{webhook=\"gone\"} 1"), "{text}");
        assert!(text.contains("webhook_attempts_total{webhook=\"gone\",outcome=\"status\"} 1"), "{text}");
        writer.update(finding(vec![new_order(2)])).await.unwrap();
        other.wait_for(2).await;
        drop(delivering);
        let _delivering = Delivering::start(&storage, both(), None);
        writer.update(finding(vec![new_order(3)])).await.unwrap();
        other.wait_for(3).await;
        assert_eq!(slots(&gone.received()), texts([1]));
        status.store(200, Ordering::Relaxed);
        assert!(storage.resume_webhook("gone").await.unwrap());
        let received = gone.wait_for(4).await;
        assert_eq!(slots(&received), texts([1, 1, 2, 3]));
        assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
        assert_eq!(end(&storage, "gone").await, None);
        assert!(!storage.resume_webhook("unknown").await.unwrap());
    }

    /// When all attempts at an event have failed, the subscription ends and loses nothing: it goes on at that event when the
    /// operator says so.
    async fn a_subscription_ends_when_all_attempts_have_failed(database: Database) {
        let (storage, mut writer) = database.open().await;
        let status = Arc::new(AtomicU16::new(500));
        let receiver = receiver(&status).await;
        let _delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(1), new_order(2)])).await.unwrap();
        until("the end", async || end(&storage, "one").await == Some(WebhookEnd::Exhausted)).await;
        assert_eq!(receiver.received().len(), WAITS.len() + 1);
        status.store(200, Ordering::Relaxed);
        assert!(storage.resume_webhook("one").await.unwrap());
        assert_eq!(slots(&receiver.wait_for(5).await), texts([1, 1, 1, 1, 2]));
    }
    /// While an attempt is under way that fails, the operator has the subscription go on: the attempt does not end it, and the
    /// next one comes at once.
    async fn an_attempt_under_way_takes_nothing_back(database: Database) {
        let (storage, mut writer) = database.open().await;
        let held = Arc::new(Notify::new());
        let until = Arc::clone(&held);
        let receiver = Receiver::start(move |number| match number {
            0 => Answer::Held(Arc::clone(&until), 410),
            _ => Answer::Status(200),
        })
        .await;
        let _delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        receiver.wait_for(1).await;
        assert!(storage.resume_webhook("one").await.unwrap());
        held.notify_one();
        assert_eq!(slots(&receiver.wait_for(2).await), texts([1, 1]));
        until_delivered(&storage).await;
        assert_eq!(end(&storage, "one").await, None);
        let attempts = storage.webhook_attempts("one", 10).await.unwrap();
        let statuses: Vec<_> = attempts.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [Some(200), Some(410)]);
    }

    /// What is kept of a subscription is forgotten, with its attempts; an attempt under way writes nothing of it.
    async fn a_forgotten_subscription_is_gone(database: Database) {
        let (storage, mut writer) = database.open().await;
        let receiver = Receiver::start(|_| Answer::Status(410)).await;
        let delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        until("the end", async || end(&storage, "one").await == Some(WebhookEnd::Gone)).await;
        drop(delivering);
        assert!(storage.forget_webhook("one").await.unwrap());
        assert!(!storage.forget_webhook("one").await.unwrap());
        assert!(storage.webhooks().await.unwrap().is_empty());
        assert!(storage.webhook_attempts("one", 10).await.unwrap().is_empty());
    }
}

/// Waits until the event was delivered, and written down.
async fn until_delivered(storage: &Storage) {
    until("two attempts", async || {
        storage.webhook_attempts("one", 10).await.unwrap().len() == 2
    })
    .await;
}
