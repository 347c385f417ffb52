use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a server does with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It answers with these members, `result` or `error`.
    Json(Value),
    /// It answers with this status and these headers, each of which begins with CRLF, and this body.
    Http(String, String),
    /// It closes the connection.
    Closes,
    /// It never answers.
    Hangs,
}

/// A JSON-RPC server on this machine. It listens until the test's runtime ends.
#[derive(Debug)]
pub struct JsonRpcServer {
    /// The address and port that it listens on.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl JsonRpcServer {
    /// Starts a server. `answer` gets a request, and how often the server was asked the same, this time included.
    ///
    /// # Panics
    /// Outside of a tokio runtime, and if no port is free.
    pub fn start<F>(answer: impl Fn(Value, usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send,
    {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("a listener that doesn't block");
        let address = listener.local_addr().expect("it has an address");
        let listener = TcpListener::from_std(listener).expect("a listener of the runtime");
        let asked = Arc::<Mutex<Vec<Value>>>::default();
        let (answer, questions) = (Arc::new(answer), asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, questions) = (answer.clone(), questions.clone());
                tokio::spawn(async move { serve(stream, &*answer, &questions).await });
            }
        });
        Self { address, asked }
    }

    /// The server's URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The parameters of the requests for a method, in order.
    pub fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().expect("no test panicked here");
        let of_method = asked.iter().filter(|question| question["method"] == method);
        of_method
            .map(|question| question["params"].clone())
            .collect()
    }

    /// The methods that it was asked for.
    pub fn methods(&self) -> BTreeSet<String> {
        let asked = self.asked.lock().expect("no test panicked here");
        let methods = asked
            .iter()
            .filter_map(|question| question["method"].as_str());
        methods.map(str::to_owned).collect()
    }
}

async fn serve<F>(
    mut stream: TcpStream,
    answer: &(impl Fn(Value, usize) -> F + Sync),
    questions: &Mutex<Vec<Value>>,
) where
    F: Future<Output = Reply> + Send,
{
    while let Some(question) = read(&mut stream).await {
        let times = {
            let mut questions = questions.lock().expect("no test panicked here");
            questions.push(question.clone());
            let same = |other: &&Value| {
                (&other["method"], &other["params"]) == (&question["method"], &question["params"])
            };
            questions.iter().filter(same).count()
        };
        let id = question["id"].clone();
        let bytes = match answer(question, times).await {
            Reply::Json(mut answer) => {
                answer["jsonrpc"] = json!("2.0");
                answer["id"] = id;
                http(
                    "200 OK\r\ncontent-type: application/json",
                    &answer.to_string(),
                )
            }
            Reply::Http(head, body) => http(&head, &body),
            Reply::Closes => return,
            Reply::Hangs => std::future::pending().await,
        };
        if stream.write_all(bytes.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn http(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The next request; none once the client has closed the connection.
async fn read(stream: &mut TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    loop {
        let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = head_end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))?;
            if bytes.len() >= end + 4 + length.trim().parse::<usize>().ok()? {
                return serde_json::from_slice(&bytes[end + 4..]).ok();
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
