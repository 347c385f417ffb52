use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::Limits;

use crate::support::*;

/// Long enough for a request on a busy machine, short enough to wait for.
const SHORT: Duration = Duration::from_millis(500);

fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    stream.set_write_timeout(patience).unwrap();
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
    // As declared, and as it turns out.
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
    assert_eq!(files(&store.place.path(), "blobs").len(), 1);
    assert_eq!(files(&store.place.path(), "pending"), [""; 0]);
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

/// It never stalls, and would still take for ever.
#[tokio::test]
async fn an_upload_that_only_trickles_is_ended() {
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
async fn one_upload_too_many_is_put_off() {
    let store = TestStore::with_limits(Limits {
        max_uploads: 1,
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

    let other = DocumentId::of(b"other");
    let second = store.put(&store.upload(&key, other), "other").await;
    assert_eq!(second.headers()["retry-after"], "1");
    assert_refused(second, ErrorCode::Busy).await;

    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(first.await.unwrap().unwrap().status(), 201);
    store.publish(&key, b"other").await;
}

#[tokio::test]
async fn a_refused_upload_gets_its_answer_although_nobody_wants_its_bytes() {
    let store = TestStore::start().await;
    let large = content(32 * 1024 * 1024);
    let host = store.host.clone();
    let path = DocumentId::of(&large).path();
    // A client that looks for an answer only after it has sent everything.
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&host);
        let length = large.len();
        let head =
            format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&large).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    });
    assert_eq!(answer.await.unwrap(), "HTTP/1.1 401");
}

/// Who sends more than the store takes, and signs nothing, is answered and cut off: none of it is taken.
#[tokio::test]
async fn an_oversized_upload_that_nobody_signed_is_not_drained() {
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
        // It ends with what the sockets' buffers take.
        let piece = vec![0; 1 << 20];
        (0..256)
            .take_while(|_| stream.write_all(&piece).is_ok())
            .count()
    });
    assert!(sent.await.unwrap() < 256);
}

/// Who signed is heard out, so that it learns why it is refused.
#[tokio::test]
async fn an_oversized_upload_that_was_signed_gets_its_answer() {
    let store = TestStore::with_limits(Limits {
        max_document_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let large = content(32 * 1024 * 1024);
    let signed = store.upload(&Key::new(1), DocumentId::of(&large));
    let host = store.host.clone();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&host);
        let headers: String = signed
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let (path, length) = (signed.request.document.path(), large.len());
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&large).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    });
    assert_eq!(answer.await.unwrap(), "HTTP/1.1 413");
}

#[tokio::test]
async fn who_waits_for_leave_to_send_is_refused_at_once() {
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

/// The only connection that the store may have is taken by a client that stalls: another one is served once that
/// client was cut off.
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
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let store = store_with_one_connection().await;
    let mut stream = connect(&store.host);
    stream.write_all(b"GET /health HTTP/1.1\r\nx:").unwrap();
    assert_cut_off(store, stream).await;
}

#[tokio::test]
async fn a_client_that_says_nothing_is_cut_off() {
    let store = store_with_one_connection().await;
    let stream = connect(&store.host);
    assert_cut_off(store, stream).await;
}

/// One that takes a little now and then, so that it never stalls.
#[tokio::test]
async fn a_client_that_reads_too_slowly_is_cut_off() {
    let mut store = TestStore::with_limits(Limits {
        max_connections: 1,
        idle_timeout: SHORT,
        // More than the reader below takes, and than it could take at once from the sockets' buffers.
        min_rate: 1 << 30,
        ..Limits::default()
    })
    .await;
    let document = store
        .publish(&Key::new(1), &content(32 * 1024 * 1024))
        .await;
    store.http = client();
    let mut stream = connect(&store.host);
    let (path, host) = (document.path(), &store.host);
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let reader = std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        let mut taken = 0;
        // It ends when the store hangs up, and before the document does.
        while let Ok(bytes @ 1..) = stream.read(&mut buffer) {
            taken += bytes;
            std::thread::sleep(SHORT / 20);
        }
        taken
    });
    let url = format!("http://{}/health", store.host);
    assert_eq!(store.http.get(url).send().await.unwrap().status(), 200);
    assert!(reader.join().unwrap() < 32 * 1024 * 1024);
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut_off() {
    let mut store = store_with_one_connection().await;
    // More than the sockets' buffers hold.
    let document = store
        .publish(&Key::new(1), &content(32 * 1024 * 1024))
        .await;
    // The connection that the upload was made over ends with its client.
    store.http = client();
    let mut stream = connect(&store.host);
    let (path, host) = (document.path(), &store.host);
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    assert_cut_off(store, stream).await;
}
