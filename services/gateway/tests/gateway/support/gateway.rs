//! A gateway that answers over HTTP on loopback.

use std::sync::Arc;

use generion_gateway::{
    config::Config,
    http::{router::router, state::AppState},
    index::ledger_node::LedgerNode,
    storage::Storage,
};
use generion_interface::Addresses;
use reqwest::{Client, Response};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running gateway; it ends when this is dropped.
pub struct Gateway {
    pub url: String,
    pub client: Client,
    serving: JoinHandle<()>,
}

impl Gateway {
    /// Over an index, with the default configuration and no node.
    pub async fn start(storage: &Storage) -> Self {
        Self::start_with(storage, Config::default(), Vec::new()).await
    }

    /// Over an index, with a configuration and nodes.
    pub async fn start_with(storage: &Storage, config: Config, nodes: Vec<LedgerNode>) -> Self {
        let state = AppState {
            storage: storage.clone(),
            nodes: nodes.into(),
            addresses: Addresses::default(),
            config: Arc::new(config),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router(state)).await.unwrap();
        });
        Self {
            url,
            client: Client::new(),
            serving,
        }
    }

    /// Asks for a path.
    pub async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.url);
        self.client.get(url).send().await.unwrap()
    }

    /// Asks for a path, and reads the JSON of an answer that succeeds.
    pub async fn json(&self, path: &str) -> serde_json::Value {
        let response = self.get(path).await;
        assert_eq!(
            response.status(),
            200,
            "{path}: {:?}",
            response.text().await
        );
        response.json().await.unwrap()
    }

    /// Asks for a path that is refused; returns the status and the code.
    pub async fn refusal(&self, path: &str) -> (u16, String) {
        refusal(self.get(path).await).await
    }
}

/// The status and the code of a refusal.
pub async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"].clone();
    assert_eq!(kind, "application/problem+json");
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert!(!body["detail"].as_str().unwrap().is_empty());
    (status, body["code"].as_str().unwrap().to_owned())
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
