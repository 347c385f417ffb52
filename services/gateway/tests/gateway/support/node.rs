//! A node that shows a made-up ledger, over HTTP.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, body::Body, extract::State, response::Response, routing::post};
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_gateway::index::{ledger_node::LedgerNode, ledger_nodes::LedgerNodes};
use generion_interface::Addresses;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_synthetic_ledger::SyntheticAccount;
use serde_json::{Value, json};
use solana_address::Address;
use tokio::net::TcpListener;

/// What a node shows, to be changed while it runs.
#[derive(Default)]
pub struct Shown {
    pub slot: u64,
    pub accounts: BTreeMap<[u8; 32], SyntheticAccount>,
    /// Bytes behind which answers with all accounts are cut.
    pub cut_behind: Option<usize>,
}

/// A running node.
#[derive(Clone)]
pub struct StandInNode {
    pub shown: Arc<Mutex<Shown>>,
    url: String,
}

impl StandInNode {
    pub async fn start(slot: u64, accounts: impl IntoIterator<Item = SyntheticAccount>) -> Self {
        let by_address = |account: SyntheticAccount| (account.address.to_bytes(), account);
        let shown = Arc::new(Mutex::new(Shown {
            slot,
            accounts: accounts.into_iter().map(by_address).collect(),
            cut_behind: None,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/", post(answer))
            .with_state(Arc::clone(&shown));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shown, url }
    }

    /// As the index asks it.
    pub fn ledger_node(&self) -> LedgerNode {
        let url = NodeUrl::parse(&self.url, PlainHttp::default()).unwrap();
        LedgerNode::new(url, Addresses::default()).unwrap()
    }
}

impl StandInNode {
    /// As the index asks it, alone.
    pub fn ledger_nodes(&self) -> LedgerNodes {
        self.ledger_node().into()
    }
}

async fn answer(State(shown): State<Arc<Mutex<Shown>>>, Json(question): Json<Value>) -> Response {
    let shown = shown.lock().unwrap();
    let context = json!({ "apiVersion": "3.1.0", "slot": shown.slot });
    let result = match question["method"].as_str().unwrap() {
        "getSlot" => json!(shown.slot),
        "getProgramAccounts" => {
            let asked = question["params"][1]["filters"][0]["memcmp"]["bytes"].as_str();
            let discriminator = BASE64_STANDARD.decode(asked.unwrap()).unwrap();
            let of_kind = (shown.accounts.values())
                .filter(|account| account.data.starts_with(&discriminator))
                .map(|account| json!({ "pubkey": account.address.to_string(), "account": ui(account) }));
            json!({ "context": context, "value": of_kind.collect::<Vec<_>>() })
        }
        "getMultipleAccounts" => {
            let asked = question["params"][0].as_array().unwrap();
            let accounts = asked.iter().map(|address| {
                let address: Address = address.as_str().unwrap().parse().unwrap();
                match address == solana_clock_address() {
                    true => clock(),
                    false => (shown.accounts.get(&address.to_bytes())).map_or(Value::Null, ui),
                }
            });
            json!({ "context": context, "value": accounts.collect::<Vec<_>>() })
        }
        other => panic!("the index is not expected to ask {other}"),
    };
    let is_listing = question["method"] == "getProgramAccounts";
    let mut body = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }).to_string();
    if let Some(bytes) = shown.cut_behind.filter(|_| is_listing) {
        body.truncate(bytes);
    }
    Response::builder()
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}

fn ui(account: &SyntheticAccount) -> Value {
    let owner = Addresses::default().program_id;
    json!({
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "executable": false,
        "lamports": account.lamports,
        "owner": owner.to_string(),
        "rentEpoch": 0,
        "space": account.data.len(),
    })
}

fn solana_clock_address() -> Address {
    "SysvarC1ock11111111111111111111111111111111"
        .parse()
        .unwrap()
}

/// The sysvar, at second 0.
fn clock() -> Value {
    json!({
        "data": [BASE64_STANDARD.encode([0; 40]), "base64"],
        "executable": false,
        "lamports": 1,
        "owner": "Sysvar1111111111111111111111111111111111111",
        "rentEpoch": 0,
        "space": 40,
    })
}
