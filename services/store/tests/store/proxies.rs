//! The store behind the proxies of docs/STORE.md, from the packages of Debian.

use std::{net::IpAddr, time::Duration};

use generion_interface::store::{DocumentId, ErrorCode, FileId, Operation, SignedRequest};
use generion_store::{ConfigFile, Limits};
use reqwest::{Body, Method, RequestBuilder, Response};

use crate::support::{
    proxy::{Kind, NAME, Proxy, example, free_address},
    *,
};

/// Runs tests behind each proxy.
macro_rules! behind_every_proxy {
    ($($test:ident,)+) => {
        mod nginx {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::proxy::Kind::Nginx).await;
            })+
        }
        mod caddy {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::proxy::Kind::Caddy).await;
            })+
        }
    };
}

/// The settings that the page shows for a store behind a proxy.
#[test]
fn the_settings_for_a_proxy_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.toml");
    std::fs::write(&path, example("toml")).unwrap();
    let settings = ConfigFile::read(&path).unwrap();
    assert_eq!(settings.proxies(), ["127.0.0.1/32".parse().unwrap()]);
    assert_eq!(settings.hosts.len(), 1);
}

behind_every_proxy! {
    documents_pass_unchanged,
    bytes_are_forwarded_at_once,
    errors_pass,
    the_path_passes_unchanged,
    uploads_are_limited_by_the_address_of_the_client,
}

/// Longer than what a proxy buffers.
const LARGE: usize = 11 * 1024 * 1024 + 7;

/// A proxy in front of a store.
struct Setup {
    store: TestStore,
    proxy: Proxy,
    host: String,
}

impl Setup {
    async fn start(kind: Kind, limits: Limits) -> Self {
        let address = free_address();
        let host = format!("{NAME}:{}", address.port());
        let settings = Settings {
            limits,
            names: vec![host.clone()],
            proxies: vec!["127.0.0.1/32".parse().unwrap()],
            ..Settings::default()
        };
        let store = TestStore::with(TestStorage::folder(), settings).await;
        let proxy = Proxy::start(kind, address, &store.host).await;
        Self { store, proxy, host }
    }

    /// A client at a loopback address, which resolves the store's name to the proxy.
    fn client(&self, last: u8) -> reqwest::Client {
        reqwest::Client::builder()
            .resolve(NAME, self.proxy.address)
            .local_address(IpAddr::from([127, 0, 0, last]))
            .danger_accept_invalid_certs(true)
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap()
    }

    fn url(&self, document: DocumentId) -> String {
        format!("https://{}{}", self.host, document.path())
    }

    fn signed(
        &self,
        operation: fn(FileId) -> Operation,
        key: &Key,
        document: DocumentId,
    ) -> SignedRequest {
        let mut request = self.store.request(operation, document, key.address());
        request.host = self.host.clone();
        key.sign(request)
    }

    fn upload(&self, client: u8, key: &Key, document: DocumentId) -> RequestBuilder {
        let signed = self.signed(Operation::Upload, key, document);
        with_headers(self.client(client).put(self.url(document)), &signed)
    }

    async fn get(&self, document: DocumentId) -> Response {
        let request = self.client(2).get(self.url(document));
        request.send().await.unwrap()
    }

    /// The log of the proxy, for the messages of failed assertions.
    fn proxy_log(&self) -> String {
        self.proxy.log()
    }
}

async fn documents_pass_unchanged(kind: Kind) {
    let setup = Setup::start(kind, Limits::default()).await;
    let key = Key::new(1);
    for (length, chunked) in [(0, false), (10, false), (LARGE, false), (LARGE + 1, true)] {
        let content = content(length);
        let document = DocumentId::of(&content);
        let body = match chunked {
            true => {
                let pieces: Vec<_> = content
                    .chunks(100_000)
                    .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
                    .collect();
                Body::wrap_stream(futures::stream::iter(pieces))
            }
            false => content.clone().into(),
        };
        let answer = setup
            .upload(2, &key, document)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201, "{}", setup.proxy_log());
        assert_eq!(authority(&answer), key.address().to_string());
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let got = setup.get(document).await;
        assert_eq!(authority(&got), key.address().to_string());
        assert_eq!(got.headers()["content-length"], length.to_string());
        assert!(got.bytes().await.unwrap() == content);
        let head = setup
            .client(2)
            .head(setup.url(document))
            .send()
            .await
            .unwrap();
        assert_eq!(head.headers()["content-length"], length.to_string());
    }
    let content = content(LARGE);
    let document = DocumentId::of(&content);
    let part = setup
        .client(2)
        .get(setup.url(document))
        .header("range", "bytes=5-10000004");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 5-10000004/{LARGE}")
    );
    assert!(part.bytes().await.unwrap() == content[5..10_000_005]);
    let asked = setup
        .client(2)
        .request(Method::OPTIONS, setup.url(document));
    let asked = asked.header("origin", "https://app.example");
    let asked = asked.header("access-control-request-method", "PUT");
    assert_eq!(asked.send().await.unwrap().status(), 204);

    let deletion = setup.signed(Operation::Erase, &key, document);
    let request = with_headers(setup.client(2).delete(setup.url(document)), &deletion);
    assert_eq!(
        request.send().await.unwrap().status(),
        204,
        "{}",
        setup.proxy_log()
    );
    assert_refused(setup.get(document).await, ErrorCode::Erased).await;
}

/// The store has the first bytes of an upload before the last ones are sent.
async fn bytes_are_forwarded_at_once(kind: Kind) {
    let setup = Setup::start(kind, Limits::default()).await;
    let content = content(LARGE);
    let document = DocumentId::of(&content);
    let (pieces, body) = piecewise();
    let upload = setup.upload(2, &Key::new(1), document).body(body);
    let upload = tokio::spawn(upload.send());
    pieces
        .unbounded_send(Ok(content[..LARGE - 1].to_vec()))
        .unwrap();
    let blobs = setup.store.storage.path().join("blobs");
    // A staging file, which does not have the name of a blob yet.
    until(|| {
        let files = std::fs::read_dir(&blobs).unwrap();
        files
            .into_iter()
            .any(|file| file.unwrap().metadata().unwrap().len() > 0)
    })
    .await;
    pieces
        .unbounded_send(Ok(content[LARGE - 1..].to_vec()))
        .unwrap();
    drop(pieces);
    assert_eq!(upload.await.unwrap().unwrap().status(), 201);
}

async fn errors_pass(kind: Kind) {
    let limits = Limits {
        max_document_bytes: 1 << 20,
        ..Limits::default()
    };
    let setup = Setup::start(kind, limits).await;
    let key = Key::new(1);
    let large = content(LARGE);
    let document = DocumentId::of(&large);
    let answer = setup
        .upload(2, &key, document)
        .body(large.clone())
        .send()
        .await;
    assert_refused(answer.unwrap(), ErrorCode::TooLarge).await;
    let unsigned = setup.client(2).put(setup.url(document)).body("ciphertext");
    assert_refused(unsigned.send().await.unwrap(), ErrorCode::NotSigned).await;
    assert_refused(setup.get(document).await, ErrorCode::NotFound).await;
    let other = DocumentId::of(b"other");
    let wrong = setup.upload(2, &key, other).body("wrong").send().await;
    assert_refused(wrong.unwrap(), ErrorCode::HashMismatch).await;
    let answer = setup
        .upload(2, &key, other)
        .body("other")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let behind = setup
        .client(2)
        .get(setup.url(other))
        .header("range", "bytes=5-");
    let behind = behind.send().await.unwrap();
    assert_eq!(behind.headers()["content-range"], "bytes */5");
    assert_refused(behind, ErrorCode::RangeNotSatisfiable).await;
}

async fn the_path_passes_unchanged(kind: Kind) {
    let setup = Setup::start(kind, Limits::default()).await;
    let document = DocumentId::of(b"ciphertext");
    let answer = setup.upload(2, &Key::new(1), document).body("ciphertext");
    assert_eq!(answer.send().await.unwrap().status(), 201);
    let id = document.to_string();
    let encoded = format!("/v1/documents/%{:02x}{}", id.as_bytes()[0], &id[1..]);
    for path in [encoded, format!("{}?version=1", document.path())] {
        let url = format!("https://{}{path}", setup.host);
        let answer = setup.client(2).get(url).send().await.unwrap();
        assert_refused(answer, ErrorCode::InvalidDocumentId).await;
    }
}

/// Addresses that a client reports itself are ignored.
async fn uploads_are_limited_by_the_address_of_the_client(kind: Kind) {
    let limits = Limits {
        max_uploads: 4,
        ..Limits::default()
    };
    let setup = Setup::start(kind, limits).await;
    let mut held = Vec::new();
    for seed in 1..3 {
        let content = [seed; 10];
        let (pieces, body) = piecewise();
        let upload = setup.upload(2, &Key::new(seed), DocumentId::of(&content));
        let upload = upload.header("x-forwarded-for", format!("203.0.113.{seed}"));
        tokio::spawn(upload.body(body).send());
        pieces.unbounded_send(Ok(content[1..].to_vec())).unwrap();
        held.push(pieces);
        setup.store.until_pending(held.len()).await;
    }
    let put = |client: u8| {
        let document = DocumentId::of(&[client]);
        let upload = setup.upload(client, &Key::new(client), document);
        let upload = upload.header("x-forwarded-for", "203.0.113.9");
        upload.body(vec![client]).send()
    };
    assert_refused(put(2).await.unwrap(), ErrorCode::Busy).await;
    assert_eq!(put(3).await.unwrap().status(), 201);
}
