//! Small HTTP servers that misbehave.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A server that answers what a test makes it answer, one request per connection.
#[derive(Debug)]
pub struct Server {
    /// The server's URL.
    pub url: String,
    served: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server. `answer` returns a whole answer, head and body.
    pub fn start(answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it has one"));
        let (answer, served) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
        let count = served.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, count) = (answer.clone(), count.clone());
                thread::spawn(move || {
                    let mut stream = stream;
                    count.fetch_add(1, Ordering::SeqCst);
                    if let Some(request) = read(&mut stream) {
                        // The client may have hung up.
                        let _ = stream.write_all(&answer(&request));
                    }
                });
            }
        });
        Self { url, served }
    }

    /// A server that is also known under another URL.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            served: Arc::default(),
        }
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

/// An answer that ends the connection. Each of `headers` ends in CRLF.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let headers: HashMap<_, _> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length.unwrap_or(0) {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        body.extend_from_slice(&buffer[..count]);
    }
    let method = head.split(' ').next()?.to_owned();
    Some(Request {
        method,
        headers,
        body,
    })
}

/// A proxy that answers a node's reads from the past: it repeats the first answer to a request a number of times, whatever
/// slot the request asks for, before it asks the node again.
#[derive(Debug)]
pub struct StaleNode {
    /// The server's URL.
    pub server: Server,
    stale: Arc<AtomicUsize>,
}

impl StaleNode {
    /// A proxy in front of a node.
    pub fn before(node: &str, times: usize) -> Self {
        let node = node.to_owned();
        let past: Mutex<HashMap<String, (Value, usize)>> = Mutex::default();
        let stale = Arc::new(AtomicUsize::new(0));
        let count = stale.clone();
        let server = Server::start(move |request| {
            let mut question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
            let id = question["id"].clone();
            let key = is_read(&question).then(|| key(&mut question));
            if let Some(key) = &key
                && let Some((answer, left)) = past.lock().expect("no panic").get_mut(key)
                && *left > 0
            {
                *left -= 1;
                count.fetch_add(1, Ordering::SeqCst);
                let mut answer = answer.clone();
                answer["id"] = id;
                return json(&answer);
            }
            let answer = forward(&node, &request.body);
            if let Some(key) = key {
                past.lock()
                    .expect("no panic")
                    .entry(key)
                    .or_insert_with(|| (answer.clone(), times));
            }
            json(&answer)
        });
        Self { server, stale }
    }

    /// The number of answers from the past.
    pub fn stale_answers(&self) -> usize {
        self.stale.load(Ordering::SeqCst)
    }
}

fn is_read(question: &Value) -> bool {
    matches!(
        question["method"].as_str(),
        Some("getAccountInfo" | "getMultipleAccounts" | "getProgramAccounts")
    )
}

/// The request without its id, and without the required slot.
fn key(question: &mut Value) -> String {
    if let Some(config) = question
        .pointer_mut("/params/1")
        .and_then(Value::as_object_mut)
    {
        config.remove("minContextSlot");
    }
    format!("{} {}", question["method"], question["params"])
}

/// A JSON-RPC answer.
pub fn json(answer: &Value) -> Vec<u8> {
    self::answer(
        "200 OK",
        "content-type: application/json\r\n",
        answer.to_string().as_bytes(),
    )
}

/// A node's answer to a JSON-RPC request.
pub fn forward(node: &str, body: &[u8]) -> Value {
    let node: SocketAddr = node
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()
        .expect("the address of a node");
    let mut stream = TcpStream::connect(node).expect("the node listens");
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {node}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(&[head.as_bytes(), body].concat())
        .expect("it reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("it answers");
    let text = String::from_utf8(bytes).expect("it answers in UTF-8");
    let (start, end) = (text.find('{'), text.rfind('}'));
    serde_json::from_str(&text[start.expect("JSON")..=end.expect("JSON")]).expect("JSON")
}
