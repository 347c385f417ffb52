//! A REST gateway that lies: it answers with the pages that a test gives it.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_client::{
    Gateway,
    rpc::url::{NodeUrl, PlainHttp},
};
use generion_test_support::WebServer;
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;

/// A gateway that names what it likes. It ends when it is dropped.
pub struct LyingGateway {
    server: WebServer,
    asked: Arc<Mutex<Vec<String>>>,
}

struct Pages {
    pages: Vec<Vec<Value>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl LyingGateway {
    /// Answers every list with these pages, one behind the other.
    pub fn with_pages(pages: Vec<Vec<Value>>) -> Self {
        let asked = Arc::default();
        let state = Arc::new(Pages {
            pages,
            asked: Arc::clone(&asked),
        });
        let router = Router::new()
            .route("/v1/{list}", get(page))
            .with_state(state);
        Self {
            server: WebServer::start(router),
            asked,
        }
    }

    /// Answers every question alike.
    pub fn with_answer(status: StatusCode, body: Vec<u8>) -> Self {
        let answer = move || async move { (status, body) };
        Self {
            server: WebServer::start(Router::new().fallback(answer)),
            asked: Arc::default(),
        }
    }

    /// As the client library asks it.
    pub fn client(&self) -> Gateway {
        let url = NodeUrl::parse(&self.server.url(), PlainHttp::default());
        let gateway = url.map(Gateway::new).expect("a gateway's address");
        gateway.expect("an HTTP client")
    }

    /// What it was asked for: lists with their filters.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panicked here").clone()
    }
}

/// An item of a list, as an honest gateway shows this account.
pub fn item(address: &Address, account: &Account) -> Value {
    json!({
        "address": address.to_string(),
        "lamports": account.lamports.to_string(),
        "slot": "1",
        "data": BASE64_STANDARD.encode(&account.data),
    })
}

async fn page(
    State(state): State<Arc<Pages>>,
    Path(list): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let of = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let filters: Vec<_> = query
        .iter()
        .filter(|(name, _)| name != "cursor")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let asked = format!("{list}?{}", filters.join("&"));
    state
        .asked
        .lock()
        .expect("no test panicked here")
        .push(asked);
    let index = of("cursor").map_or(0, |cursor| cursor.parse().unwrap_or(usize::MAX));
    match state.pages.get(index) {
        Some(items) => {
            let next = (index + 1 < state.pages.len()).then(|| (index + 1).to_string());
            Json(json!({ "items": items, "next": next })).into_response()
        }
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}
