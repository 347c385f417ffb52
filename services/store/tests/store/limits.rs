//! Limits on sizes, times and rates.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::Limits;

use crate::support::*;

/// Long enough for a request on a busy machine, and short enough to wait for.
const SHORT: Duration = Duration::from_millis(500);

fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).unwrap();
    let timeout = Some(Duration::from_secs(60));
    stream.set_read_timeout(timeout).unwrap();
    stream.set_write_timeout(timeout).unwrap();
    stream
}

#[tokio::test]
async fn a_document_may_be_as_large_as_the_limit() {
    let store = TestStore::with_limits(Limits {
        max_document_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let key = Key::new(1);
    store.publish(&key, &content(1000)).await;

    let large = content(1001);
    let document = DocumentId::of(&large);
    // By the declared length, and by the actual length.
    let declared = store
        .put(&store.upload(&key, document), large.clone())
        .await;
    assert_refused(declared, ErrorCode::TooLarge).await;
    let (pieces, body) = piecewise();
    pieces.unbounded_send(Ok(large)).unwrap();
    drop(pieces);
    let streamed = store.put(&store.upload(&key, document), body).await;
    assert_refused(streamed, ErrorCode::TooLarge).await;

    assert_refused(store.get(document).await, ErrorCode::NotFound).await;
    assert_eq!(files(&store.storage.path(), "blobs").len(), 1);
    assert_eq!(files(&store.storage.path(), "pending"), [""; 0]);
}

#[tokio::test]
async fn an_upload_that_stalls_is_ended() {
    let store = TestStore::with_limits(Limits {
        idle_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let document = DocumentId::of(b"ciphertext");
    let (pieces, body) = piecewise();
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    let answer = store.put(&store.upload(&Key::new(1), document), body).await;
    let message = assert_refused(answer, ErrorCode::UploadStalled).await;
    assert!(message.contains("6 bytes"), "{message}");
    store.assert_no_bytes();
}

/// The upload never stalls, but would take forever.
#[tokio::test]
async fn an_upload_below_the_minimum_rate_is_ended() {
    let store = TestStore::with_limits(Limits {
        idle_timeout: SHORT,
        min_rate: 1 << 20,
        ..Limits::default()
    })
    .await;
    let document = DocumentId::of(b"ciphertext");
    let (pieces, body) = piecewise();
    let trickle = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(SHORT / 20);
        while pieces.unbounded_send(Ok(b"c".to_vec())).is_ok() {
            ticks.tick().await;
        }
    });
    let answer = store.put(&store.upload(&Key::new(1), document), body).await;
    assert_refused(answer, ErrorCode::UploadTooSlow).await;
    store.assert_no_bytes();
    trickle.abort();
}

#[tokio::test]
async fn one_upload_too_many_is_refused() {
    let store = TestStore::with_limits(Limits {
        max_uploads: 1,
        ..Limits::default()
    })
    .await;
    let key = Key::new(1);
    let first = store.upload_in_part(&key, b"ciphertext", 6).await;

    let other = DocumentId::of(b"other");
    let second = store.put(&store.upload(&key, other), "other").await;
    assert_eq!(second.headers()["retry-after"], "1");
    assert_refused(second, ErrorCode::Busy).await;

    assert_eq!(first.finish().await.status(), 201);
    store.publish(&key, b"other").await;
}

/// The beginning of the answer to a client that reads only after it has sent everything.
async fn status_after_all(host: &str, path: &str, headers: &str, body: Vec<u8>) -> String {
    let (host, length) = (host.to_owned(), body.len());
    let head =
        format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n");
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&host);
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    });
    answer.await.unwrap()
}

#[tokio::test]
async fn a_refused_upload_gets_its_answer_after_sending_everything() {
    let store = TestStore::start().await;
    let large = content(32 * 1024 * 1024);
    let path = DocumentId::of(&large).path();
    assert_eq!(
        status_after_all(&store.host, &path, "", large).await,
        "HTTP/1.1 401"
    );
}

/// An unsigned upload that is too large is answered and cut off, and none of its bytes are received.
#[tokio::test]
async fn an_unsigned_oversized_upload_is_not_drained() {
    let store = TestStore::with_limits(Limits {
        max_document_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let host = store.host.clone();
    let path = DocumentId::of(b"ciphertext").path();
    let sent = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&host);
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n",
            1_u64 << 40
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413");
        // Writing fails when the buffers of the sockets are full.
        let piece = vec![0; 1 << 20];
        (0..256)
            .take_while(|_| stream.write_all(&piece).is_ok())
            .count()
    });
    assert!(sent.await.unwrap() < 256);
}

/// A signed upload is received to its end, so that its client sees the answer.
#[tokio::test]
async fn a_signed_oversized_upload_gets_its_answer() {
    let store = TestStore::with_limits(Limits {
        max_document_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let large = content(32 * 1024 * 1024);
    let signed = store.upload(&Key::new(1), DocumentId::of(&large));
    let headers: String = signed
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let path = signed.request.operation.path();
    assert_eq!(
        status_after_all(&store.host, &path, &headers, large).await,
        "HTTP/1.1 413"
    );
}

#[tokio::test]
async fn a_client_that_waits_for_100_continue_is_refused_at_once() {
    let store = TestStore::start().await;
    let host = store.host.clone();
    let path = DocumentId::of(b"ciphertext").path();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&host);
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

/// Asserts that a stalling client is cut off: it uses the only connection, and another client is served nevertheless.
async fn assert_cut_off(store: TestStore, stalling: TcpStream) {
    let url = format!("http://{}/health", store.host);
    let answer = store.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    drop(stalling);
}

async fn store_with_one_connection() -> TestStore {
    TestStore::with_limits(Limits {
        max_connections: 1,
        idle_timeout: SHORT,
        ..Limits::default()
    })
    .await
}

#[tokio::test]
async fn a_client_that_never_completes_its_head_is_cut_off() {
    let store = store_with_one_connection().await;
    let mut stream = connect(&store.host);
    stream.write_all(b"GET /health HTTP/1.1\r\nx:").unwrap();
    assert_cut_off(store, stream).await;
}

#[tokio::test]
async fn a_silent_client_is_cut_off() {
    let store = store_with_one_connection().await;
    let stream = connect(&store.host);
    assert_cut_off(store, stream).await;
}

fn ask_for(stream: &mut TcpStream, store: &TestStore, document: DocumentId) {
    let (path, host) = (document.path(), &store.host);
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
}

/// The client reads a little now and then, so it never stalls.
#[tokio::test]
async fn a_client_that_reads_too_slowly_is_cut_off() {
    let mut store = TestStore::with_limits(Limits {
        max_connections: 1,
        idle_timeout: SHORT,
        // More than the reader below reads, and more than the buffers of the sockets hold.
        min_rate: 1 << 30,
        ..Limits::default()
    })
    .await;
    let document = store
        .publish(&Key::new(1), &content(32 * 1024 * 1024))
        .await;
    store.http = client();
    let mut stream = connect(&store.host);
    ask_for(&mut stream, &store, document);
    let reader = std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        let mut received = 0;
        // Ends when the store closes the connection.
        while let Ok(bytes @ 1..) = stream.read(&mut buffer) {
            received += bytes;
            std::thread::sleep(SHORT / 20);
        }
        received
    });
    let url = format!("http://{}/health", store.host);
    assert_eq!(store.http.get(url).send().await.unwrap().status(), 200);
    assert!(reader.join().unwrap() < 32 * 1024 * 1024);
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut_off() {
    let mut store = store_with_one_connection().await;
    // More than the buffers of the sockets hold.
    let document = store
        .publish(&Key::new(1), &content(32 * 1024 * 1024))
        .await;
    // Dropping the old client closes the connection of the upload.
    store.http = client();
    let mut stream = connect(&store.host);
    ask_for(&mut stream, &store, document);
    assert_cut_off(store, stream).await;
}
