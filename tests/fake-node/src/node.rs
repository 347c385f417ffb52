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
use tokio::sync::Barrier;

use crate::server::{JsonRpcServer, Reply};

/// The ledger at a slot.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The slot.
    pub slot: u64,
    /// All accounts.
    pub accounts: BTreeMap<Address, Account>,
}

/// What a node is, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Behaviour {
    /// The genesis hash of its cluster.
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

/// A node that listens until the test's runtime ends.
#[derive(Debug)]
pub struct FakeNode {
    /// The address and port that it listens on.
    pub address: SocketAddr,
    server: JsonRpcServer,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Snapshot {
    /// The ledger with these accounts.
    pub fn new(slot: u64, accounts: &[(Address, Account)]) -> Self {
        Self {
            slot,
            accounts: accounts.iter().cloned().collect(),
        }
    }
}

impl FakeNode {
    /// Starts a node, in a tokio runtime.
    pub fn start(behaviour: Behaviour) -> Self {
        let behaviour = Arc::new(Mutex::new(behaviour));
        let shared = behaviour.clone();
        let server = JsonRpcServer::start(move |question, _| reply(shared.clone(), question));
        Self {
            address: server.address,
            server,
            behaviour,
        }
    }

    /// What it is, to be changed.
    ///
    /// # Panics
    /// If the node panicked over a request.
    pub fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().expect("the node did not panic")
    }

    /// The parameters of the requests for a method, in order.
    pub fn asked(&self, method: &str) -> Vec<Value> {
        self.server.asked(method)
    }

    /// The methods that it was asked for.
    pub fn methods(&self) -> BTreeSet<String> {
        self.server.methods()
    }
}

async fn reply(shared: Arc<Mutex<Behaviour>>, question: Value) -> Reply {
    let (fault, barrier) = {
        let mut behaviour = shared.lock().unwrap();
        (behaviour.next_fault(), behaviour.barrier.clone())
    };
    match fault {
        Fault::None => {
            if let Some(barrier) = barrier.filter(|_| question["method"] == "sendTransaction") {
                barrier.wait().await;
            }
            Reply::Json(shared.lock().unwrap().answer(&question))
        }
        Fault::Hangs => Reply::Hangs,
        Fault::Drops => Reply::Closes,
        Fault::Http(head, body) => Reply::Http(head.to_owned(), body.to_owned()),
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
