//! Who may upload, and how much.

use generion_interface::store::{DocumentId, ErrorCode, Operation};
use generion_store::{Limits, Quota, Uploaders};

use crate::support::*;

on_every_storage! {
    documents_are_counted_also_over_a_restart,
    bytes_are_counted_also_over_a_restart,
    uploads_at_the_same_time_do_not_exceed_the_quota_together,
}

async fn store_with(place: Place, quota: Quota) -> TestStore {
    let settings = Settings {
        quota,
        ..Settings::default()
    };
    TestStore::with(place, settings).await
}

async fn put(store: &TestStore, key: &Key, content: &[u8]) -> reqwest::Response {
    let signed = store.upload(key, DocumentId::of(content));
    store.put(&signed, content.to_vec()).await
}

#[tokio::test]
async fn only_listed_wallets_upload_and_the_list_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("allowlist.txt");
    let (listed, late, authority) = (Key::new(1), Key::new(2), Key::new(3));
    std::fs::write(&list, format!("{} # a clinic\n", listed.address())).unwrap();
    let settings = Settings {
        uploaders: Uploaders::Listed(list.clone()),
        ..Settings::default()
    };
    let store = TestStore::with(Place::folder(), settings).await;

    let document = DocumentId::of(b"ciphertext");
    let request = store.request(Operation::Upload, document, authority.address());
    let answer = store.put(&listed.sign(request), "ciphertext").await;
    assert_eq!(answer.status(), 201);
    let nonces = files(&store.place.path(), "nonces").len();
    let refused = store.upload(&late, DocumentId::of(b"other"));
    let message = assert_refused(
        store.put(&refused, "other").await,
        ErrorCode::UploaderNotAllowed,
    )
    .await;
    assert!(message.contains(&late.address().to_string()), "{message}");
    // Strangers leave nothing behind, and learn nothing about what is there.
    let there = store
        .put(&store.upload(&late, document), "ciphertext")
        .await;
    assert_refused(there, ErrorCode::UploaderNotAllowed).await;
    assert_eq!(files(&store.place.path(), "nonces").len(), nonces);

    std::fs::write(&list, format!("{}\n", late.address())).unwrap();
    assert_eq!(store.reloader.reload().unwrap(), Some(1));
    assert_eq!(store.put(&refused, "other").await.status(), 201);
    let answer = put(&store, &listed, b"more").await;
    assert_refused(answer, ErrorCode::UploaderNotAllowed).await;
    // The right to erase does not depend on any list.
    let deletion = store.deletion(&authority, document);
    assert_eq!(store.delete(&deletion).await.status(), 204);
}

async fn documents_are_counted_also_over_a_restart(place: Place) {
    let quota = Quota {
        documents: Some(2),
        bytes: None,
    };
    let store = store_with(place, quota).await;
    let (key, other) = (Key::new(1), Key::new(2));
    let first = store.publish(&key, b"first").await;
    store.publish(&key, b"second").await;
    let answer = put(&store, &key, b"third").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    // What is there already is no new document, and others have quotas of their own.
    assert_eq!(put(&store, &key, b"first").await.status(), 200);
    store.publish(&other, b"another's").await;

    let store = store.restart().await;
    let answer = put(&store, &key, b"third").await;
    let message = assert_refused(answer, ErrorCode::QuotaExceeded).await;
    assert!(message.contains("2 documents"), "{message}");
    let deletion = store.deletion(&key, first);
    assert_eq!(store.delete(&deletion).await.status(), 204);
    store.publish(&key, b"third").await;
    let answer = put(&store, &key, b"fourth").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    assert!(files(&store.place.path(), "pending").is_empty());
}

async fn bytes_are_counted_also_over_a_restart(place: Place) {
    let quota = Quota {
        documents: None,
        bytes: Some(1000),
    };
    let store = store_with(place, quota).await;
    let key = Key::new(1);
    store.publish(&key, &content(600)).await;
    let large = content(401);
    let answer = put(&store, &key, &large).await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    let store = store.restart().await;
    // As declared, and as it turns out.
    let answer = put(&store, &key, &large).await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    let (pieces, body) = piecewise();
    pieces.unbounded_send(Ok(large[..400].to_vec())).unwrap();
    pieces.unbounded_send(Ok(large[400..].to_vec())).unwrap();
    drop(pieces);
    let signed = store.upload(&key, DocumentId::of(&large));
    let message = assert_refused(store.put(&signed, body).await, ErrorCode::QuotaExceeded).await;
    assert!(message.contains("1000 bytes"), "{message}");
    assert_eq!(files(&store.place.path(), "blobs").len(), 1);
    // What was refused is not counted.
    store.publish(&key, &content(400)).await;
}

async fn uploads_at_the_same_time_do_not_exceed_the_quota_together(place: Place) {
    let quota = Quota {
        documents: Some(1),
        bytes: None,
    };
    let store = store_with(place, quota).await;
    let key = Key::new(1);
    let document = DocumentId::of(b"ciphertext");
    let (pieces, body) = piecewise();
    let signed = store.upload(&key, document);
    let request = with_headers(store.http.put(store.url(document)), &signed);
    let first = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    store.until_pending(1).await;
    let answer = put(&store, &key, b"another").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    // The first breaks off, and what it had set aside is free again.
    pieces
        .unbounded_send(Err(std::io::Error::other("the test hangs up")))
        .unwrap();
    assert!(first.await.unwrap().is_err());
    store.until_pending(0).await;
    store.publish(&key, b"another").await;
}

#[tokio::test]
async fn one_uploader_does_not_take_all_places() {
    let store = TestStore::with_limits(Limits {
        max_uploads_per_uploader: 1,
        ..Limits::default()
    })
    .await;
    let key = Key::new(1);
    let document = DocumentId::of(b"ciphertext");
    let (pieces, body) = piecewise();
    let signed = store.upload(&key, document);
    let request = with_headers(store.http.put(store.url(document)), &signed);
    let first = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    store.until_pending(1).await;
    assert_refused(put(&store, &key, b"another").await, ErrorCode::Busy).await;
    store.publish(&Key::new(2), b"another's").await;
    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(first.await.unwrap().unwrap().status(), 201);
    store.publish(&key, b"another").await;
}
