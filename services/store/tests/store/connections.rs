//! Limits on connections, and which connection is closed when a limit is reached.

use std::{net::IpAddr, time::Duration};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::{Limits, Quota};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::support::*;

/// Longer than any test runs.
const NEVER: Duration = Duration::from_secs(3600);

/// A loopback address.
fn address(last: u8) -> IpAddr {
    [127, 0, 0, last].into()
}

async fn connect(store: &TestStore, from: IpAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(store.host.parse().unwrap()).await.unwrap()
}

fn client_at(address: IpAddr) -> reqwest::Client {
    let builder = reqwest::Client::builder().local_address(address);
    builder.timeout(Duration::from_secs(60)).build().unwrap()
}

async fn health(store: &TestStore, from: IpAddr) -> reqwest::Response {
    let url = format!("http://{}/health", store.host);
    client_at(from).get(url).send().await.unwrap()
}

/// Whether the store closes the connection.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut byte)).await;
    matches!(read.expect("the store hangs up"), Ok(0) | Err(_))
}

/// Asserts that the connection is open and the store answers a request on it.
async fn answers(store: &TestStore, stream: &mut TcpStream) {
    let head = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", store.host);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\"}") {
        let read = stream.read_buf(&mut answer).await.unwrap();
        assert!(read > 0, "the store hung up");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

fn patient(max_connections: usize) -> Limits {
    Limits {
        max_connections,
        first_byte_timeout: NEVER,
        idle_timeout: NEVER,
        ..Limits::default()
    }
}

async fn until_open(store: &TestStore, open: f64, waiting: f64) {
    let wait = async {
        while metric(store, "generion_store_connections_open").await != open
            || metric(store, "generion_store_connections_waiting").await != waiting
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    waited.expect("this many connections are open");
}

async fn ready(store: &TestStore) -> (u16, String) {
    let answer = admin(store, "/ready").await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_silent_client_is_cut_off_soon() {
    let store = TestStore::with_limits(Limits {
        first_byte_timeout: Duration::from_millis(200),
        idle_timeout: NEVER,
        ..Limits::default()
    })
    .await;
    let mut silent = connect(&store, address(1)).await;
    assert!(is_closed(&mut silent).await);
    let closed = r#"generion_store_connections_closed_total{reason="silent"}"#;
    assert_eq!(metric(&store, closed).await, 1.0);
}

#[tokio::test]
async fn a_client_that_has_sent_a_byte_is_not_silent() {
    let store = TestStore::with_limits(Limits {
        first_byte_timeout: Duration::from_millis(200),
        idle_timeout: NEVER,
        ..Limits::default()
    })
    .await;
    let mut spoken = connect(&store, address(1)).await;
    spoken.write_all(b"G").await.unwrap();
    // Wait until the store has cut off a later, silent client.
    let mut silent = connect(&store, address(1)).await;
    assert!(is_closed(&mut silent).await);
    let rest = format!("ET /health HTTP/1.1\r\nhost: {}\r\n\r\n", store.host);
    spoken.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    spoken.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, *b"HTTP/1.1 200");
}

/// Several addresses, each of which opens as many idle connections as the default limit allows in total.
#[tokio::test]
async fn idle_connections_block_nobody() {
    let store = TestStore::with_limits(patient(256)).await;
    let mut idle = Vec::new();
    for from in [2, 3, 4] {
        for _ in 0..256 {
            idle.push(connect(&store, address(from)).await);
        }
    }
    // Requests are answered, also for addresses with idle connections.
    for from in [2, 4, 9] {
        assert_eq!(health(&store, address(from)).await.status(), 200);
    }
    assert_eq!(ready(&store).await, (200, "ready\n".to_owned()));
    let reason = r#"generion_store_connections_closed_total{reason="made_room"}"#;
    assert!(metric(&store, reason).await >= 512.0);
}

#[tokio::test]
async fn incomplete_request_heads_block_nobody() {
    let store = TestStore::with_limits(patient(4)).await;
    let mut slow = Vec::new();
    for from in 2..8 {
        let mut stream = connect(&store, address(from)).await;
        stream
            .write_all(b"GET /health HTTP/1.1\r\nx:")
            .await
            .unwrap();
        slow.push(stream);
    }
    assert_eq!(health(&store, address(9)).await.status(), 200);
}

#[tokio::test]
async fn the_longest_idle_connection_is_closed() {
    let store = TestStore::with_limits(patient(2)).await;
    let mut first = connect(&store, address(2)).await;
    until_open(&store, 1.0, 1.0).await;
    let mut second = connect(&store, address(3)).await;
    until_open(&store, 2.0, 2.0).await;
    // The first connection has had an answer since, so the second one has been idle longer.
    answers(&store, &mut first).await;
    until_open(&store, 2.0, 2.0).await;
    let mut third = connect(&store, address(4)).await;
    answers(&store, &mut third).await;
    assert!(is_closed(&mut second).await);
    answers(&store, &mut first).await;
}

/// Active connections stay open: a new one waits, and the readiness check shows that.
#[tokio::test]
async fn a_full_store_lets_new_connections_wait_and_is_not_ready() {
    let store = TestStore::with_limits(patient(1)).await;
    let upload = store.upload_in_part(&Key::new(1), b"ciphertext", 6).await;
    let full = (503, "all connections are in use\n".to_owned());
    assert_eq!(ready(&store).await, full);

    let mut newcomer = connect(&store, address(2)).await;
    let head = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", store.host);
    newcomer.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let early = tokio::time::timeout(Duration::from_millis(300), newcomer.read(&mut answer)).await;
    assert!(early.is_err());
    assert_eq!(upload.finish().await.status(), 201);
    newcomer.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, *b"HTTP/1.1 200");
    assert_eq!(ready(&store).await.0, 200);
}

/// One address can't use all connections, not even with running requests.
#[tokio::test]
async fn connections_are_limited_per_address() {
    let store = TestStore::with_limits(Limits {
        max_connections_per_address: Some(2),
        ..patient(4)
    })
    .await;
    let key = Key::new(1);
    let mut uploads = Vec::new();
    for content in [b"first!", b"second"] {
        let document = DocumentId::of(content);
        let (pieces, body) = piecewise();
        let signed = store.upload(&key, document);
        let request = with_headers(client_at(address(2)).put(store.url(document)), &signed);
        let upload = tokio::spawn(request.body(body).send());
        pieces.unbounded_send(Ok(content.to_vec())).unwrap();
        uploads.push((pieces, upload));
        store.until_pending(uploads.len()).await;
    }
    let refused = health(&store, address(2)).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    assert_refused(refused, ErrorCode::Busy).await;
    assert_eq!(health(&store, address(3)).await.status(), 200);
    let reason = r#"generion_store_connections_closed_total{reason="turned_away"}"#;
    assert_eq!(metric(&store, reason).await, 1.0);
    for (pieces, upload) in uploads {
        drop(pieces);
        assert_eq!(upload.await.unwrap().unwrap().status(), 201);
    }
    assert_eq!(health(&store, address(2)).await.status(), 200);
}

/// A new key for each upload does not avoid the limit.
#[tokio::test]
async fn uploads_are_limited_per_address() {
    let store = TestStore::with_limits(Limits {
        max_uploads: 4,
        ..Limits::default()
    })
    .await;
    let mut held = Vec::new();
    for seed in 1..3 {
        let content = [seed; 10];
        let document = DocumentId::of(&content);
        let (pieces, body) = piecewise();
        let signed = store.upload(&Key::new(seed), document);
        let request = with_headers(client_at(address(2)).put(store.url(document)), &signed);
        tokio::spawn(request.body(body).send());
        pieces.unbounded_send(Ok(content[1..].to_vec())).unwrap();
        held.push(pieces);
        store.until_pending(held.len()).await;
    }
    let put = async |from: u8, seed: u8| {
        let document = DocumentId::of(&[from, seed]);
        let signed = store.upload(&Key::new(seed), document);
        let request = with_headers(client_at(address(from)).put(store.url(document)), &signed);
        request.body(vec![from, seed]).send().await.unwrap()
    };
    let nonces = files(&store.storage.path(), "nonces").len();
    assert_refused(put(2, 3).await, ErrorCode::Busy).await;
    // Nothing is stored for it.
    assert_eq!(files(&store.storage.path(), "nonces").len(), nonces);
    assert_eq!(put(3, 3).await.status(), 201);
}

/// Behind a proxy, the address that the proxy reports counts, and addresses that the client adds don't.
#[tokio::test]
async fn behind_a_proxy_the_client_s_address_counts() {
    let settings = Settings {
        limits: Limits {
            max_uploads: 2,
            max_connections: 4,
            ..Limits::default()
        },
        proxies: vec!["127.0.0.2/32".parse().unwrap()],
        quota: Quota::default(),
        ..Settings::default()
    };
    let store = TestStore::with(TestStorage::folder(), settings).await;
    let upload = |by: u8, forwarded: &str, seed: u8, body: reqwest::Body| {
        let document = DocumentId::of(&[seed; 10]);
        let signed = store.upload(&Key::new(seed), document);
        let request = with_headers(client_at(address(by)).put(store.url(document)), &signed);
        let request = request.header("x-forwarded-for", forwarded).body(body);
        tokio::spawn(request.send())
    };
    let (pieces, body) = piecewise();
    let held = upload(2, "203.0.113.1", 1, body);
    pieces.unbounded_send(Ok(vec![1; 9])).unwrap();
    store.until_pending(1).await;
    let whole = |seed| reqwest::Body::from(vec![seed; 10]);
    for forwarded in ["203.0.113.1", "198.51.100.1, 203.0.113.1"] {
        let answer = upload(2, forwarded, 2, whole(2)).await.unwrap().unwrap();
        assert_refused(answer, ErrorCode::Busy).await;
    }
    let other = upload(2, "203.0.113.1, 203.0.113.2", 2, whole(2));
    assert_eq!(other.await.unwrap().unwrap().status(), 201);
    // The header of a client that is not a trusted proxy is ignored.
    let direct = upload(3, "203.0.113.1", 3, whole(3));
    assert_eq!(direct.await.unwrap().unwrap().status(), 201);
    drop(pieces);
    let _ = held.await;
}
