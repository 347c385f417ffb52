//! A client of a stream of server-sent events.

use futures::StreamExt;
use reqwest::{Client, Response};
use serde_json::Value;

/// An event as a client gets it. One without data is none to a client, and moves its cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub event: Option<String>,
    pub id: Option<String>,
    pub data: Option<String>,
}

impl Sent {
    /// The data's JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.data.as_deref().unwrap()).unwrap()
    }
}

/// An open stream.
pub struct EventSource {
    response: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    buffer: String,
    /// The last cursor.
    pub last_id: Option<String>,
}

/// Asks for a stream.
pub async fn request(url: &str, last_id: Option<&str>) -> Response {
    let mut request = Client::new().get(url);
    if let Some(id) = last_id {
        request = request.header("last-event-id", id);
    }
    request.send().await.unwrap()
}

impl EventSource {
    /// Opens a stream.
    pub async fn open(url: &str, last_id: Option<&str>) -> Self {
        let response = request(url, last_id).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response: response.bytes_stream().boxed(),
            buffer: String::new(),
            last_id: last_id.map(str::to_owned),
        }
    }

    /// What comes next; `None`: the stream has ended.
    pub async fn part(&mut self) -> Option<Sent> {
        loop {
            if let Some((part, rest)) = self.buffer.split_once("\n\n") {
                let sent = read(part);
                self.buffer = rest.to_owned();
                self.last_id = sent.id.clone().or(self.last_id.take());
                return Some(sent);
            }
            let bytes = self.response.next().await?.ok()?;
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> Sent {
        loop {
            let part = self.part().await.expect("the stream goes on");
            if part.data.is_some() {
                return part;
            }
        }
    }
}

fn read(part: &str) -> Sent {
    let mut sent = Sent::default();
    for line in part.lines() {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name {
            "event" => sent.event = Some(value.to_owned()),
            "id" => sent.id = Some(value.to_owned()),
            "data" => sent.data = Some(value.to_owned()),
            _ => {}
        }
    }
    sent
}
