//! The store as a process of its own.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use generion_interface::store::{DocumentId, FileId, Operation, SignedRequest, StoreRequest};

use super::{Answer, Key, Pieces, client, fresh_nonce, send_piecewise, with_headers};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_generion-store");

pub struct Process {
    pub child: Child,
    pub host: String,
    pub http: reqwest::Client,
}

/// The command for a store on a folder and a free port.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["--listen", "127.0.0.1:0", "--dir"])
        .arg(folder)
        // The environment of the tests must not change the log.
        .env_remove("RUST_LOG");
    command
}

/// Runs a maintenance command on a folder.
pub fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--dir").arg(folder);
    command.env_remove("RUST_LOG").output().unwrap()
}

impl Process {
    pub fn start(folder: &Path) -> Self {
        Self::run(command(folder).stderr(Stdio::null()))
    }

    /// Starts a store with its log in a file.
    pub fn logging(command: &mut Command, log: &Path) -> Self {
        Self::run(command.stderr(File::create(log).unwrap()))
    }

    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let host = line.strip_prefix("listening on http://");
        Self {
            host: host.expect("the store starts").trim_end().to_owned(),
            child,
            http: client(),
        }
    }

    pub fn url(&self, file: impl Into<FileId>) -> String {
        format!("http://{}{}", self.host, file.into().path())
    }

    pub fn upload(&self, key: &Key, file: impl Into<FileId>) -> SignedRequest {
        self.sign(Operation::Upload(file.into()), key)
    }

    pub fn deletion(&self, key: &Key, file: impl Into<FileId>) -> SignedRequest {
        self.sign(Operation::Erase(file.into()), key)
    }

    fn sign(&self, operation: Operation, key: &Key) -> SignedRequest {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        key.sign(StoreRequest {
            operation,
            host: self.host.clone(),
            erase_authority: key.address(),
            unix_time: now.as_secs(),
            nonce: fresh_nonce(),
        })
    }

    /// Starts an upload whose body the test sends piece by piece.
    pub fn begin_upload(&self, key: &Key, document: DocumentId) -> (Pieces, Answer) {
        let signed = self.upload(key, document);
        let request = with_headers(self.http.put(self.url(document)), &signed);
        send_piecewise(request)
    }

    pub async fn put(&self, key: &Key, content: &[u8]) -> reqwest::Response {
        let document = DocumentId::of(content);
        let signed = self.upload(key, document);
        let request = with_headers(self.http.put(self.url(document)), &signed);
        request.body(content.to_vec()).send().await.unwrap()
    }

    pub async fn get(&self, file: impl Into<FileId>) -> reqwest::Response {
        self.http.get(self.url(file)).send().await.unwrap()
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// The path as this process can open it, also if the store has its own mounts.
    pub fn path_inside(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        root.join(path.strip_prefix("/").unwrap())
    }
}

/// A failed test leaves no process behind.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
