//! The proxy that clients connect to. It keeps its address while the validator behind it restarts on other ports.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

use crate::node::{Error, Node};

/// surfpool's method that changes the clock.
const TIME_TRAVEL: &str = "surfnet_timeTravel";

#[derive(Clone)]
struct Front {
    node: Arc<Mutex<Node>>,
    client: reqwest::Client,
}

/// Forwards JSON-RPC requests, except for those that Agave's validator does not support.
pub async fn rpc(listener: TcpListener, node: Arc<Mutex<Node>>) {
    let client = reqwest::Client::new();
    let router = Router::new()
        .fallback(answer)
        .with_state(Front { node, client });
    // Never ends by itself: `axum::serve` continues after every error.
    let _ = axum::serve(listener, router).await;
}

async fn answer(State(front): State<Front>, body: Bytes) -> Response {
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = match question["method"] == TIME_TRAVEL {
        true => front.travel(&question).await,
        false => front.hand_on(body).await,
    };
    match answer {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Front {
    async fn travel(&self, question: &Value) -> Result<Bytes, Error> {
        let milliseconds = question["params"][0]["absoluteTimestamp"].as_u64();
        let to = milliseconds.ok_or("no absoluteTimestamp")?.div_ceil(1_000);
        // Other requests wait until the restart is finished.
        self.node.lock().await.warp(to).await?;
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": null });
        Ok(answer.to_string().into())
    }

    async fn hand_on(&self, body: Bytes) -> Result<Bytes, Error> {
        let port = self.node.lock().await.rpc_port();
        let answer = self
            .client
            .post(format!("http://127.0.0.1:{port}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await?;
        Ok(answer.bytes().await?)
    }
}

/// Forwards websocket connections byte by byte.
pub async fn websocket(listener: TcpListener, node: Arc<Mutex<Node>>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let node = node.clone();
        tokio::spawn(async move {
            let port = node.lock().await.websocket_port();
            if let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await {
                // If one side closes its connection, the connection to the other side is closed too.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
