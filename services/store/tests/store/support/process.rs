//! The real binary.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use generion_interface::store::{DocumentId, Operation, SignedRequest, StoreRequest};

use super::{Key, client, fresh_nonce, with_headers};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_generion-store");

pub struct Process {
    pub child: Child,
    pub host: String,
    pub http: reqwest::Client,
}

/// The store on a folder, at any port.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["--listen", "127.0.0.1:0", "--dir"])
        .arg(folder)
        // What the tests say holds, not what whoever runs them has set.
        .env_remove("RUST_LOG");
    command
}

impl Process {
    pub fn start(folder: &Path) -> Self {
        Self::run(command(folder).stderr(Stdio::null()))
    }

    /// With its log in a file.
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

    pub fn url(&self, document: DocumentId) -> String {
        format!("http://{}{}", self.host, document.path())
    }

    pub fn upload(&self, key: &Key, document: DocumentId) -> SignedRequest {
        self.sign(Operation::Upload, key, document)
    }

    pub fn deletion(&self, key: &Key, document: DocumentId) -> SignedRequest {
        self.sign(Operation::Erase, key, document)
    }

    fn sign(&self, operation: Operation, key: &Key, document: DocumentId) -> SignedRequest {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        key.sign(StoreRequest {
            operation,
            host: self.host.clone(),
            document,
            erase_authority: key.address(),
            unix_time: now.as_secs(),
            nonce: fresh_nonce(),
        })
    }

    pub async fn put(&self, key: &Key, content: &[u8]) -> reqwest::Response {
        let document = DocumentId::of(content);
        let signed = self.upload(key, document);
        let request = with_headers(self.http.put(self.url(document)), &signed);
        request.body(content.to_vec()).send().await.unwrap()
    }

    pub async fn get(&self, document: DocumentId) -> reqwest::Response {
        self.http.get(self.url(document)).send().await.unwrap()
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// What the process sees at this path, which may be on a disk of its own.
    pub fn sees(&self, path: &Path) -> PathBuf {
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
