//! Receivers that fail, and what must not be reached.

use std::io::ErrorKind;

use generion_gateway::{
    sponsor::Signer,
    storage::{Storage, WebhookOutcome},
    webhooks::{Reach, ReceiverUrl},
};

use super::{signer, slots, texts};
use crate::support::{
    Database,
    found::{finding, new_order},
    on_both_databases,
    receiver::{Answer, Delivering, Receiver, WAITS, begun, subscription, until},
};

/// Outcomes and statuses of the attempts of a subscription, the first one first.
async fn attempts(storage: &Storage) -> Vec<(WebhookOutcome, Option<u16>)> {
    let attempts = storage.webhook_attempts("one", 100).await.unwrap();
    let attempts = attempts.iter().rev();
    attempts.map(|one| (one.outcome, one.status)).collect()
}

on_both_databases! {
    /// A message that was not taken comes again by the schedule, with the same id and a signature of its own; the next one waits
    /// for it.
    async fn attempts_are_repeated_by_the_schedule(database: Database) {
        let (storage, mut writer) = database.open().await;
        let receiver = Receiver::start(|number| Answer::Status([500, 404, 200, 200][number])).await;
        let _delivering = Delivering::to(&storage, &receiver).await;
        writer.update(finding(vec![new_order(1), new_order(2)])).await.unwrap();
        let received = receiver.wait_for(4).await;
        assert_eq!(slots(&received), texts([1, 1, 1, 2]));
        let id = |number: usize| received[number].header("webhook-id");
        assert!(id(0) == id(1) && id(1) == id(2) && id(2) != id(3));
        for message in &received {
            message.verify();
        }
        for (number, wait) in WAITS.into_iter().enumerate() {
            assert!(received[number + 1].at - received[number].at >= wait, "{number}");
        }
        until("four attempts", async || attempts(&storage).await.len() == 4).await;
        let status = WebhookOutcome::Status;
        let delivered = (WebhookOutcome::Delivered, Some(200));
        assert_eq!(attempts(&storage).await, [(status, Some(500)), (status, Some(404)), delivered, delivered]);
        assert_eq!(storage.webhooks().await.unwrap()[0].failures, 0);
    }
}

/// A redirect is a failure, and nobody is told where it leads.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let elsewhere = Receiver::that_takes_all().await;
    let to = elsewhere.url.clone();
    let receiver = Receiver::start(move |number| match number {
        0 => Answer::Redirect(to.clone()),
        _ => Answer::Status(200),
    })
    .await;
    let _delivering = Delivering::to(&storage, &receiver).await;
    writer.update(finding(vec![new_order(1)])).await.unwrap();
    until("two attempts", async || attempts(&storage).await.len() == 2).await;
    assert_eq!(
        attempts(&storage).await,
        [
            (WebhookOutcome::Status, Some(307)),
            (WebhookOutcome::Delivered, Some(200))
        ]
    );
    assert!(elsewhere.received().is_empty());
}

/// A receiver that does not answer is cut off and tried again; one whose answer has no end has answered.
#[tokio::test]
async fn a_slow_receiver_is_cut_off() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let receiver = Receiver::start(|number| match number {
        0 => Answer::Silence,
        _ => Answer::Endless(200),
    })
    .await;
    let _delivering = Delivering::to(&storage, &receiver).await;
    writer
        .update(finding(vec![new_order(1), new_order(2)]))
        .await
        .unwrap();
    until("three attempts", async || {
        attempts(&storage).await.len() == 3
    })
    .await;
    let delivered = (WebhookOutcome::Delivered, Some(200));
    assert_eq!(
        attempts(&storage).await,
        [(WebhookOutcome::TooSlow, None), delivered, delivered]
    );
}

/// A name that leads to this machine is not connected to, unless the operator allows it; one that nobody listens at is
/// unreachable.
#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_not_connected_to() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("https://localhost:{port}/hook");
    let mut public = subscription("one", &url);
    public.url = ReceiverUrl::parse(&url, Reach::Public).unwrap();
    public.reach = Reach::Public;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/hook", free.local_addr().unwrap());
    drop(free);
    let _delivering =
        Delivering::start(&storage, vec![public, subscription("other", &nobody)], None);
    begun(&storage, 2).await;
    writer.update(finding(vec![new_order(1)])).await.unwrap();
    until("all attempts", async || {
        let states = storage.webhooks().await.unwrap();
        states.iter().all(|state| state.end.is_some())
    })
    .await;
    assert_eq!(
        attempts(&storage).await,
        [(WebhookOutcome::PrivateAddress, None); 3]
    );
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    let other = storage.webhook_attempts("other", 10).await.unwrap();
    assert!(
        other
            .iter()
            .all(|one| one.outcome == WebhookOutcome::Unreachable)
    );
}

/// While the signer is away nothing is sent, and no attempt counts: the receiver can do nothing about it.
#[tokio::test]
async fn a_signer_that_is_away_is_waited_for() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let (receiver, other) = (
        Receiver::that_takes_all().await,
        Receiver::that_takes_all().await,
    );
    let mut signed = subscription("one", &receiver.url);
    signed.is_signed_by_signer = true;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("signer.sock");
    let _delivering = Delivering::start(
        &storage,
        vec![signed, subscription("other", &other.url)],
        Some(Signer::new(&socket)),
    );
    begun(&storage, 2).await;
    writer.update(finding(vec![new_order(1)])).await.unwrap();
    other.wait_for(1).await;
    assert!(receiver.received().is_empty());
    let (server, key) = signer(&folder);
    let signing = tokio::spawn(async move { server.run().await });
    super::verify_ed25519(&receiver.wait_for(1).await[0], &key);
    until("the attempt", async || attempts(&storage).await.len() == 1).await;
    signing.abort();
}
