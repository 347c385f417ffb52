//! The allowlist and quotas.

use generion_interface::store::{DocumentId, ErrorCode, Operation};
use generion_store::{Limits, Quota, Uploaders};

use crate::support::*;

on_every_storage! {
    documents_are_counted_across_restarts,
    bytes_are_counted_across_restarts,
    concurrent_uploads_do_not_exceed_the_quota_together,
    a_concurrent_deletion_lets_no_upload_exceed_the_quota,
    a_concurrent_failure_lets_no_upload_exceed_the_quota,
}

async fn store_with(storage: TestStorage, quota: Quota) -> TestStore {
    let settings = Settings {
        quota,
        ..Settings::default()
    };
    TestStore::with(storage, settings).await
}

async fn put(store: &TestStore, key: &Key, content: &[u8]) -> reqwest::Response {
    let signed = store.upload(key, DocumentId::of(content));
    store.put(&signed, content.to_vec()).await
}

#[tokio::test]
async fn only_listed_wallets_upload_and_the_list_can_be_reloaded() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("allowlist.txt");
    let (listed, late, authority) = (Key::new(1), Key::new(2), Key::new(3));
    std::fs::write(&list, format!("{} # a clinic\n", listed.address())).unwrap();
    let settings = Settings {
        uploaders: Uploaders::Listed(list.clone()),
        ..Settings::default()
    };
    let store = TestStore::with(TestStorage::folder(), settings).await;

    let document = DocumentId::of(b"ciphertext");
    let request = store.request(Operation::Upload, document, authority.address());
    let answer = store.put(&listed.sign(request), "ciphertext").await;
    assert_eq!(answer.status(), 201);
    let nonces = files(&store.storage.path(), "nonces").len();
    let refused = store.upload(&late, DocumentId::of(b"other"));
    let message = assert_refused(
        store.put(&refused, "other").await,
        ErrorCode::UploaderNotAllowed,
    )
    .await;
    assert!(message.contains(&late.address().to_string()), "{message}");
    // Requests of strangers store nothing, and their answers don't show which documents exist.
    let there = store
        .put(&store.upload(&late, document), "ciphertext")
        .await;
    assert_refused(there, ErrorCode::UploaderNotAllowed).await;
    assert_eq!(files(&store.storage.path(), "nonces").len(), nonces);

    std::fs::write(&list, format!("{}\n", late.address())).unwrap();
    assert_eq!(store.reloader.reload().unwrap(), Some(1));
    assert_eq!(store.put(&refused, "other").await.status(), 201);
    let answer = put(&store, &listed, b"more").await;
    assert_refused(answer, ErrorCode::UploaderNotAllowed).await;
    // The erase authority needs no entry on the list.
    let deletion = store.deletion(&authority, document);
    assert_eq!(store.delete(&deletion).await.status(), 204);
}

async fn documents_are_counted_across_restarts(storage: TestStorage) {
    let quota = Quota {
        documents: Some(2),
        bytes: None,
    };
    let store = store_with(storage, quota).await;
    let (key, other) = (Key::new(1), Key::new(2));
    let first = store.publish(&key, b"first").await;
    store.publish(&key, b"second").await;
    let answer = put(&store, &key, b"third").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    // An existing document is not new, and other uploaders have their own quotas.
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
    assert!(files(&store.storage.path(), "pending").is_empty());
}

async fn bytes_are_counted_across_restarts(storage: TestStorage) {
    let quota = Quota {
        documents: None,
        bytes: Some(1000),
    };
    let store = store_with(storage, quota).await;
    let key = Key::new(1);
    store.publish(&key, &content(600)).await;
    let large = content(401);
    let answer = put(&store, &key, &large).await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    let store = store.restart().await;
    // By the declared length, and by the actual length.
    let answer = put(&store, &key, &large).await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    let (pieces, body) = piecewise();
    pieces.unbounded_send(Ok(large[..400].to_vec())).unwrap();
    pieces.unbounded_send(Ok(large[400..].to_vec())).unwrap();
    drop(pieces);
    let signed = store.upload(&key, DocumentId::of(&large));
    let message = assert_refused(store.put(&signed, body).await, ErrorCode::QuotaExceeded).await;
    assert!(message.contains("1000 bytes"), "{message}");
    assert_eq!(files(&store.storage.path(), "blobs").len(), 1);
    // Refused uploads don't count.
    store.publish(&key, &content(400)).await;
}

async fn concurrent_uploads_do_not_exceed_the_quota_together(storage: TestStorage) {
    let quota = Quota {
        documents: Some(1),
        bytes: None,
    };
    let store = store_with(storage, quota).await;
    let key = Key::new(1);
    let first = store.upload_in_part(&key, b"ciphertext", 6).await;
    let answer = put(&store, &key, b"another").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    // The first upload breaks off, which ends its reservation.
    first.break_off().await;
    store.until_pending(0).await;
    store.publish(&key, b"another").await;
}

#[tokio::test]
async fn one_uploader_can_t_use_all_uploads() {
    let store = TestStore::with_limits(Limits {
        max_uploads_per_uploader: 1,
        ..Limits::default()
    })
    .await;
    let key = Key::new(1);
    let first = store.upload_in_part(&key, b"ciphertext", 6).await;
    assert_refused(put(&store, &key, b"another").await, ErrorCode::Busy).await;
    store.publish(&Key::new(2), b"another's").await;
    assert_eq!(first.finish().await.status(), 201);
    store.publish(&key, b"another").await;
}

async fn a_concurrent_deletion_lets_no_upload_exceed_the_quota(storage: TestStorage) {
    const MAX: u64 = 100_000;
    let quota = Quota {
        documents: None,
        bytes: Some(MAX),
    };
    let store = store_with(storage, quota).await;
    let key = Key::new(1);
    store.publish(&key, &content(60_000)).await;
    let deleted = store.publish(&key, &content(10)).await;
    let mut uploads = Vec::new();
    for length in [40_001, 40_002, 40_003] {
        uploads.push(store.upload_in_part(&key, &content(length), 1).await);
    }
    let deletion = store.deletion(&key, deleted);
    assert_eq!(store.delete(&deletion).await.status(), 204);
    for upload in uploads {
        assert_refused(upload.finish().await, ErrorCode::QuotaExceeded).await;
    }
    store.publish(&key, &content(40_000)).await;
    let answer = put(&store, &key, b"1").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    assert!(files(&store.storage.path(), "pending").is_empty());
}

/// After an upload whose metadata can't be written, the usage is unknown.
async fn a_concurrent_failure_lets_no_upload_exceed_the_quota(storage: TestStorage) {
    let quota = Quota {
        documents: Some(2),
        bytes: Some(1000),
    };
    let store = store_with(storage, quota).await;
    let key = Key::new(1);
    store.publish(&key, &content(600)).await;
    let large = content(401);
    let upload = store.upload_in_part(&key, &large, 1).await;
    // A folder in the place of the metadata.
    let other = content(7);
    let in_the_way = store
        .storage
        .path()
        .join("documents")
        .join(DocumentId::of(&other).to_string());
    std::fs::create_dir_all(in_the_way.join("x")).unwrap();
    let failed = put(&store, &key, &other).await;
    assert_refused(failed, ErrorCode::Internal).await;
    assert_refused(upload.finish().await, ErrorCode::QuotaExceeded).await;
}

/// The store lists the documents of an uploader once, and not again for each deletion, because a listing takes longer
/// the more documents there are.
#[tokio::test]
async fn a_deletion_causes_no_listing() {
    let quota = Quota {
        documents: Some(10),
        bytes: Some(1000),
    };
    let store = store_with(TestStorage::s3().await, quota).await;
    let TestStorage::S3(server) = &*store.storage else {
        unreachable!()
    };
    let listings = || {
        let requests = server.faults.requests.lock().unwrap();
        let of_usage = requests.iter().filter(|line| line.contains("list-type=2"));
        of_usage.filter(|line| line.contains("usage")).count()
    };
    let key = Key::new(1);
    for round in 0..5 {
        let document = store.publish(&key, &content(500 + round)).await;
        let deletion = store.deletion(&key, document);
        assert_eq!(store.delete(&deletion).await.status(), 204);
    }
    assert_eq!(listings(), 1);
    // The deleted documents were subtracted: the whole quota is available.
    store.publish(&key, &content(1000)).await;
    assert_eq!(listings(), 1);
}

/// Of several deletions of one document at the same time, one succeeds.
#[tokio::test]
async fn concurrent_deletions_are_subtracted_once() {
    let quota = Quota {
        documents: None,
        bytes: Some(1000),
    };
    let store = store_with(TestStorage::folder(), quota).await;
    let key = Key::new(1);
    store.publish(&key, &content(500)).await;
    for round in 0..8 {
        let document = store.publish(&key, &content(400 + round)).await;
        let deletions = [0; 4].map(|_| store.deletion(&key, document));
        let answers = deletions.iter().map(|deletion| store.delete(deletion));
        let answers = futures::future::join_all(answers).await;
        let deleted = answers.iter().filter(|answer| answer.status() == 204);
        assert_eq!(deleted.count(), 1);
        assert_eq!(
            answers
                .iter()
                .filter(|answer| answer.status() == 410)
                .count(),
            3
        );
    }
    let answer = put(&store, &key, &content(501)).await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    let document = store.publish(&key, &content(499)).await;
    assert_eq!(store.get(document).await.status(), 200);
}
