//! A stand-in for a node that keeps transactions.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_fake_node::{JsonRpcServer, Reply};
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;

/// The ledger that the node has.
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
    /// The slots that it names, one for each time that it is asked for its slot alone; if there are none, the slot of its
    /// answers.
    pub(crate) slots: Vec<u64>,
    /// The node's genesis hash in base58.
    pub(crate) genesis: String,
    /// Transactions that it lists from the second time of asking on.
    pub(crate) listed_late: Vec<u16>,
    /// Methods that it answers with an error.
    pub(crate) refused: Vec<&'static str>,
}

/// The signature with a number.
pub(crate) fn numbered(name: u16) -> Signature {
    let mut bytes = [0; 64];
    bytes[..2].copy_from_slice(&name.to_le_bytes());
    Signature::from(bytes)
}

/// A node with this ledger, in a tokio runtime.
pub(crate) fn start(kept: Kept) -> JsonRpcServer {
    JsonRpcServer::start(move |question, times| {
        std::future::ready(Reply::Json(kept.answer(&question, times)))
    })
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
