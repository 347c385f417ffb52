use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use generion_test_support::WebServer;
use reqwest::Client;

use crate::node::Node;

/// An HTTP proxy by which a program reaches nodes under names of other machines. It ends when it is dropped.
pub struct Switchboard {
    /// For `HTTP_PROXY`.
    pub url: String,
    _server: WebServer,
}

#[derive(Clone)]
struct Lines {
    nodes: Arc<BTreeMap<String, SocketAddr>>,
    http: Client,
}

impl Switchboard {
    /// Starts a proxy to these nodes, by their names.
    pub fn to(nodes: &[(&str, &Node)]) -> Self {
        let nodes = nodes
            .iter()
            .map(|(name, node)| ((*name).to_owned(), node.address))
            .collect();
        let lines = Lines {
            nodes: Arc::new(nodes),
            http: Client::builder().no_proxy().build().expect("a client"),
        };
        let server = WebServer::start(Router::new().fallback(connect).with_state(lines));
        Self {
            url: server.url(),
            _server: server,
        }
    }
}

async fn connect(State(lines): State<Lines>, headers: HeaderMap, body: Bytes) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let name = host.and_then(|host| host.split(':').next());
    let Some(address) = name.and_then(|name| lines.nodes.get(name)) else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let passed_on = lines.http.post(format!("http://{address}")).body(body);
    match passed_on.send().await {
        Ok(answer) => match answer.bytes().await {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            // The node closed the connection, and so does the proxy.
            Err(error) => {
                let broken = futures::stream::once(async { Err::<Bytes, _>(error) });
                Body::from_stream(broken).into_response()
            }
        },
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
