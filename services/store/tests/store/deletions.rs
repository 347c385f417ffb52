use generion_interface::store::{DocumentId, ErrorCode, Operation};
use generion_store::Limits;

use crate::support::*;

on_every_storage! {
    a_deleted_document_is_gone_for_good,
    only_the_erase_authority_deletes,
    what_is_not_there_is_not_deleted,
    a_deletion_has_no_body,
    an_upload_that_began_before_the_deletion_brings_nothing_back,
    a_stranger_s_deletion_leaves_nothing_behind,
}

const CONTENT: &str = "ciphertext";

async fn a_deleted_document_is_gone_for_good(place: Place) {
    let store = TestStore::at(place).await;
    let (uploader, owner) = (Key::new(1), Key::new(2));
    let document = DocumentId::of(CONTENT.as_bytes());
    let request = store.request(Operation::Upload, document, owner.address());
    let answer = store.put(&uploader.sign(request), CONTENT).await;
    assert_eq!(answer.status(), 201);

    let answer = store.delete(&store.deletion(&owner, document)).await;
    assert_eq!(answer.status(), 204);
    store.assert_no_bytes();
    // The tombstone is the hash alone.
    let tombstone = store
        .place
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

async fn only_the_erase_authority_deletes(place: Place) {
    let store = TestStore::at(place).await;
    let (uploader, owner, stranger) = (Key::new(1), Key::new(2), Key::new(3));
    let document = DocumentId::of(CONTENT.as_bytes());
    let request = store.request(Operation::Upload, document, owner.address());
    store.put(&uploader.sign(request), CONTENT).await;

    let by_stranger = store.deletion(&stranger, document);
    let by_uploader = store.deletion(&uploader, document);
    // Naming the authority is not being it, and the authority must name itself.
    let in_its_name = stranger.sign(store.request(Operation::Erase, document, owner.address()));
    let for_another = owner.sign(store.request(Operation::Erase, document, stranger.address()));
    for signed in [by_stranger, by_uploader, in_its_name, for_another] {
        let answer = store.delete(&signed).await;
        assert_refused(answer, ErrorCode::NotEraseAuthority).await;
    }
    assert_eq!(store.get(document).await.text().await.unwrap(), CONTENT);
}

async fn what_is_not_there_is_not_deleted(place: Place) {
    let store = TestStore::at(place).await;
    let document = DocumentId::of(CONTENT.as_bytes());
    let key = Key::new(1);
    let answer = store.delete(&store.deletion(&key, document)).await;
    assert_refused(answer, ErrorCode::NotFound).await;
    store.publish(&key, CONTENT.as_bytes()).await;
}

async fn a_deletion_has_no_body(place: Place) {
    let store = TestStore::at(place).await;
    let key = Key::new(1);
    let document = store.publish(&key, CONTENT.as_bytes()).await;
    let request = store.http.delete(store.url(document)).body("why");
    let request = with_headers(request, &store.deletion(&key, document));
    assert_refused(request.send().await.unwrap(), ErrorCode::UnexpectedBody).await;
    assert_eq!(store.get(document).await.text().await.unwrap(), CONTENT);
}

async fn an_upload_that_began_before_the_deletion_brings_nothing_back(place: Place) {
    let store = TestStore::at(place).await;
    let key = Key::new(1);
    let document = DocumentId::of(CONTENT.as_bytes());
    let (pieces, body) = piecewise();
    let signed = store.upload(&key, document);
    let request = with_headers(store.http.put(store.url(document)), &signed);
    let slow = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(CONTENT[..3].into())).unwrap();
    store.until_pending(1).await;

    store.publish(&key, CONTENT.as_bytes()).await;
    let answer = store.delete(&store.deletion(&key, document)).await;
    assert_eq!(answer.status(), 204);
    pieces.unbounded_send(Ok(CONTENT[3..].into())).unwrap();
    drop(pieces);

    let answer = slow.await.unwrap().unwrap();
    assert_refused(answer, ErrorCode::Erased).await;
    assert_refused(store.get(document).await, ErrorCode::Erased).await;
    store.assert_no_bytes();
}

/// Anybody can sign, so that what is kept of a deletion is kept of the erase authority's alone.
async fn a_stranger_s_deletion_leaves_nothing_behind(place: Place) {
    let store = TestStore::at(place).await;
    let (owner, stranger) = (Key::new(1), Key::new(2));
    let document = store.publish(&owner, CONTENT.as_bytes()).await;
    let erased = store.publish(&owner, b"other").await;
    assert_eq!(
        store.delete(&store.deletion(&owner, erased)).await.status(),
        204
    );
    let nonces = || files(&store.place.path(), "nonces").len();
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
    // The owner's counts once.
    let deletion = store.deletion(&owner, document);
    assert_eq!(store.delete(&deletion).await.status(), 204);
    assert_eq!(nonces(), before + 1);
}

/// Deletions have places of their own, as many as uploads.
#[tokio::test]
async fn one_deletion_too_many_is_put_off() {
    let store = TestStore::with(
        Place::s3().await,
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
    let Place::S3(server) = &*store.place else {
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
