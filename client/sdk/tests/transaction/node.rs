use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_fake_node::{JsonRpcServer, Reply};
use serde_json::{Value, json};
use solana_signature::Signature;

/// Blocks for which a block hash is good.
const VALID_FOR: u64 = 3;
/// The slot in which everything lands.
pub const SLOT: u64 = 7;
/// What a simulation uses.
pub const UNITS: u64 = 40_000;
/// The ledger's.
pub const GENESIS: &str = "8Rm5aaiDGzNkzkGRs9KVVZXzApwSYYsEKDxmXtAoJQyZ";
/// The clock's time.
pub const NOW: i64 = 1_000_000;

/// What goes wrong.
#[derive(Clone, Copy, Default)]
pub struct Part {
    /// How often `getTransaction` knows nothing although the status is there.
    pub transaction_missing: usize,
    /// The transaction is taken, and the connection closed instead of an answer.
    pub drop_send_answer: bool,
    /// How many different transactions are taken and forgotten before one lands.
    pub forgets: usize,
    /// How often the same transaction is dropped without a word before it is taken.
    pub loses: usize,
    /// The node answers that it takes no transactions.
    pub refuses: bool,
    /// The transaction is taken, and answered as one that was taken before: something on the way sent it twice.
    pub says_processed: bool,
    /// How many balances come from a node that is behind, and shows more lamports than there are.
    pub stale_balances: usize,
    /// How many requests are answered with 429, and the `retry-after` that goes with it.
    pub rate_limited: Option<(usize, &'static str)>,
    /// How many requests other than transactions are read, and their connection closed.
    pub drops_requests: usize,
    /// Statuses are known to the history alone: the node was restarted.
    pub only_history_knows: bool,
    /// How many final answers about a status come from a node that is behind, and knows nothing.
    pub stale_statuses: usize,
    /// How many reads of the clock come from a node that is behind, and shows an earlier time.
    pub stale_clocks: usize,
    /// The simulation fails.
    pub simulation_fails: bool,
    /// Nothing is answered once a transaction was taken.
    pub dies_after_send: bool,
}

/// A stand-in for a node.
pub struct Node {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    part: Part,
    /// How often each transaction came, and the last bytes.
    taken: Mutex<BTreeMap<String, usize>>,
    bytes: Mutex<Vec<Vec<u8>>>,
    /// In the order in which they came first.
    order: Mutex<Vec<String>>,
    height: AtomicUsize,
    asked: Mutex<BTreeMap<String, usize>>,
    limited: AtomicUsize,
    dropped: AtomicUsize,
}

impl Node {
    pub fn start(part: Part) -> Self {
        let state = Arc::new(State {
            part,
            ..State::default()
        });
        let shared = state.clone();
        let server =
            JsonRpcServer::start(move |request, _| std::future::ready(shared.answer(&request)));
        Self {
            url: server.url(),
            state,
        }
    }

    /// How many different transactions it was handed and did not refuse.
    pub fn transactions_taken(&self) -> usize {
        self.state.taken.lock().unwrap().len()
    }

    /// How often it was handed any.
    pub fn times_sent(&self) -> usize {
        self.state.taken.lock().unwrap().values().sum()
    }

    /// How often a method was asked for.
    pub fn asked(&self, method: &str) -> usize {
        self.state.count(method)
    }

    /// The bytes of the last transaction.
    pub fn last_bytes(&self) -> Vec<u8> {
        self.state.bytes.lock().unwrap().last().unwrap().clone()
    }
}

impl State {
    fn count(&self, method: &str) -> usize {
        self.asked
            .lock()
            .unwrap()
            .get(method)
            .copied()
            .unwrap_or_default()
    }

    fn answer(&self, request: &Value) -> Reply {
        let method = request["method"].as_str().unwrap();
        let part = &self.part;
        if let Some((times, retry_after)) = part.rate_limited
            && self.limited.fetch_add(1, Ordering::SeqCst) < times
        {
            let head = format!("429 Too Many Requests\r\nretry-after: {retry_after}");
            return Reply::Http(head, String::new());
        }
        if method != "sendTransaction"
            && self.dropped.fetch_add(1, Ordering::SeqCst) < part.drops_requests
        {
            return Reply::Closes;
        }
        if part.dies_after_send && !self.taken.lock().unwrap().is_empty() {
            return Reply::Closes;
        }
        *self
            .asked
            .lock()
            .unwrap()
            .entry(method.to_owned())
            .or_default() += 1;
        match self.result(method, &request["params"]) {
            Some(result) => Reply::Json(result),
            None => Reply::Closes,
        }
    }

    /// What goes beside version and id; `None`: the connection is closed.
    fn result(&self, method: &str, params: &Value) -> Option<Value> {
        let part = &self.part;
        let at = |slot: u64, value: Value| json!({ "result": { "context": { "slot": slot }, "value": value } });
        Some(match method {
            "getGenesisHash" => json!({ "result": GENESIS }),
            "getLatestBlockhash" => {
                let height = self.height.load(Ordering::SeqCst) as u64;
                let hash = bs58(height + 1);
                at(
                    SLOT,
                    json!({ "blockhash": hash, "lastValidBlockHeight": height + VALID_FOR }),
                )
            }
            "simulateTransaction" if part.simulation_fails => at(
                SLOT,
                json!({ "err": { "InstructionError": [0, { "Custom": 6032 }] }, "logs": ["it failed"] }),
            ),
            "simulateTransaction" => at(
                SLOT,
                json!({ "err": null, "logs": [], "unitsConsumed": UNITS }),
            ),
            "getRecentPrioritizationFees" => {
                let fee = |fee: u64| json!({ "slot": 1, "prioritizationFee": fee });
                json!({ "result": [fee(0), fee(300), fee(1_000_000)] })
            }
            "sendTransaction" if part.refuses => {
                json!({ "error": { "code": -32005, "message": "Node is behind" } })
            }
            "sendTransaction" => {
                let bytes = BASE64_STANDARD.decode(params[0].as_str()?).ok()?;
                let signature = Signature::try_from(&bytes[1..65]).ok()?.to_string();
                let times = {
                    let mut taken = self.taken.lock().unwrap();
                    let times = taken.entry(signature.clone()).or_default();
                    *times += 1;
                    *times
                };
                if times == 1 {
                    self.order.lock().unwrap().push(signature.clone());
                }
                self.bytes.lock().unwrap().push(bytes);
                if part.drop_send_answer || part.dies_after_send {
                    return None;
                }
                if part.says_processed {
                    let message = "Transaction simulation failed: This transaction has already been processed";
                    return Some(json!({ "error": { "code": -32002, "message": message } }));
                }
                json!({ "result": signature })
            }
            "getBalance" if self.count("getBalance") <= part.stale_balances => {
                at(SLOT - 1, json!(9_000_000))
            }
            "getBalance" => at(SLOT, json!(1_000)),
            "getEpochInfo" => {
                let height = self.height.fetch_add(2, Ordering::SeqCst);
                json!({ "result": {
                    "absoluteSlot": SLOT, "blockHeight": height, "epoch": 0, "slotIndex": SLOT, "slotsInEpoch": 100,
                    "transactionCount": 1,
                } })
            }
            "getSignatureStatuses" => {
                let with_history = params[1]["searchTransactionHistory"] == true;
                if with_history && self.count("stale") < part.stale_statuses {
                    *self
                        .asked
                        .lock()
                        .unwrap()
                        .entry("stale".into())
                        .or_default() += 1;
                    return Some(at(SLOT - 1, json!([null])));
                }
                let is_hidden = part.only_history_knows || part.stale_statuses > 0;
                match self.has_landed(params[0][0].as_str()?) && (with_history || !is_hidden) {
                    true => at(
                        SLOT,
                        json!([{
                            "slot": SLOT, "confirmations": 1, "status": { "Ok": null }, "err": null,
                            "confirmationStatus": "confirmed",
                        }]),
                    ),
                    false => at(SLOT, json!([null])),
                }
            }
            "getTransaction" if self.count("getTransaction") <= part.transaction_missing => {
                json!({ "result": null })
            }
            "getTransaction" => json!({ "result": {
                "slot": SLOT, "blockTime": null, "transaction": ["", "base64"],
                "meta": {
                    "err": null, "status": { "Ok": null }, "fee": 5000, "preBalances": [],
                    "postBalances": [], "logMessages": [], "computeUnitsConsumed": 42,
                },
            } }),
            "isBlockhashValid" => at(SLOT, json!(true)),
            // Of the clock alone.
            "getAccountInfo" => {
                let is_stale = self.count("getAccountInfo") <= part.stale_clocks;
                let (slot, time) = match is_stale {
                    true => (SLOT - 1, NOW - 1_000),
                    false => (SLOT, NOW),
                };
                let mut clock = vec![0; 32];
                clock.extend_from_slice(&time.to_le_bytes());
                at(
                    slot,
                    json!({
                        "lamports": 1, "data": [BASE64_STANDARD.encode(clock), "base64"], "executable": false,
                        "owner": "Sysvar1111111111111111111111111111111111111", "rentEpoch": 0, "space": 40,
                    }),
                )
            }
            other => panic!("the client asks for {other}"),
        })
    }

    /// The first ones never do, and none before it came often enough.
    fn has_landed(&self, signature: &str) -> bool {
        let place = self
            .order
            .lock()
            .unwrap()
            .iter()
            .position(|one| one == signature);
        let times = self.taken.lock().unwrap().get(signature).copied();
        place.is_some_and(|place| place >= self.part.forgets)
            && times.unwrap_or_default() > self.part.loses
    }
}

/// A block hash of a number's own.
fn bs58(number: u64) -> String {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    solana_address::Address::new_from_array(bytes).to_string()
}
