//! A real document store, servers that say whatever a test makes them say, and a folder to download into.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use generion_client::{
    Locator,
    crypto::document::CiphertextDigest,
    locator::StoreUrl,
    rpc::url::PlainHttp,
    store::{FetchError, FetchPolicy, StoreClient, StoreMap},
};
use generion_interface::store::DocumentId;
use generion_store::{Clock, Config, Server, system_clock};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// What a client in these tests needs to reach this machine, and short limits.
pub fn local() -> FetchPolicy {
    FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    }
}

pub fn client() -> StoreClient {
    StoreClient::new(PlainHttp::default()).unwrap()
}

/// Downloads from where the locator says.
pub async fn download(
    locator: &Locator,
    policy: &FetchPolicy,
    to: &Path,
) -> Result<(), FetchError> {
    client()
        .download(locator, policy, &StoreMap::default(), to)
        .await
}

pub fn digest(ciphertext: &[u8]) -> CiphertextDigest {
    CiphertextDigest {
        sha256: Sha256::digest(ciphertext).into(),
        size: ciphertext.len() as u64,
    }
}

/// A locator of `ciphertext`, said to be in a store.
pub fn locator(store: impl ToString, ciphertext: &[u8]) -> Locator {
    let CiphertextDigest { sha256, size } = digest(ciphertext);
    Locator {
        stores: vec![store.to_string().parse().unwrap()],
        sha256,
        size,
        media_type: "application/fhir+json".into(),
        kind: "fhir:Observation/4548-4".into(),
        profile: "document/1".into(),
        copy: None,
        signature: None,
    }
}

/// A real store, which ends with the test's runtime.
pub struct Store {
    pub url: StoreUrl,
    _folder: TempDir,
}

impl Store {
    pub async fn start() -> Self {
        Self::start_with(system_clock(), Vec::new()).await
    }

    pub async fn start_with(clock: Clock, hosts: Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            hosts,
            clock,
            ..Config::on_folder(folder.path())
        };
        let server = Server::bind(config).await.unwrap();
        let url = format!("http://{}", server.address()).parse().unwrap();
        tokio::spawn(server.run(std::future::pending()));
        Self {
            url,
            _folder: folder,
        }
    }
}

/// A server that runs `answer` on every connection once it has read the request's head.
pub struct Stranger {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Stranger {
    pub async fn start<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let listener = TcpListener::bind(ANY_PORT).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                answer(stream).await;
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Says `answer` and hangs up.
    pub async fn saying(answer: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::start(move |mut stream| {
            let answer = answer.clone();
            async move { stream.write_all((*answer).as_ref()).await.unwrap() }
        })
        .await
    }

    /// Its address, as that of a store.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// `200 OK` with `headers`, each of which ends in CRLF, and `body`.
pub fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\n", headers.as_bytes(), b"\r\n", body].concat()
}

/// A folder that a document is to be downloaded into.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn target(&self) -> PathBuf {
        self.0.path().join("document.age")
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A store in files: the document is at its place in the folder.
    pub fn store_with(&self, name: &[u8], content: &[u8]) -> String {
        let path = self.document(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        format!("file://{}", self.path().display())
    }

    /// Where the document with this content belongs.
    pub fn document(&self, content: &[u8]) -> PathBuf {
        let path = DocumentId::of(content).path();
        self.path().join(path.trim_start_matches('/'))
    }

    pub fn entries(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

/// Downloads into an empty folder, which has to fail and to leave it empty.
pub async fn refused(locator: &Locator, policy: &FetchPolicy) -> FetchError {
    let folder = Folder::new();
    // What hangs is a failure too.
    let download = tokio::time::timeout(Duration::from_secs(20), async {
        self::download(locator, policy, &folder.target()).await
    });
    let error = download.await.expect("the download hangs").unwrap_err();
    assert!(folder.entries().is_empty(), "{error}");
    error
}
