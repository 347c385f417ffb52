//! Webhooks: each event is delivered at least once and in order, signed, and to nobody whom the operator has not named.

mod ends;
mod failures;
mod program;

use std::collections::HashSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use generion_gateway::{
    events::EventFilter,
    sponsor::Signer,
    storage::{EventType, FeedRetention, Storage, TransactionState, Update, WebhookOutcome},
};
use generion_signer::{
    config::Mode,
    keys::WebhookKey,
    server::{Keys, Server},
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    found::{address, change, finding, new_order, signature, transaction},
    on_both_databases,
    receiver::{Delivering, Received, Receiver, begun, subscription, until},
};

/// The slots of events, in the order in which they came.
fn slots(received: &[Received]) -> Vec<String> {
    received.iter().map(Received::slot).collect()
}

fn texts(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers
        .into_iter()
        .map(|number| number.to_string())
        .collect()
}

/// A signer with a key for webhooks, which listens on a socket in a folder.
fn signer(folder: &TempDir) -> (Server, VerifyingKey) {
    let key = WebhookKey::create(&folder.path().join("webhook-key")).unwrap();
    let public = key.public_key();
    let public = BASE64_STANDARD.decode(public.strip_prefix("whpk_").unwrap());
    let public = VerifyingKey::from_bytes(&public.unwrap().try_into().unwrap()).unwrap();
    let keys = Keys {
        webhook: Some(key),
        ..Keys::default()
    };
    let users = HashSet::from([rustix::process::geteuid().as_raw()]);
    let socket = folder.path().join("signer.sock");
    (
        Server::bind(&socket, Mode(0o600), users, keys).unwrap(),
        public,
    )
}

/// Verifies the signature with ed25519 as the specification says.
fn verify_ed25519(message: &Received, key: &VerifyingKey) {
    let signatures = message.header("webhook-signature");
    let signature = signatures
        .split(' ')
        .find_map(|one| one.strip_prefix("v1a,"));
    let signature = BASE64_STANDARD.decode(signature.unwrap()).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    let (id, time) = (
        message.header("webhook-id"),
        message.header("webhook-timestamp"),
    );
    let signed = format!("{id}.{time}.{}", message.body);
    key.verify_strict(signed.as_bytes(), &signature).unwrap();
}

on_both_databases! {
    /// Events come in order, each with an id of its own and both signatures, which the specification's library and ed25519
    /// confirm; a filter leaves out what its receiver does not want, and a change that a fork took back is told as vanished.
    async fn events_come_in_order_and_signed(database: Database) {
        let (storage, mut writer) = database.open().await;
        let folder = tempfile::tempdir().unwrap();
        let (server, key) = signer(&folder);
        let signing = tokio::spawn(async move { server.run().await });
        let (all, some) = (Receiver::that_takes_all().await, Receiver::that_takes_all().await);
        let mut to_all = subscription("all", &all.url);
        to_all.is_signed_by_signer = true;
        let mut to_some = subscription("some", &some.url);
        to_some.filter = EventFilter {
            types: [EventType::PurchaseSettled].into(),
            ..EventFilter::default()
        };
        let socket = folder.path().join("signer.sock");
        let _delivering = Delivering::start(&storage, vec![to_all, to_some], Some(Signer::new(&socket)));
        begun(&storage, 2).await;
        writer.update(finding((1..=3).map(new_order).collect())).await.unwrap();
        let settled = change("Settled", &[("purchase", address(4)), ("buyer", address(5))], json!({}));
        writer.update(finding(vec![transaction(4, vec![settled])])).await.unwrap();
        let states = vec![(signature(4), TransactionState::Vanished)];
        writer.update(Update { states, ..Update::default() }).await.unwrap();
        let received = all.wait_for(5).await;
        assert_eq!(slots(&received), texts([1, 2, 3, 4, 4]));
        let ids: HashSet<_> = received.iter().map(|one| one.header("webhook-id")).collect();
        assert_eq!(ids.len(), 5);
        for message in &received {
            message.verify();
            verify_ed25519(message, &key);
            assert_eq!(message.header("content-type"), "application/json");
            let body = message.json();
            assert_eq!(message.header("webhook-id"), format!("event_{}", body["id"].as_str().unwrap()));
            assert!(!message.header("webhook-id").contains('.'));
        }
        let types: Vec<_> = some.wait_for(2).await.iter().map(|one| one.json()["type"].clone()).collect();
        assert_eq!(types, ["purchase.settled", "vanished"]);
        assert_eq!(all.received()[4].json()["vanished"], "purchase.settled");
        signing.abort();
    }

    /// A gateway that is started again goes on behind the last event that was delivered: none is lost and none comes twice.
    async fn a_restart_goes_on_at_the_durable_cursor(database: Database) {
        let (storage, mut writer) = database.open().await;
        let receiver = Receiver::that_takes_all().await;
        let delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding((1..=3).map(new_order).collect())).await.unwrap();
        until("three deliveries", async || storage.webhook_attempts("one", 10).await.unwrap().len() == 3).await;
        drop(delivering);
        writer.update(finding((4..=6).map(new_order).collect())).await.unwrap();
        let again = Storage::open(&database.url).await.unwrap();
        let _delivering = Delivering::to(&again, &receiver).await;
        receiver.wait_for(6).await;
        writer.update(finding(vec![new_order(7)])).await.unwrap();
        assert_eq!(slots(&receiver.wait_for(7).await), texts(1..=7));
        let attempts = storage.webhook_attempts("one", 10).await.unwrap();
        assert!(attempts.iter().all(|one| one.outcome == WebhookOutcome::Delivered && one.status == Some(204)));
    }

    /// Of two gateways that share a database one delivers, so that no event comes twice; when it ends, the other takes over where
    /// it was.
    async fn one_of_two_gateways_delivers(database: Database) {
        let (storage, mut writer) = database.open().await;
        let receiver = Receiver::that_takes_all().await;
        let first = Delivering::to(&storage, &receiver).await;
        let other = Storage::open(&database.url).await.unwrap();
        let _second = Delivering::to(&other, &receiver).await;
        writer.update(finding((1..=9).map(new_order).collect())).await.unwrap();
        until("nine deliveries", async || storage.webhook_attempts("one", 20).await.unwrap().len() == 9).await;
        drop(first);
        writer.update(finding((10..=12).map(new_order).collect())).await.unwrap();
        assert_eq!(slots(&receiver.wait_for(12).await), texts(1..=12));
    }

    /// A receiver that was away for longer than events are kept is told of the gap, and then gets those that are kept.
    async fn a_gap_is_told(database: Database) {
        let (storage, mut writer) = database.open().await;
        writer.keep_of_feed(FeedRetention { events: 2, ..FeedRetention::default() });
        let receiver = Receiver::that_takes_all().await;
        let delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(1)])).await.unwrap();
        until("a delivery", async || storage.webhook_attempts("one", 10).await.unwrap().len() == 1).await;
        drop(delivering);
        let cursor = storage.webhooks().await.unwrap()[0].cursor.clone();
        writer.update(finding((2..=6).map(new_order).collect())).await.unwrap();
        let delivering = Delivering::to(&storage, &receiver).await;
        let received = receiver.wait_for(4).await;
        let gap = received[1].json();
        received[1].verify();
        assert_eq!((&gap["type"], &gap["reason"]), (&json!("gap"), &json!("cursor_too_old")));
        assert_eq!(gap["missing_from"], cursor);
        assert_eq!(slots(&received[2..]), texts([5, 6]));
        // The gap is told once: the cursor is behind it.
        until("four attempts", async || storage.webhook_attempts("one", 10).await.unwrap().len() == 4).await;
        drop(delivering);
        let _delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(7)])).await.unwrap();
        assert_eq!(receiver.wait_for(5).await[4].slot(), "7");
    }
}
