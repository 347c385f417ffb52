//! The operator's interface.

use generion_interface::store::{DocumentId, ErrorCode};

use crate::support::*;

/// `/health` names the build, for clients and for the operator, and `/ready` is the operator's alone.
#[tokio::test]
async fn health_names_the_build_and_readiness_is_for_the_operator() {
    let store = TestStore::start().await;
    let url = format!("http://{}/health", store.host);
    let for_clients = store.http.get(url).send().await.unwrap();
    for answer in [for_clients, admin(&store, "/health").await] {
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/json");
        let health: serde_json::Value = answer.json().await.unwrap();
        let expected = serde_json::json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "protocol_version": 1,
            "program_id": generion_interface::Addresses::default().program_id.to_string(),
        });
        assert_eq!(health, expected);
    }
    let answer = admin(&store, "/ready").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "ready\n");
    // Clients can't reach the operator's interface.
    for path in ["/ready", "/metrics"] {
        let url = format!("http://{}{path}", store.host);
        let answer = store.http.get(url).send().await.unwrap();
        assert_refused(answer, ErrorCode::UnknownPath).await;
    }
    let document = DocumentId::of(b"nobody's");
    assert_eq!(admin(&store, &document.path()).await.status(), 404);
}

#[tokio::test]
async fn requests_are_counted() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let content = content(100_000);
    let document = store.publish(&key, &content).await;
    for _ in 0..3 {
        assert!(store.get(document).await.bytes().await.unwrap() == content);
    }
    let missing = store.get(DocumentId::of(b"nobody's")).await;
    assert_refused(missing, ErrorCode::NotFound).await;

    let counted = [
        (
            r#"generion_store_answers_total{method="PUT",status="201"}"#,
            1.0,
        ),
        (
            r#"generion_store_answers_total{method="GET",status="200"}"#,
            3.0,
        ),
        (r#"generion_store_refusals_total{code="not_found"}"#, 1.0),
        (r#"generion_store_answer_seconds_count{method="GET"}"#, 4.0),
        ("generion_store_received_bytes_total", 100_000.0),
        ("generion_store_sent_bytes_total", 300_000.0),
        // The first download was read from the file.
        ("generion_store_downloads_from_memory_total", 2.0),
        ("generion_store_uploads_running", 0.0),
        ("generion_store_storage_errors_total", 0.0),
    ];
    for (name, expected) in counted {
        assert_eq!(metric(&store, name).await, expected, "{name}");
    }
    assert!(metric(&store, "generion_store_hashing_seconds_total").await > 0.0);
    assert!(metric(&store, "generion_store_signature_checks_seconds_total").await > 0.0);
    assert!(metric(&store, "generion_store_connections_open").await >= 1.0);
    let text = admin(&store, "/metrics").await.text().await.unwrap();
    assert!(!text.contains(&key.address().to_string()[..8]));
    assert!(!text.contains(&document.to_string()[..8]));
}

#[tokio::test]
async fn a_failure_of_the_storage_is_counted() {
    let store = TestStore::start().await;
    let document = store.publish(&Key::new(1), b"ciphertext").await;
    let metadata = store
        .storage
        .path()
        .join("documents")
        .join(document.to_string());
    std::fs::write(metadata, "{").unwrap();
    assert_refused(store.get(document).await, ErrorCode::Internal).await;
    let name = "generion_store_storage_errors_total";
    assert_eq!(metric(&store, name).await, 1.0);
}
