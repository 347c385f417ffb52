//! A store in the process of the test, and signers that send requests to it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ed25519_dalek::{Signer, SigningKey};
use generion_interface::store::{
    DocumentId, ErrorBody, ErrorCode, FileId, Nonce, Operation, SignedRequest, StoreRequest, header,
};
use generion_store::{
    Config, Limits, Origins, Quota, Reloader, Server, StorageLocation, Uploaders,
};
use ipnet::IpNet;
use reqwest::{Body, RequestBuilder, Response};
use solana_address::Address;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

pub mod disk;
pub mod process;
pub mod proxy;
pub mod s3;
mod waiting;

pub use disk::{assert_no_bytes, files, pending};
use s3::S3Server;
pub use waiting::until;

/// The time of the store's clock, unless a test changes it.
pub const NOW: u64 = 1_790_000_000;

/// Runs tests that take a [`TestStorage`] on every kind of storage.
macro_rules! on_every_storage {
    ($($test:ident,)+) => {
        mod on_a_folder {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::TestStorage::folder()).await;
            })+
        }
        mod on_s3 {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::TestStorage::s3().await).await;
            })+
        }
    };
}
pub(crate) use on_every_storage;

/// An empty storage.
pub enum TestStorage {
    Folder(TempDir),
    S3(S3Server),
}

impl TestStorage {
    pub fn folder() -> Self {
        Self::Folder(TempDir::new().unwrap())
    }

    pub async fn s3() -> Self {
        Self::S3(S3Server::start().await)
    }

    pub fn location(&self) -> StorageLocation {
        match self {
            Self::Folder(folder) => StorageLocation::Folder(folder.path().into()),
            Self::S3(server) => server.location(),
        }
    }

    /// The folder with the objects on the disk of this machine.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.path().into(),
            Self::S3(server) => server.objects(),
        }
    }
}

pub struct TestStore {
    pub storage: Arc<TestStorage>,
    pub host: String,
    pub admin: String,
    pub http: reqwest::Client,
    pub clock: Arc<AtomicU64>,
    pub reloader: Reloader,
    settings: Settings,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// The settings in which a test differs from the default.
#[derive(Clone, Default)]
pub struct Settings {
    pub limits: Limits,
    pub names: Vec<String>,
    pub uploaders: Uploaders,
    pub quota: Quota,
    pub proxies: Vec<IpNet>,
    pub origins: Origins,
}

impl TestStore {
    /// Starts a store on a folder.
    pub async fn start() -> Self {
        Self::at(TestStorage::folder()).await
    }

    pub async fn at(storage: TestStorage) -> Self {
        Self::with(storage, Settings::default()).await
    }

    /// Starts a store on a folder, with other limits.
    pub async fn with_limits(limits: Limits) -> Self {
        let settings = Settings {
            limits,
            ..Settings::default()
        };
        Self::with(TestStorage::folder(), settings).await
    }

    pub async fn with(storage: TestStorage, settings: Settings) -> Self {
        Self::on(Arc::new(storage), settings, Arc::new(NOW.into())).await
    }

    async fn on(storage: Arc<TestStorage>, settings: Settings, clock: Arc<AtomicU64>) -> Self {
        let config = Config {
            admin_listen: Some("127.0.0.1:0".parse().unwrap()),
            hosts: settings.names.clone(),
            uploaders: settings.uploaders.clone(),
            quota: settings.quota,
            proxies: settings.proxies.clone(),
            origins: settings.origins.clone(),
            limits: settings.limits.clone(),
            clock: {
                let clock = clock.clone();
                Arc::new(move || clock.load(Ordering::SeqCst))
            },
            ..Config::on(storage.location())
        };
        let server = Server::bind(config).await.unwrap();
        let host = server.address().to_string();
        let admin = server.admin_address().unwrap().to_string();
        let reloader = server.reloader();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            storage,
            host,
            admin,
            http: client(),
            clock,
            reloader,
            settings,
            stop,
            running,
        }
    }

    /// Starts another store on the same storage while this one is running.
    pub async fn beside(&self) -> Self {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        Self::on(self.storage.clone(), settings, clock).await
    }

    /// Stops this store, and starts another one on the same storage and another port.
    pub async fn restart(self) -> Self {
        // The store waits for open connections when it shuts down.
        drop(self.http);
        // The reloader keeps the storage locked.
        drop(self.reloader);
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
        Self::on(self.storage, self.settings, self.clock).await
    }

    pub fn url(&self, file: impl Into<FileId>) -> String {
        format!("http://{}{}", self.host, file.into().path())
    }

    /// A signed upload of `file` by `key`, with `key` as the erase authority.
    pub fn upload(&self, key: &Key, file: impl Into<FileId>) -> SignedRequest {
        key.sign(self.request(Operation::Upload, file, key.address()))
    }

    /// A signed deletion of `file` by `key`.
    pub fn deletion(&self, key: &Key, file: impl Into<FileId>) -> SignedRequest {
        key.sign(self.request(Operation::Erase, file, key.address()))
    }

    pub fn request(
        &self,
        operation: fn(FileId) -> Operation,
        file: impl Into<FileId>,
        erase_authority: Address,
    ) -> StoreRequest {
        StoreRequest {
            operation: operation(file.into()),
            host: self.host.clone(),
            erase_authority,
            unix_time: self.clock.load(Ordering::SeqCst),
            nonce: fresh_nonce(),
        }
    }

    fn signed_url(&self, signed: &SignedRequest) -> String {
        format!("http://{}{}", self.host, signed.request.operation.path())
    }

    pub async fn put(&self, signed: &SignedRequest, body: impl Into<Body>) -> Response {
        let request = self.http.put(self.signed_url(signed));
        with_headers(request, signed)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Starts an upload whose body the test sends piece by piece.
    pub fn begin_upload(&self, key: &Key, document: DocumentId) -> (Pieces, Answer) {
        let signed = self.upload(key, document);
        let request = with_headers(self.http.put(self.url(document)), &signed);
        send_piecewise(request)
    }

    /// Uploads the first bytes of `content`, and waits until the store has them on its disk.
    pub async fn upload_in_part(&self, key: &Key, content: &[u8], first: usize) -> PartialUpload {
        let (sent, rest) = content.split_at(first);
        let before = pending(&self.storage.path());
        let (pieces, answer) = self.begin_upload(key, DocumentId::of(content));
        pieces.unbounded_send(Ok(sent.to_vec())).unwrap();
        self.until_pending(before + 1).await;
        PartialUpload {
            pieces,
            rest: rest.to_vec(),
            answer,
        }
    }

    pub async fn delete(&self, signed: &SignedRequest) -> Response {
        let request = self.http.delete(self.signed_url(signed));
        with_headers(request, signed).send().await.unwrap()
    }

    pub async fn get(&self, file: impl Into<FileId>) -> Response {
        self.http.get(self.url(file)).send().await.unwrap()
    }

    pub async fn head(&self, file: impl Into<FileId>) -> Response {
        self.http.head(self.url(file)).send().await.unwrap()
    }

    /// Uploads `content` with `key` as uploader and erase authority.
    pub async fn publish(&self, key: &Key, content: &[u8]) -> DocumentId {
        let document = DocumentId::of(content);
        let answer = self
            .put(&self.upload(key, document), content.to_vec())
            .await;
        assert_eq!(answer.status(), 201);
        document
    }

    /// Waits until this many uploads and deletions are in progress, by the files on the disk.
    pub async fn until_pending(&self, count: usize) {
        until(|| pending(&self.storage.path()) == count).await;
    }

    /// Asserts that nothing of an upload is on the disk.
    pub fn assert_no_bytes(&self) {
        assert_no_bytes(&self.storage.path());
        if let TestStorage::S3(server) = &*self.storage {
            assert_eq!(server.parts(), 0);
        }
    }
}

/// The answer of the operator's interface.
pub async fn admin(store: &TestStore, path: &str) -> Response {
    let url = format!("http://{}{path}", store.admin);
    store.http.get(url).send().await.unwrap()
}

/// The value of a metric.
pub async fn metric(store: &TestStore, name: &str) -> f64 {
    let text = admin(store, "/metrics").await.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.unwrap_or_else(|| panic!("{name} is not in\n{text}"));
    value.trim().parse().unwrap()
}

/// A client that fails instead of waiting forever.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(60));
    builder.build().unwrap()
}

pub struct Key(SigningKey);

impl Key {
    pub fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    pub fn address(&self) -> Address {
        self.0.verifying_key().to_bytes().into()
    }

    pub fn sign(&self, request: StoreRequest) -> SignedRequest {
        let signature = self.0.sign(request.text().as_bytes()).to_bytes();
        request.signed(self.address(), signature.into())
    }
}

pub fn with_headers(request: RequestBuilder, signed: &SignedRequest) -> RequestBuilder {
    let headers = signed.headers();
    headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

pub fn fresh_nonce() -> Nonce {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::SeqCst).to_le_bytes());
    Nonce(nonce)
}

/// Bytes without repetitions, so that a shifted or repeated piece is noticed.
pub fn content(length: usize) -> Vec<u8> {
    (0_u64..)
        .flat_map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
        .take(length)
        .collect()
}

/// Sends the pieces of a body.
pub type Pieces = futures::channel::mpsc::UnboundedSender<Result<Vec<u8>, std::io::Error>>;

/// A body that the test sends piece by piece. It ends when the sender is dropped, and breaks off on `Err`.
pub fn piecewise() -> (Pieces, Body) {
    let (pieces, receiver) = futures::channel::mpsc::unbounded();
    (pieces, Body::wrap_stream(receiver))
}

/// The answer to a request that is being sent.
pub type Answer = JoinHandle<reqwest::Result<Response>>;

/// Sends a request whose body the test sends piece by piece.
pub fn send_piecewise(request: RequestBuilder) -> (Pieces, Answer) {
    let (pieces, body) = piecewise();
    (pieces, tokio::spawn(request.body(body).send()))
}

/// An upload in progress.
pub struct PartialUpload {
    pieces: Pieces,
    rest: Vec<u8>,
    answer: Answer,
}

impl PartialUpload {
    /// Sends the rest.
    pub async fn finish(self) -> Response {
        self.pieces.unbounded_send(Ok(self.rest)).unwrap();
        drop(self.pieces);
        self.answer.await.unwrap().unwrap()
    }

    /// Breaks the connection off.
    pub async fn break_off(self) {
        let broken = std::io::Error::other("the test hangs up");
        self.pieces.unbounded_send(Err(broken)).unwrap();
        self.answer.await.unwrap().unwrap_err();
    }
}

#[track_caller]
pub fn authority(answer: &Response) -> &str {
    answer.headers()[header::ERASE_AUTHORITY].to_str().unwrap()
}

/// Asserts that the answer has this error code, with its status and headers. Returns the message.
pub async fn assert_refused(answer: Response, code: ErrorCode) -> String {
    assert_eq!(answer.status(), code.http_status(), "expected {code}");
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(
        answer.headers().contains_key("www-authenticate"),
        code.http_status() == 401
    );
    let body: ErrorBody = answer.json().await.unwrap();
    assert_eq!(body.code, code, "{}", body.message);
    body.message
}
