//! An S3 server on the loopback address (s3s-fs), with faults that tests can switch on.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::http::{Method, Request, Response, StatusCode, header};
use generion_store::StorageLocation;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{
    Body, HttpError,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

const ACCESS_KEY: &str = "generion-tests";
const SECRET_KEY: &str = "not a secret";
const BUCKET: &str = "documents";
const PREFIX: &str = "some/where";

/// The faults of the server.
#[derive(Default)]
pub struct Faults {
    /// Overwrites objects although the request forbids it.
    pub ignores_conditions: AtomicBool,
    /// Checks whether the object exists, waits until another request has done the same, and writes then.
    pub checks_before_writing: AtomicBool,
    /// How many requests have checked for an object and found none, by its path.
    checks: Mutex<HashMap<String, watch::Sender<usize>>>,
    /// For this many creations of objects whose key contains the text, the object is created and the answer is 500, as
    /// from a proxy that lost the answer.
    pub lost_answers: Mutex<Option<(&'static str, usize)>>,
    /// This many creations are refused because of conflicting requests (409).
    pub conflicts: AtomicUsize,
    /// Refuses the parts of multipart uploads.
    pub refuses_parts: AtomicBool,
    /// Holds all requests while this is true.
    pub is_held: watch::Sender<bool>,
    /// The number of requests that are held.
    pub held: AtomicUsize,
    /// Never answers new requests.
    pub is_down: AtomicBool,
    /// The method and the path with query of each request.
    pub requests: Mutex<Vec<String>>,
}

impl Faults {
    /// Waits until two requests have checked for the object and found none.
    async fn until_another_checked(&self, path: &str) {
        let mut count = {
            let mut checks = self.checks.lock().unwrap();
            let count = checks.entry(path.to_owned()).or_default();
            count.send_modify(|count| *count += 1);
            count.subscribe()
        };
        count.wait_for(|count| *count >= 2).await.unwrap();
    }
}

pub struct S3Server {
    root: TempDir,
    address: SocketAddr,
    pub faults: Arc<Faults>,
    task: JoinHandle<()>,
}

impl S3Server {
    pub async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(BUCKET)).unwrap();
        let service = {
            let mut builder = S3ServiceBuilder::new(FileSystem::new(root.path()).unwrap());
            builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
            builder.build()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let faults = Arc::new(Faults::default());
        let task = tokio::spawn(serve(listener, service, faults.clone(), root.path().into()));
        Self {
            root,
            address,
            faults,
            task,
        }
    }

    pub fn settings(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    pub fn url(&self) -> String {
        format!("s3://{BUCKET}/{PREFIX}")
    }

    pub fn location(&self) -> StorageLocation {
        StorageLocation::from_url(&self.url().parse().unwrap(), self.settings()).unwrap()
    }

    /// Waits until this many requests are held.
    pub async fn until_held(&self, count: usize) {
        super::waiting::until(|| self.faults.held.load(Ordering::SeqCst) == count).await;
    }

    /// The folder with the objects on the disk of this machine.
    pub fn objects(&self) -> PathBuf {
        self.root.path().join(BUCKET).join(PREFIX)
    }

    /// The number of multipart uploads that are neither finished nor aborted.
    pub fn parts(&self) -> usize {
        std::fs::read_dir(self.root.path())
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_str().unwrap().starts_with(".upload")
            })
            .count()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service, faults: Arc<Faults>, root: Arc<Path>) {
    // The file system behind this server checks first and writes later. With this lock it is atomic, as S3 is.
    let write_lock = Arc::new(tokio::sync::Mutex::new(()));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (service, faults) = (service.clone(), faults.clone());
        let (root, write_lock) = (root.clone(), write_lock.clone());
        let handler = service_fn(move |request| {
            let (service, faults) = (service.clone(), faults.clone());
            let (root, write_lock) = (root.clone(), write_lock.clone());
            async move { answer(request, service, &faults, &root, &write_lock).await }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), handler));
    }
}

async fn answer(
    request: Request<Incoming>,
    service: S3Service,
    faults: &Faults,
    root: &Path,
    write_lock: &tokio::sync::Mutex<()>,
) -> Result<Response<Body>, HttpError> {
    let path = request.uri().path_and_query().unwrap().to_string();
    let line = format!("{} {path}", request.method());
    faults.requests.lock().unwrap().push(line);
    if faults.is_down.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let mut held = faults.is_held.subscribe();
    if *held.borrow() {
        faults.held.fetch_add(1, Ordering::SeqCst);
        held.wait_for(|held| !held).await.unwrap();
        faults.held.fetch_sub(1, Ordering::SeqCst);
    }
    let is_part = request.method() == Method::PUT && path.contains("partNumber=");
    if is_part && faults.refuses_parts.load(Ordering::SeqCst) {
        return Ok(refused(StatusCode::FORBIDDEN));
    }
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return service.call(request.map(Body::from)).await;
    }
    let take = |count: usize| count.checked_sub(1);
    let conflicts = &faults.conflicts;
    if conflicts
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
        .is_ok()
    {
        return Ok(refused(StatusCode::CONFLICT));
    }
    let object = root.join(&path[1..]);
    let checks_before_writing = faults.checks_before_writing.load(Ordering::SeqCst);
    if checks_before_writing {
        if object.exists() {
            return Ok(refused(StatusCode::PRECONDITION_FAILED));
        }
        faults.until_another_checked(&path).await;
    }
    let _alone = write_lock.lock().await;
    if checks_before_writing || faults.ignores_conditions.load(Ordering::SeqCst) {
        // The header is signed and can't be removed, so the existing object is.
        let _ = std::fs::remove_file(object);
    }
    let answer = service.call(request.map(Body::from)).await;
    let mut lost = faults.lost_answers.lock().unwrap();
    match lost.as_mut() {
        Some((key, count)) if path.contains(*key) && *count > 0 => {
            *count -= 1;
            Ok(refused(StatusCode::INTERNAL_SERVER_ERROR))
        }
        _ => answer,
    }
}

fn refused(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
