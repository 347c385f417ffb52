//! Downloads.

use generion_interface::store::{DocumentId, ErrorCode};
use reqwest::Response;

use crate::support::*;

on_every_storage! {
    get_and_head_have_the_same_headers,
    a_range_is_served,
    a_range_after_the_end_is_refused,
}

#[track_caller]
fn assert_headers(answer: &Response, document: DocumentId, length: &str) {
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", length),
        (
            "content-disposition",
            &format!("attachment; filename=\"{document}.age\""),
        ),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    assert_eq!(authority(answer), Key::new(1).address().to_string());
}

async fn get_and_head_have_the_same_headers(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let document = store.publish(&Key::new(1), &content(1000)).await;
    let got = store.get(document).await;
    assert_eq!(got.status(), 200);
    assert_headers(&got, document, "1000");
    let head = store.head(document).await;
    assert_eq!(head.status(), 200);
    assert_headers(&head, document, "1000");
    assert!(head.bytes().await.unwrap().is_empty());
}

async fn a_range_is_served(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    // Longer than one read from the disk.
    let content = content(600_000);
    let document = store.publish(&Key::new(1), &content).await;
    for (range, expected, header) in [
        ("bytes=0-0", 0..1, "bytes 0-0/600000"),
        (
            "bytes=300000-",
            300_000..600_000,
            "bytes 300000-599999/600000",
        ),
        ("bytes=-7", 599_993..600_000, "bytes 599993-599999/600000"),
        ("bytes=5-9999999", 5..600_000, "bytes 5-599999/600000"),
    ] {
        let request = store.http.get(store.url(document)).header("range", range);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(answer.headers()["content-range"], header);
        assert_headers(&answer, document, &expected.len().to_string());
        assert!(answer.bytes().await.unwrap() == content[expected]);
    }
}

async fn a_range_after_the_end_is_refused(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let document = store.publish(&Key::new(1), &content(1000)).await;
    for range in ["bytes=1000-", "bytes=-0"] {
        let request = store.http.get(store.url(document)).header("range", range);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-range"], "bytes */1000");
        assert_refused(answer, ErrorCode::RangeNotSatisfiable).await;
    }
}

#[tokio::test]
async fn unknown_documents_and_paths_are_refused() {
    let store = TestStore::start().await;
    let document = DocumentId::of(b"nobody's");
    assert_refused(store.get(document).await, ErrorCode::NotFound).await;
    assert_eq!(store.head(document).await.status(), 404);

    let id = document.to_string();
    for path in [
        &id.to_uppercase(),
        &id[1..],
        &format!("{id}0"),
        "%ff",
        "..%2Flock",
    ] {
        let url = format!("http://{}/v1/documents/{path}", store.host);
        let answer = store.http.get(url).send().await.unwrap();
        assert_refused(answer, ErrorCode::InvalidDocumentId).await;
    }
    for path in [
        "/",
        "/v1/documents",
        "/v1/documents/",
        "/v1/documents/a/b",
        "/v2",
    ] {
        let url = format!("http://{}{path}", store.host);
        let answer = store.http.get(url).send().await.unwrap();
        assert_refused(answer, ErrorCode::UnknownPath).await;
    }
    let answer = store.http.post(store.url(document)).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD,PUT,DELETE");
    assert_refused(answer, ErrorCode::MethodNotAllowed).await;
}
