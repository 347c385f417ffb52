//! A stand-in for a node, for tests of whatever talks to one: it answers JSON-RPC over HTTP from a state that a test sets
//! and changes, keeps what it was asked, and does wrong what a test wants it to. It needs nothing of the other tests.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_hash::Hash;
use solana_signature::Signature;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Barrier,
};

/// The ledger at a slot.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub slot: u64,
    pub accounts: BTreeMap<Address, Account>,
}

/// What a node is, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Behaviour {
    pub genesis: Hash,
    /// What is final, one for each read of accounts; the last one stays.
    pub finalized: VecDeque<Snapshot>,
    /// What is confirmed; `None`: as what is final.
    pub confirmed: Option<Snapshot>,
    /// Seconds that the ledger's clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// Whether it answers from its state whatever slot was asked for.
    pub ignores_min_slot: bool,
    /// Block hashes that are valid, the latest last.
    pub block_hashes: Vec<Hash>,
    /// How often a valid block hash is not known yet.
    pub late_block_hashes: usize,
    /// Status and slot of transactions.
    pub statuses: BTreeMap<Signature, u64>,
    /// Whether it has no history of transactions.
    pub has_no_history: bool,
    /// Answers in place of its own: the result, or the error, by method.
    pub instead: BTreeMap<&'static str, Value>,
    /// What it does in place of answering.
    pub fault: Fault,
    /// How many requests the fault is for; `None`: all.
    pub faults_left: Option<usize>,
    /// A transaction is answered once this many nodes have one.
    pub barrier: Option<Arc<Barrier>>,
}

/// What a node does in place of answering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// It answers.
    #[default]
    None,
    /// It never answers.
    Hangs,
    /// It closes the connection.
    Drops,
    /// It answers with this head and this body.
    Http(&'static str, &'static str),
}

/// A node that listens until the test ends.
pub struct FakeNode {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    behaviour: Mutex<Behaviour>,
    asked: Mutex<Vec<Value>>,
}

impl Snapshot {
    pub fn new(slot: u64, accounts: &[(Address, Account)]) -> Self {
        Self {
            slot,
            accounts: accounts.iter().cloned().collect(),
        }
    }
}

impl FakeNode {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(behaviour),
            ..Shared::default()
        });
        let node = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, node.clone()));
            }
        });
        Self { address, shared }
    }

    /// What it is, to be changed.
    pub fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.shared.behaviour.lock().unwrap()
    }

    /// Parameters of the questions of a method, in order.
    pub fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.shared.asked.lock().unwrap();
        let of_method = asked.iter().filter(|question| question["method"] == method);
        of_method
            .map(|question| question["params"].clone())
            .collect()
    }

    /// The methods that it was asked for.
    pub fn methods(&self) -> BTreeSet<String> {
        let asked = self.shared.asked.lock().unwrap();
        let methods = asked
            .iter()
            .filter_map(|question| question["method"].as_str());
        methods.map(str::to_owned).collect()
    }
}

async fn serve(mut stream: TcpStream, node: Arc<Shared>) {
    while let Some(question) = read(&mut stream).await {
        node.asked.lock().unwrap().push(question.clone());
        let (fault, barrier) = {
            let mut behaviour = node.behaviour.lock().unwrap();
            (behaviour.next_fault(), behaviour.barrier.clone())
        };
        let answer = match fault {
            Fault::None => {
                if let Some(barrier) = barrier.filter(|_| question["method"] == "sendTransaction") {
                    barrier.wait().await;
                }
                let mut answer = node.behaviour.lock().unwrap().answer(&question);
                answer["jsonrpc"] = json!("2.0");
                answer["id"] = question["id"].clone();
                http(
                    "200 OK\r\ncontent-type: application/json",
                    &answer.to_string(),
                )
            }
            Fault::Hangs => std::future::pending().await,
            Fault::Drops => return,
            Fault::Http(head, body) => http(head, body),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
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

impl Behaviour {
    fn next_fault(&mut self) -> Fault {
        match &mut self.faults_left {
            None => self.fault.clone(),
            Some(0) => Fault::None,
            Some(left) => {
                *left -= 1;
                self.fault.clone()
            }
        }
    }

    fn answer(&mut self, question: &Value) -> Value {
        let (method, params) = (question["method"].as_str().unwrap(), &question["params"]);
        if let Some(instead) = self.instead.get(method) {
            return instead.clone();
        }
        match method {
            "getGenesisHash" => json!({ "result": self.genesis.to_string() }),
            "getMultipleAccounts" => self.accounts(params),
            "getLatestBlockhash" => {
                let hash = self.block_hashes.last().unwrap().to_string();
                at(1, json!({ "blockhash": hash, "lastValidBlockHeight": 150 }))
            }
            "isBlockhashValid" => {
                let hash: Hash = params[0].as_str().unwrap().parse().unwrap();
                let is_late = self.late_block_hashes > 0;
                self.late_block_hashes = self.late_block_hashes.saturating_sub(1);
                at(1, json!(!is_late && self.block_hashes.contains(&hash)))
            }
            "sendTransaction" => {
                let bytes = BASE64_STANDARD.decode(params[0].as_str().unwrap()).unwrap();
                let signature = Signature::try_from(&bytes[1..65]).unwrap();
                json!({ "result": signature.to_string() })
            }
            "getSignatureStatuses" => {
                let with_history = params[1]["searchTransactionHistory"] == true;
                if with_history && self.has_no_history {
                    return json!({ "error": { "code": -32011, "message": "no history" } });
                }
                let signature: Signature = params[0][0].as_str().unwrap().parse().unwrap();
                let status = self.statuses.get(&signature).map(|slot| {
                    json!({
                        "slot": slot, "confirmations": null, "status": { "Ok": null }, "err": null,
                        "confirmationStatus": "finalized",
                    })
                });
                at(20, json!([status]))
            }
            other => panic!("the node is asked for {other}"),
        }
    }

    fn accounts(&mut self, params: &Value) -> Value {
        let snapshot = match params[1]["commitment"].as_str().unwrap() {
            "confirmed" if self.confirmed.is_some() => self.confirmed.clone(),
            _ if self.finalized.len() > 1 => self.finalized.pop_front(),
            _ => self.finalized.front().cloned(),
        };
        let snapshot = snapshot.unwrap_or_default();
        let min_slot = params[1]["minContextSlot"].as_u64().unwrap_or_default();
        if snapshot.slot < min_slot && !self.ignores_min_slot {
            let message = "Minimum context slot has not been reached";
            return json!({ "error": { "code": -32016, "message": message } });
        }
        let accounts: Vec<_> = (params[0].as_array().unwrap().iter())
            .map(|address| {
                let address: Address = address.as_str().unwrap().parse().unwrap();
                match address == solana_sdk_ids::sysvar::clock::ID {
                    true => Some(self.clock()),
                    false => snapshot.accounts.get(&address).cloned(),
                }
            })
            .map(|account| account.map(|account| shown(&account)))
            .collect();
        at(snapshot.slot, json!(accounts))
    }

    fn clock(&self) -> Account {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let time = now.as_secs() as i64 + self.clock_ahead;
        let mut data = vec![0; 32];
        data.extend_from_slice(&time.to_le_bytes());
        Account {
            lamports: 1,
            data,
            owner: solana_sdk_ids::sysvar::ID,
            ..Account::default()
        }
    }
}

fn shown(account: &Account) -> Value {
    json!({
        "lamports": account.lamports, "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "executable": account.executable, "owner": account.owner.to_string(), "rentEpoch": account.rent_epoch,
        "space": account.data.len(),
    })
}

fn at(slot: u64, value: Value) -> Value {
    json!({ "result": { "context": { "slot": slot }, "value": value } })
}
