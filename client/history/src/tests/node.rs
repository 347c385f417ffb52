//! A stand-in for a node that keeps transactions.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;

/// What it has.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    /// Data of the program's accounts.
    pub(crate) accounts: HashMap<Address, Vec<u8>>,
    /// The transactions of an address, the latest first: name, slot, and whether it failed.
    pub(crate) listed: HashMap<Address, Vec<(u16, u64, bool)>>,
    /// Whole answers by signature; the others are missing.
    pub(crate) transactions: HashMap<Signature, Value>,
    /// Those that it has at the second time of asking.
    pub(crate) late: Vec<Signature>,
    /// Whether its answer to `getTransaction` is that the version is not supported.
    pub(crate) versions: bool,
    /// The slot of its answers.
    pub(crate) slot: u64,
    /// What it says that its slot is, each time that it is asked for that alone; none: the slot of its answers.
    pub(crate) slots: Vec<u64>,
    /// Its genesis hash in base58.
    pub(crate) genesis: String,
    /// Transactions that it lists from the second time of asking on.
    pub(crate) listed_late: Vec<u16>,
    /// Methods that it answers with an error.
    pub(crate) refused: Vec<&'static str>,
}

/// It listens until the test ends.
pub(crate) struct Node {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

/// The signature with a number.
pub(crate) fn numbered(name: u16) -> Signature {
    let mut bytes = [0; 64];
    bytes[..2].copy_from_slice(&name.to_le_bytes());
    Signature::from(bytes)
}

impl Node {
    pub(crate) fn start(kept: Kept) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (kept, asked) = (Arc::new(kept), Arc::<Mutex<Vec<Value>>>::default());
        let questions = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, questions) = (kept.clone(), questions.clone());
                thread::spawn(move || serve(stream, &kept, &questions));
            }
        });
        Self { url, asked }
    }

    /// Parameters of the questions of a method, in order.
    pub(crate) fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let of_method = asked.iter().filter(|question| question["method"] == method);
        of_method
            .map(|question| question["params"].clone())
            .collect()
    }
}

fn serve(stream: TcpStream, kept: &Kept, questions: &Mutex<Vec<Value>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().to_lowercase().strip_prefix("content-length:") {
            Some(digits) => length = digits.trim().parse().ok()?,
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let question: Value = serde_json::from_slice(&body).ok()?;
    questions.lock().unwrap().push(question.clone());
    let times = {
        let questions = questions.lock().unwrap();
        let same = |other: &&Value| {
            (&other["method"], &other["params"]) == (&question["method"], &question["params"])
        };
        questions.iter().filter(same).count()
    };
    let mut answer = kept.answer(&question, times);
    answer["jsonrpc"] = json!("2.0");
    answer["id"] = question["id"].clone();
    let body = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (&stream)
        .write_all(&[head, body].concat().into_bytes())
        .ok()
}

impl Kept {
    fn answer(&self, question: &Value, times: usize) -> Value {
        let params = &question["params"];
        let method = question["method"].as_str().unwrap();
        if self.refused.contains(&method) {
            return json!({ "error": { "code": -32000, "message": "not today" } });
        }
        match method {
            "getGenesisHash" => json!({ "result": self.genesis }),
            "getSlot" if self.slots.is_empty() => json!({ "result": self.slot }),
            "getSlot" => json!({ "result": self.slots[(times - 1).min(self.slots.len() - 1)] }),
            "getMultipleAccounts" => {
                let addresses = params[0].as_array().unwrap().iter();
                let accounts: Vec<_> = addresses
                    .map(|address| {
                        let address: Address = address.as_str().unwrap().parse().unwrap();
                        let data = self.accounts.get(&address)?;
                        Some(json!({
                            "lamports": 1, "data": [BASE64_STANDARD.encode(data), "base64"], "executable": false,
                            "owner": generion::ID.to_string(), "rentEpoch": 0, "space": data.len(),
                        }))
                    })
                    .collect();
                json!({ "result": { "context": { "slot": self.slot }, "value": accounts } })
            }
            "getSignaturesForAddress" => {
                let address: Address = params[0].as_str().unwrap().parse().unwrap();
                let limit = params[1]["limit"].as_u64().unwrap();
                assert!(limit <= 1_000, "no node gives more");
                let empty = Vec::new();
                let all = self.listed.get(&address).unwrap_or(&empty);
                let before = params[1]["before"].as_str();
                let start = before.map_or(0, |before| {
                    let is_it = |(name, ..): &(u16, _, _)| numbered(*name).to_string() == before;
                    all.iter().position(is_it).map_or(all.len(), |at| at + 1)
                });
                let is_there =
                    |(name, ..): &&(u16, _, _)| times > 1 || !self.listed_late.contains(name);
                let page = all[start..].iter().filter(is_there).take(limit as usize);
                let page: Vec<_> = page
                    .map(|(name, slot, failed)| {
                        let error = failed.then(|| json!({ "InstructionError": [0, "InvalidSeeds"] }));
                        json!({
                            "signature": numbered(*name).to_string(), "slot": slot, "err": error, "memo": null,
                            "blockTime": slot * 10, "confirmationStatus": "finalized",
                        })
                    })
                    .collect();
                json!({ "result": page })
            }
            "getTransaction" if self.versions => json!({ "error": {
                "code": -32015, "message": "Transaction version (2) is not supported",
            } }),
            "getTransaction" => {
                let signature: Signature = params[0].as_str().unwrap().parse().unwrap();
                if self.late.contains(&signature) && times == 1 {
                    return json!({ "result": null });
                }
                json!({ "result": self.transactions.get(&signature) })
            }
            other => panic!("the client asks for {other}"),
        }
    }
}
