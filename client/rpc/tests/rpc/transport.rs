//! One node over HTTP: what is asked again, what is waited for, and what is not followed.

use std::time::{Duration, Instant};

use generion_fake_node::{FakeNode, Fault};
use generion_rpc::{
    node::{Node, NodeError, NodeErrorKind},
    url::{NodeUrl, PlainHttp},
};
use solana_commitment_config::CommitmentConfig;
use solana_signature::Signature;
use solana_transaction::Transaction;
use tokio::net::TcpListener;

use crate::{GENESIS, at, local, start, told};

/// A node that does this wrong, for so many requests.
async fn faulty(fault: Fault, faults: Option<usize>) -> FakeNode {
    let node = start([at(1, b"")]).await;
    node.behaviour().fault = fault;
    node.behaviour().faults_left = faults;
    node
}

async fn genesis_error(node: &FakeNode) -> NodeError {
    let error = local(node).genesis().await.unwrap_err();
    told(&error);
    error
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_as_long_as_the_node_asks() {
    for head in [
        "429 Too Many Requests\r\nretry-after: 1",
        "503 Service Unavailable\r\nretry-after: 1",
    ] {
        let node = faulty(Fault::Http(head, ""), Some(1)).await;
        let started = Instant::now();
        assert_eq!(local(&node).genesis().await, Ok(GENESIS));
        assert!(started.elapsed() >= Duration::from_secs(1));
        assert_eq!(node.asked("getGenesisHash").len(), 2);
    }
}

#[tokio::test]
async fn a_node_that_asks_to_wait_too_long_is_reported() {
    let node = faulty(
        Fault::Http("429 Too Many Requests\r\nretry-after: 3600", ""),
        None,
    )
    .await;
    let error = genesis_error(&node).await;
    assert!(error.reason().contains("asks to wait 3600 s"), "{error}");
    assert_eq!(node.asked("getGenesisHash").len(), 1);
}

/// No clock of this machine reaches so far.
#[tokio::test]
async fn a_node_that_asks_to_wait_for_ever_is_reported() {
    let head = "429 Too Many Requests\r\nretry-after: 18446744073709551615";
    let node = faulty(Fault::Http(head, ""), None).await;
    let error = genesis_error(&node).await;
    let expected = "asks to wait 18446744073709551615 s";
    assert!(error.reason().contains(expected), "{error}");
}

#[tokio::test]
async fn a_request_whose_connection_was_dropped_is_made_again() {
    let node = faulty(Fault::Drops, Some(3)).await;
    assert_eq!(local(&node).genesis().await, Ok(GENESIS));
    assert_eq!(node.asked("getGenesisHash").len(), 4);

    let node = faulty(Fault::Drops, None).await;
    assert_eq!(
        genesis_error(&node).await.kind(),
        NodeErrorKind::Unreachable
    );
}

/// Whether it was taken, only the ledger can tell.
#[tokio::test]
async fn a_transaction_is_not_sent_again_blindly() {
    let node = faulty(Fault::Drops, Some(1)).await;
    let transaction = Transaction {
        signatures: vec![Signature::from([3; 64])],
        ..Transaction::default()
    };
    let one = local(&node);
    let error = one.rpc().send_transaction(&transaction).await.unwrap_err();
    assert_eq!(
        told(&one.error(error))
            .matches("the node at http://127.0.0.1:")
            .count(),
        1
    );
    assert_eq!(node.asked("sendTransaction").len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = start([at(1, b"")]).await;
    for status in ["301", "302", "303", "307", "308"] {
        let head = format!(
            "{status} Elsewhere\r\nlocation: http://{}/",
            elsewhere.address
        );
        let node = faulty(Fault::Http(head.leak(), ""), None).await;
        let error = genesis_error(&node).await;
        assert!(
            error.reason().contains(&format!("HTTP {status}")),
            "{error}"
        );
    }
    assert!(elsewhere.methods().is_empty());
}

/// The library below panics where a status is neither a success nor an error.
#[tokio::test]
async fn no_status_ends_the_program() {
    for status in ["204", "300", "304", "400", "404", "599", "600", "999"] {
        let head = format!("{status} Odd");
        let node = faulty(Fault::Http(head.leak(), ""), None).await;
        let error = genesis_error(&node).await;
        let is_known = error.reason().contains(status) || error.kind() == NodeErrorKind::Nonsense;
        assert!(is_known, "{error}");
    }
}

#[tokio::test]
async fn a_node_that_is_not_there_is_reported_at_once() {
    // A port that nobody listens at: taken and given back.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/SECRET", free.local_addr().unwrap());
    drop(free);
    let url = NodeUrl::parse(&url, PlainHttp::default()).unwrap();
    let node = Node::new(url, CommitmentConfig::confirmed());
    let error = node.genesis().await.unwrap_err();
    assert_eq!(error.kind(), NodeErrorKind::Unreachable);
    assert!(told(&error).contains("onnection refused"), "{error}");
}
