use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State as Shared,
    response::{IntoResponse, Response},
};
use generion_test_support::WebServer;
use reqwest::Client;
use serde_json::{Value, json};

use super::{accounts, lie::Reply, question::Question, state::State};

/// The JSON-RPC error code of an invalid request.
const INVALID_REQUEST: i64 = -32600;

#[derive(Clone)]
struct Desk {
    state: Arc<State>,
    http: Client,
}

/// Serves a node's JSON-RPC until the server is dropped.
pub(super) fn start(state: Arc<State>) -> WebServer {
    let http = Client::builder().no_proxy().build().expect("a client");
    let desk = Desk { state, http };
    WebServer::start(Router::new().fallback(serve).with_state(desk))
}

async fn serve(Shared(desk): Shared<Desk>, body: Bytes) -> Response {
    let Some(question) = Question::parse(&body) else {
        let error = json!({ "code": INVALID_REQUEST, "message": "not one question of JSON-RPC" });
        return answer(json!({ "jsonrpc": "2.0", "id": null, "error": error }));
    };
    let place = desk.state.note(question.clone());
    let Some(mut told) = desk.reply(&question).await else {
        // The connection breaks in the middle of the answer.
        let broken = std::io::Error::other("this node hangs up");
        let stream = futures::stream::once(async { Err::<Bytes, _>(broken) });
        return Body::from_stream(stream).into_response();
    };
    if let Some(result) = told.get_mut("result") {
        for lie in desk.state.lies() {
            lie.alter(&question, result);
        }
    }
    desk.state.note_answer(place, told.clone());
    answer(told)
}

fn answer(told: Value) -> Response {
    ([("content-type", "application/json")], told.to_string()).into_response()
}

impl Desk {
    /// The answer; `None`: the connection is closed.
    async fn reply(&self, question: &Question) -> Option<Value> {
        let lies = self.state.lies();
        let mut reply = lies.iter().rev().find_map(|lie| lie.answer(question));
        while let Some(Reply::Forward(times, then)) = reply {
            for _ in 0..times {
                self.forward(question).await;
            }
            reply = Some(*then);
        }
        let told = |field: &str, value: Value| {
            let mut told = json!({ "jsonrpc": "2.0", "id": question.id });
            told[field] = value;
            Some(told)
        };
        match reply {
            Some(Reply::Result(result)) => told("result", result),
            Some(Reply::Error { code, message }) => {
                told("error", json!({ "code": code, "message": message }))
            }
            Some(Reply::HangUp | Reply::Forward(..)) => None,
            Some(Reply::Silence) => std::future::pending().await,
            None if lies.is_empty() => Some(self.forward(question).await),
            None => match accounts::shown(self, &lies, question).await {
                Some(Ok(result)) => told("result", result),
                Some(Err(error)) => told("error", error),
                None => Some(self.forward(question).await),
            },
        }
    }

    async fn forward(&self, question: &Question) -> Value {
        let Question { method, params, id } = question;
        self.ask(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await
    }

    /// The validator's own answer.
    async fn ask(&self, question: Value) -> Value {
        let sent = self
            .http
            .post(&self.state.upstream)
            .json(&question)
            .send()
            .await;
        let answer = sent.expect("the validator answers").json().await;
        answer.expect("the validator answers in JSON")
    }
}

impl accounts::Truth for Desk {
    async fn result(&self, method: &str, params: Value) -> Value {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut answer = self.ask(question).await;
        answer["result"].take()
    }
}
