//! Signatures, nonces, host names and times of requests.

use std::sync::atomic::Ordering;

use generion_interface::store::{
    DocumentId, ErrorCode, MAX_CLOCK_SKEW_SECONDS, Operation, SignedRequest, header,
};
use generion_store::Quota;
use solana_address::Address;
use solana_signature::Signature;

use crate::support::*;

on_every_storage! {
    a_signed_request_is_accepted_once_across_restarts,
    a_failed_request_can_t_be_repeated,
    an_upload_that_changes_nothing_stores_nothing,
}

const CONTENT: &str = "ciphertext";

fn document() -> DocumentId {
    DocumentId::of(CONTENT.as_bytes())
}

/// Asserts that the upload is refused with this code and stores nothing.
async fn assert_upload_refused(
    store: &TestStore,
    signed: &SignedRequest,
    code: ErrorCode,
) -> String {
    let message = assert_refused(store.put(signed, CONTENT).await, code).await;
    assert_refused(store.get(document()).await, ErrorCode::NotFound).await;
    store.assert_no_bytes();
    message
}

#[tokio::test]
async fn an_upload_without_signature_is_refused() {
    let store = TestStore::start().await;
    let unsigned = store.http.put(store.url(document())).body(CONTENT);
    assert_refused(unsigned.send().await.unwrap(), ErrorCode::NotSigned).await;

    let signed = store.upload(&Key::new(1), document());
    for (missing, _) in signed.headers() {
        let mut request = with_headers(store.http.put(store.url(document())), &signed)
            .body(CONTENT)
            .build()
            .unwrap();
        request.headers_mut().remove(missing);
        let answer = store.http.execute(request).await.unwrap();
        let message = assert_refused(answer, ErrorCode::NotSigned).await;
        assert!(message.contains(missing), "{message}");
    }
}

#[tokio::test]
async fn a_malformed_or_repeated_header_is_refused() {
    let store = TestStore::start().await;
    let signed = store.upload(&Key::new(1), document());
    let request = with_headers(store.http.put(store.url(document())), &signed).body(CONTENT);
    let mut malformed = request.try_clone().unwrap().build().unwrap();
    let soon = "soon".parse().unwrap();
    malformed.headers_mut().insert(header::TIME, soon);
    let answer = store.http.execute(malformed).await.unwrap();
    let message = assert_refused(answer, ErrorCode::MalformedHeader).await;
    assert!(message.contains(header::TIME), "{message}");

    let twice = request.header(header::NONCE, fresh_nonce().to_string());
    assert_refused(twice.send().await.unwrap(), ErrorCode::NotSigned).await;
}

#[tokio::test]
async fn a_signature_is_valid_only_for_the_signed_request() {
    let store = TestStore::start().await;
    let (key, other) = (Key::new(1), Key::new(2));
    let signed = || store.upload(&key, document());
    type Change = fn(&mut SignedRequest);
    let changes: [Change; 4] = [
        |signed| signed.signer = Key::new(2).address(),
        |signed| signed.request.erase_authority = Key::new(2).address(),
        |signed| signed.request.unix_time += 1,
        |signed| signed.request.nonce = fresh_nonce(),
    ];
    for change in changes {
        let mut changed = signed();
        change(&mut changed);
        assert_upload_refused(&store, &changed, ErrorCode::InvalidSignature).await;
    }

    // For another document, for another store, and for the other operation.
    let mut elsewhere = store.upload(&key, DocumentId::of(b"another"));
    elsewhere.request.operation = Operation::Upload(document().into());
    assert_upload_refused(&store, &elsewhere, ErrorCode::InvalidSignature).await;
    let mut request = signed().request;
    request.host = "store.example".to_owned();
    assert_upload_refused(&store, &key.sign(request), ErrorCode::InvalidSignature).await;
    let deletion = store.deletion(&key, document());
    assert_upload_refused(&store, &deletion, ErrorCode::InvalidSignature).await;
    store.publish(&other, CONTENT.as_bytes()).await;
    let upload = store.upload(&other, document());
    assert_refused(store.delete(&upload).await, ErrorCode::InvalidSignature).await;
}

#[tokio::test]
async fn a_key_of_small_order_signs_nothing() {
    let store = TestStore::start().await;
    // The neutral element as key and as `R`, with `s` = 0, satisfies the plain Ed25519 equation for every text.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let key = Address::new_from_array(neutral);
    let request = store.request(Operation::Upload, document(), key);
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&neutral).unwrap();
    let text = request.text();
    ed25519_dalek::Verifier::verify(&lax, text.as_bytes(), &signature.into()).unwrap();
    let signed = request.signed(key, Signature::from(signature));
    assert_upload_refused(&store, &signed, ErrorCode::InvalidSignature).await;
}

#[tokio::test]
async fn a_store_answers_only_to_its_own_names() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let port = store.host.split_once(':').unwrap().1;
    for host in ["store.example", "127.0.0.1", "127.0.0.1:1", ""] {
        let mut request = store.request(Operation::Upload, document(), key.address());
        request.host = host.to_owned();
        let put = with_headers(store.http.put(store.url(document())), &key.sign(request));
        let answer = put.header("host", host).body(CONTENT).send().await.unwrap();
        assert_refused(answer, ErrorCode::WrongHost).await;
        let get = store.http.get(store.url(document())).header("host", host);
        assert_refused(get.send().await.unwrap(), ErrorCode::WrongHost).await;
    }

    // The other name of the store, with capitals.
    let mut request = store.request(Operation::Upload, document(), key.address());
    request.host = format!("localhost:{port}");
    let put = with_headers(store.http.put(store.url(document())), &key.sign(request));
    let put = put
        .header("host", format!("LocalHost:{port}"))
        .body(CONTENT);
    assert_eq!(put.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn the_time_of_signing_is_compared_with_the_clock() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let at = |time| {
        let mut request = store.request(Operation::Upload, document(), key.address());
        request.unix_time = time;
        key.sign(request)
    };
    for time in [
        NOW - MAX_CLOCK_SKEW_SECONDS - 1,
        NOW + MAX_CLOCK_SKEW_SECONDS + 1,
        0,
        u64::MAX,
    ] {
        let message = assert_upload_refused(&store, &at(time), ErrorCode::OutsideTimeWindow).await;
        assert!(message.contains(&NOW.to_string()), "{message}");
    }
    let late = store.put(&at(NOW - MAX_CLOCK_SKEW_SECONDS), CONTENT).await;
    assert_eq!(late.status(), 201);
    let early = store.put(&at(NOW + MAX_CLOCK_SKEW_SECONDS), CONTENT).await;
    assert_eq!(early.status(), 200);
}

async fn a_signed_request_is_accepted_once_across_restarts(storage: TestStorage) {
    const NAME: &str = "store.example";
    async fn put(store: &TestStore, signed: &SignedRequest) -> reqwest::Response {
        let request = with_headers(store.http.put(store.url(document())), signed);
        let request = request.header("host", NAME).body(CONTENT);
        request.send().await.unwrap()
    }

    // Configured with capitals, which clients don't send.
    let settings = Settings {
        names: vec!["Store.Example".to_owned()],
        ..Settings::default()
    };
    let store = TestStore::with(storage, settings).await;
    let mut request = store.request(Operation::Upload, document(), Key::new(1).address());
    request.host = NAME.to_owned();
    let signed = Key::new(1).sign(request.clone());
    assert_eq!(put(&store, &signed).await.status(), 201);
    assert_refused(put(&store, &signed).await, ErrorCode::NonceReused).await;
    // Another signer has its own nonces.
    assert_eq!(put(&store, &Key::new(2).sign(request)).await.status(), 200);

    let store = store.restart().await;
    assert_refused(put(&store, &signed).await, ErrorCode::NonceReused).await;
    let later = MAX_CLOCK_SKEW_SECONDS + 1;
    store.clock.fetch_add(later, Ordering::SeqCst);
    let answer = put(&store, &signed).await;
    assert_refused(answer, ErrorCode::OutsideTimeWindow).await;
}

async fn a_failed_request_can_t_be_repeated(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let signed = store.upload(&Key::new(1), document());
    let failed = store.put(&signed, "other text").await;
    assert_refused(failed, ErrorCode::HashMismatch).await;
    assert_upload_refused(&store, &signed, ErrorCode::NonceReused).await;
}

/// Anybody can sign a request, so requests without effect must take no storage.
async fn an_upload_that_changes_nothing_stores_nothing(storage: TestStorage) {
    let settings = Settings {
        quota: Quota {
            documents: Some(2),
            bytes: None,
        },
        ..Settings::default()
    };
    let store = TestStore::with(storage, settings).await;
    let (owner, stranger) = (Key::new(1), Key::new(2));
    let there = store.publish(&owner, CONTENT.as_bytes()).await;
    let erased = store.publish(&owner, b"erased").await;
    let deletion = store.deletion(&owner, erased);
    assert_eq!(store.delete(&deletion).await.status(), 204);
    store.publish(&owner, b"another").await;
    let nonces = || files(&store.storage.path(), "nonces").len();
    let before = nonces();
    let answer = store.put(&store.upload(&stranger, there), CONTENT).await;
    assert_eq!(answer.status(), 200);
    let answer = store.put(&store.upload(&stranger, erased), "erased").await;
    assert_refused(answer, ErrorCode::Erased).await;
    let more = DocumentId::of(b"more");
    let answer = store.put(&store.upload(&owner, more), "more").await;
    assert_refused(answer, ErrorCode::QuotaExceeded).await;
    assert_eq!(nonces(), before);
}
