//! Deletions.

use generion_interface::store::{DocumentId, ErrorCode, Operation};
use generion_store::Limits;

use crate::support::*;

on_every_storage! {
    a_deleted_document_is_gone_for_good,
    only_the_erase_authority_deletes,
    a_missing_document_can_t_be_deleted,
    a_deletion_has_no_body,
    an_upload_that_began_before_the_deletion_publishes_nothing,
    a_deletion_by_a_stranger_stores_nothing,
}

const CONTENT: &str = "ciphertext";

async fn a_deleted_document_is_gone_for_good(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (uploader, owner) = (Key::new(1), Key::new(2));
    let document = DocumentId::of(CONTENT.as_bytes());
    let request = store.request(Operation::Upload, document, owner.address());
    let answer = store.put(&uploader.sign(request), CONTENT).await;
    assert_eq!(answer.status(), 201);

    let answer = store.delete(&store.deletion(&owner, document)).await;
    assert_eq!(answer.status(), 204);
    store.assert_no_bytes();
    // The tombstone contains nothing but the state.
    let tombstone = store
        .storage
        .path()
        .join("documents")
        .join(document.to_string());
    let tombstone = std::fs::read_to_string(tombstone).unwrap();
    assert_eq!(tombstone, r#"{"state":"erased"}"#);

    let store = store.restart().await;
    assert_refused(store.get(document).await, ErrorCode::Erased).await;
    assert_eq!(store.head(document).await.status(), 410);
    let upload = store.put(&store.upload(&owner, document), CONTENT).await;
    assert_refused(upload, ErrorCode::Erased).await;
    let deletion = store.delete(&store.deletion(&owner, document)).await;
    assert_refused(deletion, ErrorCode::Erased).await;
    store.assert_no_bytes();
}

async fn only_the_erase_authority_deletes(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (uploader, owner, stranger) = (Key::new(1), Key::new(2), Key::new(3));
    let document = DocumentId::of(CONTENT.as_bytes());
    let request = store.request(Operation::Upload, document, owner.address());
    store.put(&uploader.sign(request), CONTENT).await;

    let by_stranger = store.deletion(&stranger, document);
    let by_uploader = store.deletion(&uploader, document);
    // A stranger who names the authority, and the authority who names somebody else.
    let in_its_name = stranger.sign(store.request(Operation::Erase, document, owner.address()));
    let for_another = owner.sign(store.request(Operation::Erase, document, stranger.address()));
    for signed in [by_stranger, by_uploader, in_its_name, for_another] {
        let answer = store.delete(&signed).await;
        assert_refused(answer, ErrorCode::NotEraseAuthority).await;
    }
    assert_eq!(store.get(document).await.text().await.unwrap(), CONTENT);
}

async fn a_missing_document_can_t_be_deleted(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let document = DocumentId::of(CONTENT.as_bytes());
    let key = Key::new(1);
    let answer = store.delete(&store.deletion(&key, document)).await;
    assert_refused(answer, ErrorCode::NotFound).await;
    store.publish(&key, CONTENT.as_bytes()).await;
}

async fn a_deletion_has_no_body(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    let document = store.publish(&key, CONTENT.as_bytes()).await;
    let request = store.http.delete(store.url(document)).body("why");
    let request = with_headers(request, &store.deletion(&key, document));
    assert_refused(request.send().await.unwrap(), ErrorCode::UnexpectedBody).await;
    assert_eq!(store.get(document).await.text().await.unwrap(), CONTENT);
}

async fn an_upload_that_began_before_the_deletion_publishes_nothing(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    let document = DocumentId::of(CONTENT.as_bytes());
    let slow = store.upload_in_part(&key, CONTENT.as_bytes(), 3).await;

    store.publish(&key, CONTENT.as_bytes()).await;
    let answer = store.delete(&store.deletion(&key, document)).await;
    assert_eq!(answer.status(), 204);

    assert_refused(slow.finish().await, ErrorCode::Erased).await;
    assert_refused(store.get(document).await, ErrorCode::Erased).await;
    store.assert_no_bytes();
}

/// Anybody can sign a request, so only the nonces of the erase authority are stored.
async fn a_deletion_by_a_stranger_stores_nothing(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (owner, stranger) = (Key::new(1), Key::new(2));
    let document = store.publish(&owner, CONTENT.as_bytes()).await;
    let erased = store.publish(&owner, b"other").await;
    assert_eq!(
        store.delete(&store.deletion(&owner, erased)).await.status(),
        204
    );
    let nonces = || files(&store.storage.path(), "nonces").len();
    let before = nonces();
    for (document, code) in [
        (document, ErrorCode::NotEraseAuthority),
        (erased, ErrorCode::Erased),
        (DocumentId::of(b"nobody's"), ErrorCode::NotFound),
    ] {
        let answer = store.delete(&store.deletion(&stranger, document)).await;
        assert_refused(answer, code).await;
    }
    assert_eq!(nonces(), before);
    // The deletion by the owner stores its nonce.
    let deletion = store.deletion(&owner, document);
    assert_eq!(store.delete(&deletion).await.status(), 204);
    assert_eq!(nonces(), before + 1);
}

/// Deletions have their own limit, which equals the limit of uploads.
#[tokio::test]
async fn one_deletion_too_many_is_refused() {
    let store = TestStore::with(
        TestStorage::s3().await,
        Settings {
            limits: Limits {
                max_uploads: 1,
                ..Limits::default()
            },
            ..Settings::default()
        },
    )
    .await;
    let key = Key::new(1);
    let document = store.publish(&key, CONTENT.as_bytes()).await;
    let TestStorage::S3(server) = &*store.storage else {
        unreachable!()
    };
    server.faults.is_held.send_replace(true);
    let deletion = store.deletion(&key, document);
    let request = with_headers(store.http.delete(store.url(document)), &deletion);
    let first = tokio::spawn(request.send());
    server.until_held(1).await;
    let answer = store.delete(&store.deletion(&key, document)).await;
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_refused(answer, ErrorCode::Busy).await;
    server.faults.is_held.send_replace(false);
    assert_eq!(first.await.unwrap().unwrap().status(), 204);
}
