//! The headers that browsers need, so that web apps can use the store.

use generion_interface::store::{DocumentId, ErrorCode, header};
use generion_store::{Limits, Origins};
use reqwest::{Method, Response};

use crate::support::*;

const APP: &str = "https://app.example";

#[track_caller]
fn assert_readable(answer: &Response, origin: &str) {
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-origin"], origin);
    let exposed = headers["access-control-expose-headers"].to_str().unwrap();
    let exposed: Vec<_> = exposed.split(", ").collect();
    for name in [
        header::ERASE_AUTHORITY,
        "content-range",
        "retry-after",
        "date",
    ] {
        assert!(exposed.contains(&name), "{name}");
    }
    assert!(headers.contains_key("date"));
}

async fn preflight(store: &TestStore, path: &str, method: &str) -> Response {
    let url = format!("http://{}{path}", store.host);
    let request = store.http.request(Method::OPTIONS, url);
    let requested =
        "generion-erase-authority,generion-nonce,generion-signature,generion-signer,generion-time";
    request
        .header("origin", APP)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", requested)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn preflight_requests_are_answered() {
    let store = TestStore::start().await;
    let document = DocumentId::of(b"ciphertext").path();
    for (path, method) in [
        (document.as_str(), "PUT"),
        (&document, "DELETE"),
        (&document, "GET"),
        ("/health", "GET"),
        ("/nothing", "PUT"),
    ] {
        let answer = preflight(&store, path, method).await;
        assert_eq!(answer.status(), 204);
        assert_readable(&answer, "*");
        let value = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let methods = value("access-control-allow-methods");
        assert!(methods.split(", ").any(|allowed| allowed == method));
        let headers = value("access-control-allow-headers");
        let signed = store.upload(&Key::new(1), DocumentId::of(b"ciphertext"));
        for (name, _) in signed.headers() {
            assert!(headers.split(", ").any(|allowed| allowed == name), "{name}");
        }
        for name in ["range", "content-type"] {
            assert!(headers.split(", ").any(|allowed| allowed == name), "{name}");
        }
        assert!(value("access-control-max-age").parse::<u32>().unwrap() >= 600);
        assert!(answer.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn every_answer_and_every_error_is_readable() {
    let store = TestStore::with_limits(Limits {
        max_document_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let key = Key::new(1);
    let document = DocumentId::of(b"ciphertext");
    let signed = store.upload(&key, document);
    let created = store.put(&signed, "ciphertext").await;
    assert_eq!(created.status(), 201);
    assert_readable(&created, "*");
    let reused = store.put(&signed, "ciphertext").await;
    assert_readable(&reused, "*");
    assert_refused(reused, ErrorCode::NonceReused).await;
    assert_readable(&store.head(document).await, "*");
    let range = |range: &str| store.http.get(store.url(document)).header("range", range);
    let part = range("bytes=0-1").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_readable(&part, "*");
    let behind = range("bytes=10-").send().await.unwrap();
    assert_readable(&behind, "*");
    assert_refused(behind, ErrorCode::RangeNotSatisfiable).await;

    let large = store
        .put(&store.upload(&key, document), content(1001))
        .await;
    assert_readable(&large, "*");
    assert_refused(large, ErrorCode::TooLarge).await;
    let unsigned = store.http.put(store.url(document)).send().await.unwrap();
    assert_readable(&unsigned, "*");
    assert_refused(unsigned, ErrorCode::NotSigned).await;
    let missing = store.get(DocumentId::of(b"nobody's")).await;
    assert_readable(&missing, "*");
    assert_refused(missing, ErrorCode::NotFound).await;
    let nothing = store.http.get(format!("http://{}/", store.host));
    let nothing = nothing.send().await.unwrap();
    assert_readable(&nothing, "*");
    assert_refused(nothing, ErrorCode::UnknownPath).await;
    let other = store.http.post(store.url(document)).send().await.unwrap();
    assert_readable(&other, "*");
    assert_eq!(other.headers()["allow"], "GET,HEAD,PUT,DELETE");
    assert_refused(other, ErrorCode::MethodNotAllowed).await;
    let elsewhere = store
        .http
        .get(store.url(document))
        .header("host", "other.example");
    let elsewhere = elsewhere.send().await.unwrap();
    assert_readable(&elsewhere, "*");
    assert_refused(elsewhere, ErrorCode::WrongHost).await;

    let damaged = store.publish(&key, b"damaged").await;
    let metadata = store.storage.path().join("documents");
    let metadata = metadata.join(damaged.to_string());
    std::fs::write(metadata, "{").unwrap();
    let failed = store.get(damaged).await;
    assert_readable(&failed, "*");
    assert_refused(failed, ErrorCode::Internal).await;
}

#[tokio::test]
async fn an_operator_can_restrict_origins() {
    let settings = Settings {
        origins: Origins::Listed(vec!["http://other.example".to_owned(), APP.to_owned()]),
        ..Settings::default()
    };
    let store = TestStore::with(TestStorage::folder(), settings).await;
    let document = store.publish(&Key::new(1), b"ciphertext").await;
    let get = |origin: Option<&'static str>| {
        let request = store.http.get(store.url(document));
        let request = match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        };
        request.send()
    };
    let answer = get(Some(APP)).await.unwrap();
    assert_readable(&answer, APP);
    assert_eq!(answer.headers()["vary"], "origin");
    for origin in [
        None,
        Some("https://evil.example"),
        Some("https://app.example.evil"),
        Some("null"),
    ] {
        let answer = get(origin).await.unwrap();
        // The browser hides the answer from the app.
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["vary"], "origin");
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
    assert_readable(&preflight(&store, &document.path(), "PUT").await, APP);
}
