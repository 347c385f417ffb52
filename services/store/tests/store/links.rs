//! The files of health links: published with an expiry, read by anybody, listed and erased by their owner.

use generion_interface::store::{
    ErrorCode, FileId, LinkId, LinkList, MAX_LINK_LIFETIME_SECONDS, MAX_LINKS, Operation,
    SignedRequest, StoreRequest, header,
};
use generion_store::Quota;
use reqwest::Response;
use serde_json::Value;

use crate::support::*;

on_every_storage! {
    a_link_is_read_by_anybody_until_it_expires,
    an_expired_link_leaves_nothing,
    an_erased_link_is_gone_and_stays_so,
    only_the_erase_authority_erases_and_uploads_again,
    an_owner_lists_the_own_links_that_can_be_read,
    the_number_of_links_is_limited,
}

pub const FILE: &[u8] =
    b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aaaaaaaaaaaaaaaa.AA.AAAAAAAAAAAAAAAAAAAAAA";
pub const NOTE: &str = "e30..note";

/// Seconds for which a link is kept that has expired.
pub const A_DAY: u64 = 86_400;

/// A link that ends in an hour.
pub fn link() -> LinkId {
    LinkId::of(NOW + 3600, FILE)
}

/// Uploads `FILE` as a link, with a note.
pub async fn put(store: &TestStore, signed: &SignedRequest, note: Option<&str>) -> Response {
    put_bytes(store, signed, note, FILE).await
}

async fn put_bytes(
    store: &TestStore,
    signed: &SignedRequest,
    note: Option<&str>,
    file: &'static [u8],
) -> Response {
    let url = format!("http://{}{}", store.host, signed.request.operation.path());
    let mut request = with_headers(store.http.put(url), signed).body(file);
    if let Some(note) = note {
        request = request.header(header::LINK_NOTE, note);
    }
    request.send().await.unwrap()
}

/// Publishes `FILE` with `key` as uploader and erase authority.
pub async fn publish(store: &TestStore, key: &Key, link: LinkId) {
    let answer = put(store, &store.upload(key, link), Some(NOTE)).await;
    assert_eq!(answer.status(), 201);
}

fn list_request(store: &TestStore, authority: &Key) -> StoreRequest {
    let mut request = store.request(Operation::Upload, link(), authority.address());
    request.operation = Operation::ListLinks;
    request
}

async fn listed_by(store: &TestStore, signed: &SignedRequest, query: &str) -> Response {
    let url = format!("http://{}/v1/links{query}", store.host);
    with_headers(store.http.get(url), signed)
        .send()
        .await
        .unwrap()
}

async fn list(store: &TestStore, key: &Key) -> Vec<LinkId> {
    let answer = listed_by(store, &key.sign(list_request(store, key)), "").await;
    assert_eq!(answer.status(), 200);
    let list: LinkList = answer.json().await.unwrap();
    list.links.into_iter().map(|link| link.id).collect()
}

async fn a_link_is_read_by_anybody_until_it_expires(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    let answer = put(&store, &store.upload(&key, link()), Some(NOTE)).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(authority(&answer), key.address().to_string());

    for query in ["", "?recipient=Dr.%20Meier", "?recipient=", "?a=b&c"] {
        let url = format!("{}{query}", store.url(link()));
        let answer = store
            .http
            .get(url)
            .header("origin", "https://viewer.example")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{query}");
        let headers = answer.headers();
        assert_eq!(headers["content-type"], "application/jose");
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let name = format!("attachment; filename=\"{}.jose\"", hex(link()));
        assert_eq!(headers["content-disposition"], name);
        // Who reads a link doesn't learn whose it is.
        assert!(!headers.contains_key(header::ERASE_AUTHORITY));
        assert!(!format!("{headers:?}").contains("Meier"));
        assert_eq!(answer.bytes().await.unwrap(), FILE);
    }
    let head = store.head(link()).await;
    assert_eq!(head.headers()["content-length"], FILE.len().to_string());
    assert!(!head.headers().contains_key(header::ERASE_AUTHORITY));
    let ranged = store
        .http
        .get(store.url(link()))
        .header("range", "bytes=3-5");
    let ranged = ranged.send().await.unwrap();
    assert_eq!(ranged.status(), 206);
    assert_eq!(ranged.bytes().await.unwrap(), &FILE[3..6]);

    at(&store, NOW + 3599);
    assert_eq!(store.get(link()).await.status(), 200);
    at(&store, NOW + 3600);
    assert_refused(store.get(link()).await, ErrorCode::NotFound).await;
    assert_eq!(store.head(link()).await.status(), 404);
    assert_eq!(list(&store, &key).await, []);
    let deletion = store.delete(&store.deletion(&key, link())).await;
    assert_refused(deletion, ErrorCode::NotFound).await;
}

fn hex(link: LinkId) -> String {
    let text = link.to_string();
    text.split_once('/').unwrap().1.to_owned()
}

fn at(store: &TestStore, time: u64) {
    store.clock.store(time, std::sync::atomic::Ordering::SeqCst);
}

/// The store removes links that expired a day ago when it starts, and every five minutes. With them their tombstones, notes and
/// usage go.
async fn an_expired_link_leaves_nothing(storage: TestStorage) {
    let settings = Settings {
        quota: Quota {
            documents: Some(3),
            bytes: None,
        },
        ..Settings::default()
    };
    let store = TestStore::with(storage, settings).await;
    let key = Key::new(1);
    let much_later = NOW + 3600 + A_DAY;
    let later = LinkId::of(much_later + 3600, FILE);
    let erased = LinkId::of(NOW + 3000, FILE);
    for link in [link(), later, erased] {
        publish(&store, &key, link).await;
    }
    let refused = put(
        &store,
        &store.upload(&key, LinkId::of(NOW + 9, FILE)),
        Some(NOTE),
    )
    .await;
    assert_refused(refused, ErrorCode::QuotaExceeded).await;
    let deletion = store.delete(&store.deletion(&key, erased)).await;
    assert_eq!(deletion.status(), 204);

    // A clock that is ahead, and is set right, has cost nothing.
    at(&store, NOW + 3600);
    assert_refused(store.get(link()).await, ErrorCode::NotFound).await;
    at(&store, NOW);
    assert_eq!(store.get(link()).await.status(), 200);

    at(&store, much_later);
    let store = store.restart().await;
    let path = store.storage.path();
    until(|| files(&path, "links").len() == 1).await;
    until(|| pending(&path) == 0).await;
    let kept = format!("{}-{}", later.expiry, hex(later));
    assert_eq!(files(&path, "links"), [&*kept]);
    let notes = format!("notes/{}", key.address());
    until(|| files(&path, &notes) == [&*kept]).await;
    assert_eq!(files(&path, "blobs").len(), 1);
    assert_eq!(files(&path, &format!("usage/{}", key.address())).len(), 1);
    assert_eq!(list(&store, &key).await, [later]);
    // Two more have room again, and the same file may have another expiry.
    for expiry in [much_later + 1, much_later + 9000] {
        publish(&store, &key, LinkId::of(expiry, FILE)).await;
    }
    let refused = put(
        &store,
        &store.upload(&key, LinkId::of(much_later + 9001, FILE)),
        Some(NOTE),
    )
    .await;
    assert_refused(refused, ErrorCode::QuotaExceeded).await;
}

async fn an_erased_link_is_gone_and_stays_so(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let key = Key::new(1);
    publish(&store, &key, link()).await;
    let deletion = store.delete(&store.deletion(&key, link())).await;
    assert_eq!(deletion.status(), 204);
    store.assert_no_bytes();
    assert_eq!(list(&store, &key).await, []);
    let notes = format!("notes/{}", key.address());
    assert_eq!(files(&store.storage.path(), &notes), [""; 0]);

    let store = store.restart().await;
    assert_refused(store.get(link()).await, ErrorCode::NotFound).await;
    let again = store.delete(&store.deletion(&key, link())).await;
    assert_refused(again, ErrorCode::NotFound).await;
    // Whoever has kept the file does not bring the link to life again.
    for key in [key, Key::new(2)] {
        let upload = put(&store, &store.upload(&key, link()), Some(NOTE)).await;
        assert_refused(upload, ErrorCode::Erased).await;
    }
    store.assert_no_bytes();
}

async fn only_the_erase_authority_erases_and_uploads_again(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (uploader, owner, stranger) = (Key::new(1), Key::new(2), Key::new(3));
    let request = store.request(Operation::Upload, link(), owner.address());
    let answer = put(&store, &uploader.sign(request), Some(NOTE)).await;
    assert_eq!(answer.status(), 201);

    for key in [&uploader, &stranger] {
        let upload = put(&store, &store.upload(key, link()), Some(NOTE)).await;
        let message = assert_refused(upload, ErrorCode::NotEraseAuthority).await;
        let deletion = store.delete(&store.deletion(key, link())).await;
        let erasure = assert_refused(deletion, ErrorCode::NotEraseAuthority).await;
        // They don't learn the key.
        assert!(!message.contains(&owner.address().to_string()));
        assert!(!erasure.contains(&owner.address().to_string()));
    }
    let in_its_name = stranger.sign(store.request(Operation::Erase, link(), owner.address()));
    let refused = store.delete(&in_its_name).await;
    assert_refused(refused, ErrorCode::NotEraseAuthority).await;
    // The owner uploads it again without effect.
    let again = put(&store, &store.upload(&owner, link()), Some("other")).await;
    assert_eq!(again.status(), 200);
    let signed = owner.sign(list_request(&store, &owner));
    let list: Value = listed_by(&store, &signed, "").await.json().await.unwrap();
    assert_eq!(list["links"][0]["note"], NOTE);
    assert_eq!(store.get(link()).await.status(), 200);
    // A request with another expiry is signed for another path.
    let mut deletion = store.deletion(&owner, link());
    deletion.request.operation = Operation::Erase(LinkId::of(NOW + 3601, FILE).into());
    let refused = store.delete(&deletion).await;
    assert_refused(refused, ErrorCode::InvalidSignature).await;
}

async fn an_owner_lists_the_own_links_that_can_be_read(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (owner, other) = (Key::new(1), Key::new(2));
    assert_eq!(list(&store, &owner).await, []);
    let links = [9, 1, 5].map(|minutes| LinkId::of(NOW + minutes * 60, FILE));
    for link in links {
        publish(&store, &owner, link).await;
    }
    publish(&store, &other, LinkId::of(NOW + 61, FILE)).await;
    assert_eq!(list(&store, &owner).await, [links[1], links[2], links[0]]);
    let signed = owner.sign(list_request(&store, &owner));
    let answer = listed_by(&store, &signed, "").await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let json: Value = answer.json().await.unwrap();
    assert_eq!(
        json["links"][0],
        serde_json::json!({
            "expiry": NOW + 60,
            "sha256": hex(links[1]),
            "size": FILE.len(),
            "note": NOTE,
        })
    );

    // Nobody else lists them, whoever they say that they are.
    let for_owner = other.sign(list_request(&store, &owner));
    let refused = listed_by(&store, &for_owner, "").await;
    assert_refused(refused, ErrorCode::NotEraseAuthority).await;
    let mut forged = signed.clone();
    forged.signature = other.sign(list_request(&store, &owner)).signature;
    let refused = listed_by(&store, &forged, "").await;
    assert_refused(refused, ErrorCode::InvalidSignature).await;
    let unsigned = store.http.get(format!("http://{}/v1/links", store.host));
    assert_refused(unsigned.send().await.unwrap(), ErrorCode::NotSigned).await;
    let queried = listed_by(&store, &signed, "?after=1").await;
    assert_refused(queried, ErrorCode::InvalidLink).await;
    // A signature for a list is none for anything else.
    let mut deletion = signed.clone();
    deletion.request.operation = Operation::Erase(links[0].into());
    let refused = store.delete(&deletion).await;
    assert_refused(refused, ErrorCode::InvalidSignature).await;
    at(&store, NOW + 301);
    let late = listed_by(&store, &signed, "").await;
    assert_refused(late, ErrorCode::OutsideTimeWindow).await;

    assert_eq!(list(&store, &owner).await, [links[0]]);
    let deletion = store.delete(&store.deletion(&owner, links[0])).await;
    assert_eq!(deletion.status(), 204);
    let store = store.restart().await;
    assert_eq!(list(&store, &owner).await, []);
}

async fn the_number_of_links_is_limited(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (owner, other) = (Key::new(1), Key::new(2));
    publish(&store, &owner, link()).await;
    // Notes of links stand for the rest.
    let notes = store
        .storage
        .path()
        .join(format!("notes/{}", owner.address()));
    let note = notes.join(format!("{}-{}", link().expiry, hex(link())));
    let ahead = |number: usize| LinkId::of(NOW + 60 + number as u64, FILE);
    for number in 1..MAX_LINKS {
        let name = format!("{}-{}", ahead(number).expiry, hex(ahead(number)));
        std::fs::copy(&note, notes.join(name)).unwrap();
    }
    let refused = put(&store, &store.upload(&owner, ahead(0)), Some(NOTE)).await;
    assert_refused(refused, ErrorCode::TooManyLinks).await;
    publish(&store, &other, ahead(0)).await;
    // The first of them expires.
    at(&store, ahead(1).expiry);
    publish(&store, &owner, ahead(MAX_LINKS)).await;
    // Notes without a link are in no list.
    assert_eq!(list(&store, &owner).await, [ahead(MAX_LINKS), link()]);
}

#[tokio::test]
async fn an_upload_needs_an_expiry_ahead_and_a_note() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    for expiry in [
        0,
        NOW - 1,
        NOW,
        NOW + MAX_LINK_LIFETIME_SECONDS + 1,
        u64::MAX,
    ] {
        let signed = store.upload(&key, LinkId::of(expiry, FILE));
        let answer = put(&store, &signed, Some(NOTE)).await;
        assert_refused(answer, ErrorCode::InvalidExpiry).await;
    }
    let long = "a".repeat(2049);
    for note in [None, Some(""), Some("a b"), Some("a="), Some(&*long)] {
        let answer = put(&store, &store.upload(&key, link()), note).await;
        assert_refused(answer, ErrorCode::MalformedHeader).await;
    }
    let signed = store.upload(&key, link());
    let twice = with_headers(store.http.put(store.url(link())), &signed)
        .header(header::LINK_NOTE, NOTE)
        .header(header::LINK_NOTE, NOTE)
        .body(FILE);
    let twice = twice.send().await.unwrap();
    assert_refused(twice, ErrorCode::MalformedHeader).await;
    let other = put_bytes(&store, &store.upload(&key, link()), Some(NOTE), b"other").await;
    assert_refused(other, ErrorCode::HashMismatch).await;
    assert_refused(store.get(link()).await, ErrorCode::NotFound).await;
    store.assert_no_bytes();

    let last = LinkId::of(NOW + MAX_LINK_LIFETIME_SECONDS, FILE);
    let answer = put(&store, &store.upload(&key, last), Some(&"a".repeat(2048))).await;
    assert_eq!(answer.status(), 201);
    // A document with the same bytes is another file.
    let document = store.publish(&key, FILE).await;
    let deletion = store.delete(&store.deletion(&key, last)).await;
    assert_eq!(deletion.status(), 204);
    assert_eq!(store.get(document).await.status(), 200);
}

#[tokio::test]
async fn a_link_has_one_path() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    publish(&store, &key, link()).await;
    let path = FileId::from(link()).path();
    let (expiry, hash) = (link().expiry, hex(link()));
    let invalid = ErrorCode::InvalidLink;
    for (path, code) in [
        (format!("/v1/links/0{expiry}/{hash}"), invalid),
        (format!("/v1/links/+{expiry}/{hash}"), invalid),
        (
            format!("/v1/links/%31{}/{hash}", &expiry.to_string()[1..]),
            invalid,
        ),
        (
            format!("/v1/links/{expiry}/{}", hash.to_uppercase()),
            invalid,
        ),
        (format!("/v1/links/{expiry}/{}", &hash[1..]), invalid),
        (
            format!("/v1/links/{expiry}/{hash}/"),
            ErrorCode::UnknownPath,
        ),
        (format!("/v1/links/{expiry}"), ErrorCode::UnknownPath),
        ("/v1/links/".to_owned(), ErrorCode::UnknownPath),
        (
            format!("/v1/documents/{expiry}/{hash}"),
            ErrorCode::UnknownPath,
        ),
        // The same bytes are no document.
        (format!("/v1/documents/{hash}"), ErrorCode::NotFound),
        (
            format!("/v1/links/{}/{hash}", expiry + 1),
            ErrorCode::NotFound,
        ),
    ] {
        let url = format!("http://{}{path}", store.host);
        let answer = store.http.get(url).send().await.unwrap();
        assert_refused(answer, code).await;
    }
    // A query is for those who read.
    let url = format!("http://{}{path}?recipient=me", store.host);
    let deletion = with_headers(store.http.delete(&url), &store.deletion(&key, link()));
    assert_refused(deletion.send().await.unwrap(), invalid).await;
    let upload = with_headers(store.http.put(&url), &store.upload(&key, link()));
    let upload = upload.header(header::LINK_NOTE, NOTE).body(FILE);
    assert_refused(upload.send().await.unwrap(), invalid).await;
    let posted = store.http.post(format!("http://{}{path}", store.host));
    let posted = posted.body("{}").send().await.unwrap();
    assert_refused(posted, ErrorCode::MethodNotAllowed).await;
    let put = store.http.put(format!("http://{}/v1/links", store.host));
    assert_refused(put.send().await.unwrap(), ErrorCode::MethodNotAllowed).await;
    // A foreign host gets nothing.
    let foreign = store
        .http
        .get(store.url(link()))
        .header("host", "other.example");
    assert_refused(foreign.send().await.unwrap(), ErrorCode::WrongHost).await;
    let signed = key.sign(list_request(&store, &key));
    let foreign = with_headers(
        store.http.get(format!("http://{}/v1/links", store.host)),
        &signed,
    );
    let foreign = foreign
        .header("host", "other.example")
        .send()
        .await
        .unwrap();
    assert_refused(foreign, ErrorCode::WrongHost).await;
}
