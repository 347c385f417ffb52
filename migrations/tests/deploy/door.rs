//! A door before a node, which can lose what passes it and kill the sender.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc, Condvar, Mutex, Once,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, response::IntoResponse};
use generion_test_support::WebServer;
use serde_json::{Value, json};

use crate::stage::{Ended, Stage};

/// What happens to the transactions that pass a door, by their number from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Before this one passes, the sender is killed.
    KillBefore(usize),
    /// After this one has passed, the sender is killed, and does not hear that it passed.
    KillAfter(usize),
    /// Of every so many, one passes, and its answer is lost.
    LoseAnswer(usize),
    /// Of every so many, one is lost, and the sender is told that it passed.
    LoseTransaction(usize),
}

/// A door before a node: what passes is counted, and the trouble happens.
pub struct Door {
    pub url: String,
    inner: Arc<Inner>,
    _server: WebServer,
}

struct Inner {
    node: String,
    trouble: Trouble,
    sent: AtomicUsize,
    sender: (Mutex<Option<u32>>, Condvar),
    killed: Once,
    http: reqwest::Client,
}

impl Door {
    pub fn new(stage: &Stage, trouble: Trouble) -> Self {
        let inner = Arc::new(Inner {
            node: stage.url.clone(),
            trouble,
            sent: AtomicUsize::new(0),
            sender: Default::default(),
            killed: Once::new(),
            http: reqwest::Client::new(),
        });
        let server = WebServer::start(Router::new().fallback(pass).with_state(inner.clone()));
        Self {
            url: server.url(),
            inner,
            _server: server,
        }
    }

    /// Transactions that came to it.
    pub fn sent(&self) -> usize {
        self.inner.sent.load(Ordering::SeqCst)
    }

    /// Runs a command that sends through it.
    pub fn run(&self, mut command: Command) -> Ended {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        *self.inner.sender.0.lock().unwrap() = Some(child.id());
        self.inner.sender.1.notify_all();
        child.wait_with_output().unwrap().into()
    }
}

impl Inner {
    /// Kills the sender, unless that was done before.
    async fn kill_sender(self: Arc<Self>) {
        let killing = tokio::task::spawn_blocking(move || self.killed.call_once(|| self.kill()));
        killing.await.unwrap();
    }

    fn kill(&self) {
        let (pid, known) = &self.sender;
        let pid = known.wait_while(pid.lock().unwrap(), |pid| pid.is_none());
        let pid = pid.unwrap().unwrap().to_string();
        let killed = Command::new("kill").args(["-s", "KILL", &pid]).status();
        assert!(killed.unwrap().success());
    }

    async fn forward(&self, body: Bytes) -> axum::response::Response {
        let answer = self
            .http
            .post(&self.node)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let status = answer.status();
                (status, answer.bytes().await.unwrap_or_default()).into_response()
            }
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}

async fn pass(State(inner): State<Arc<Inner>>, body: Bytes) -> axum::response::Response {
    // In a task of its own: what has passed is not called back when the sender dies.
    let passing = tokio::spawn(pass_or_not(inner, body));
    passing
        .await
        .unwrap_or_else(|error| error.to_string().into_response())
}

async fn pass_or_not(inner: Arc<Inner>, body: Bytes) -> axum::response::Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    if request["method"] != "sendTransaction" {
        return inner.forward(body).await;
    }
    let number = inner.sent.fetch_add(1, Ordering::SeqCst) + 1;
    let lost = (StatusCode::GATEWAY_TIMEOUT, "lost").into_response();
    match inner.trouble {
        Trouble::KillBefore(at) if number >= at => {
            inner.kill_sender().await;
            lost
        }
        Trouble::KillAfter(at) if number >= at => {
            inner.forward(body).await;
            inner.kill_sender().await;
            lost
        }
        Trouble::LoseAnswer(of) if number.is_multiple_of(of) => {
            inner.forward(body).await;
            lost
        }
        Trouble::LoseTransaction(of) if number.is_multiple_of(of) => {
            let signature = solana_signature::Signature::default().to_string();
            let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": signature });
            axum::Json(answer).into_response()
        }
        _ => inner.forward(body).await,
    }
}
