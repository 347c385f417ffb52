//! A gateway that answers over HTTP on loopback.

use std::{num::NonZero, sync::Arc};

use generion_gateway::{
    config::Config,
    events::Feed,
    http::state::AppState,
    index::{IndexState, IndexWatch},
    server::Server,
    storage::Storage,
};
use reqwest::{Client, Response};
use tokio::task::JoinHandle;

/// A running gateway; it ends when this is dropped.
pub struct Gateway {
    pub url: String,
    pub admin_url: String,
    pub client: Client,
    pub events: Arc<Feed>,
    serving: JoinHandle<()>,
}

impl Gateway {
    /// The default configuration, on free ports, with as many requests a second as a test sends.
    pub fn config() -> Config {
        let mut config = Config::default();
        config.admin_listen = Some(config.listen);
        config.limits.per_second = NonZero::<u32>::MAX;
        config.limits.burst = NonZero::<u32>::MAX;
        config
    }

    /// Over an index as it stands, without an indexer.
    pub async fn start(storage: &Storage) -> Self {
        Self::start_with(storage, Self::config()).await
    }

    /// Over an index, with a configuration.
    pub async fn start_with(storage: &Storage, config: Config) -> Self {
        let progress = storage.progress().await.unwrap();
        let index = IndexWatch::fixed(IndexState::of(progress.as_ref(), false, None));
        let state = AppState::new(storage.clone(), index, config);
        let events = Arc::clone(&state.events);
        let server = Server::over(state).await.unwrap();
        let url = format!("http://{}", server.address());
        let admin_url = format!("http://{}", server.admin_address().unwrap());
        let serving = tokio::spawn(async move {
            server.run(std::future::pending()).await.unwrap();
        });
        Self {
            url,
            admin_url,
            client: Client::new(),
            events,
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
