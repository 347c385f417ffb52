//! A node that shows a made-up ledger, over HTTP.

mod answer;
mod shown;
mod transaction;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Json, Router, extract::State, response::Response, routing::post};
use generion_gateway::index::{ledger_node::LedgerNode, ledger_nodes::LedgerNodes};
use generion_interface::Addresses;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_synthetic_ledger::SyntheticAccount;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch};

use self::{answer::answer, shown::Shown};

/// A running node.
#[derive(Clone)]
pub struct StandInNode {
    shown: Arc<Mutex<Shown>>,
    /// How often it was asked, by method.
    questions: Arc<watch::Sender<BTreeMap<String, u64>>>,
    pub url: String,
}

impl StandInNode {
    pub async fn start(slot: u64, accounts: impl IntoIterator<Item = SyntheticAccount>) -> Self {
        let by_address = |account: SyntheticAccount| (account.address.to_bytes(), account);
        let shown = Shown {
            slot,
            finalized: slot,
            accounts: accounts.into_iter().map(by_address).collect(),
            ..Shown::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let node = Self {
            shown: Arc::new(Mutex::new(shown)),
            questions: Arc::new(watch::channel(BTreeMap::new()).0),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new()
            .route("/", post(answer_question))
            .with_state(node.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        node
    }

    /// Another node that shows the same at first.
    pub async fn like(&self) -> Self {
        let other = Self::start(0, []).await;
        *other.shown() = self.shown().clone();
        other
    }

    /// What it shows.
    pub fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap()
    }

    /// Waits until it was asked this many questions more.
    pub async fn asked(&self, more: u64) {
        let mut questions = self.questions.subscribe();
        let all = |asked: &BTreeMap<String, u64>| asked.values().sum::<u64>();
        let goal = all(&questions.borrow()) + more;
        questions
            .wait_for(|asked| all(asked) >= goal)
            .await
            .unwrap();
    }

    /// How often it was asked for a method.
    pub fn times_asked(&self, method: &str) -> u64 {
        self.questions.borrow().get(method).copied().unwrap_or(0)
    }

    /// As the index asks it.
    pub fn ledger_node(&self) -> LedgerNode {
        let url = NodeUrl::parse(&self.url, PlainHttp::default()).unwrap();
        LedgerNode::new(url, Addresses::default()).unwrap()
    }

    /// As the index asks it, alone.
    pub fn ledger_nodes(&self) -> LedgerNodes {
        self.ledger_node().into()
    }
}

async fn answer_question(State(node): State<StandInNode>, Json(question): Json<Value>) -> Response {
    let method = question["method"].as_str().unwrap().to_owned();
    node.questions
        .send_modify(|asked| *asked.entry(method).or_default() += 1);
    if node.shown().is_hanging {
        std::future::pending::<()>().await;
    }
    answer(&node.shown(), &question)
}
