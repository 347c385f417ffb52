//! A proxy in front of a node, which can lose transactions and kill the sender.

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

/// The fault of a door. Transactions are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No fault.
    None,
    /// The door kills the sender before it passes this transaction on.
    KillBefore(usize),
    /// The door kills the sender after it passed this transaction on, and before it answers.
    KillAfter(usize),
    /// The door loses every n-th answer.
    LoseAnswer(usize),
    /// The door loses every n-th transaction, and answers as if it had passed it on.
    LoseTransaction(usize),
}

/// A proxy in front of a node. It counts the transactions and makes a fault.
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

    /// Number of transactions that it got.
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
    // In a task of its own, which goes on when the sender is killed.
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
