use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_signature::Signature;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The last block height at which the block hash is good.
const LAST_VALID: u64 = 150;

/// What goes wrong.
#[derive(Clone, Copy, Default)]
pub struct Part {
    /// How often `getTransaction` knows nothing although the status is there.
    pub transaction_missing: usize,
    /// The transaction is taken, and the connection closed instead of an answer.
    pub drop_send_answer: bool,
    /// The transaction is taken, and forgotten.
    pub never_lands: bool,
    /// The node answers that it takes no transactions.
    pub refuses: bool,
}

/// A stand-in for a node.
pub struct Node {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    part: Part,
    taken: Mutex<Vec<String>>,
    asked_for_transaction: AtomicUsize,
    asked_for_height: AtomicUsize,
}

impl Node {
    pub async fn start(part: Part) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            part,
            ..State::default()
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { url, state }
    }

    /// How many transactions it was handed and did not refuse.
    pub fn transactions_taken(&self) -> usize {
        self.state.taken.lock().unwrap().len()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<State>) {
    while let Some(request) = read(&mut stream).await {
        let Some(answer) = state.answer(&request) else {
            return;
        };
        let mut body = json!({ "jsonrpc": "2.0", "id": request["id"] });
        body.as_object_mut()
            .unwrap()
            .extend(answer.as_object().unwrap().clone());
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream
            .write_all(format!("{head}{body}").as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}

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

impl State {
    /// What goes beside version and id; `None`: the connection is closed.
    fn answer(&self, request: &Value) -> Option<Value> {
        let in_context =
            |value: Value| json!({ "result": { "context": { "slot": 7 }, "value": value } });
        let answer = match request["method"].as_str()? {
            "getLatestBlockhash" => in_context(json!({
                "blockhash": "11111111111111111111111111111111",
                "lastValidBlockHeight": LAST_VALID,
            })),
            "sendTransaction" if self.part.refuses => {
                json!({ "error": { "code": -32005, "message": "Node is behind" } })
            }
            "sendTransaction" => {
                let bytes = BASE64_STANDARD
                    .decode(request["params"][0].as_str()?)
                    .ok()?;
                let signature = Signature::try_from(&bytes[1..65]).ok()?.to_string();
                self.taken.lock().unwrap().push(signature.clone());
                if self.part.drop_send_answer {
                    return None;
                }
                json!({ "result": signature })
            }
            "getBlockHeight" => {
                let asked = self.asked_for_height.fetch_add(1, Ordering::SeqCst) as u64;
                json!({ "result": LAST_VALID - 1 + asked })
            }
            "getSignatureStatuses" if self.part.never_lands => in_context(json!([null])),
            "getSignatureStatuses" => in_context(json!([{
                "slot": 7, "confirmations": 1, "status": { "Ok": null }, "err": null,
                "confirmationStatus": "confirmed",
            }])),
            "getTransaction" => {
                let asked = self.asked_for_transaction.fetch_add(1, Ordering::SeqCst);
                if asked < self.part.transaction_missing {
                    json!({ "result": null })
                } else {
                    json!({ "result": {
                        "slot": 7, "blockTime": null, "transaction": ["", "base64"],
                        "meta": {
                            "err": null, "status": { "Ok": null }, "fee": 5000, "preBalances": [],
                            "postBalances": [], "logMessages": [], "computeUnitsConsumed": 42,
                        },
                    } })
                }
            }
            other => panic!("the client asks for {other}"),
        };
        Some(answer)
    }
}
