//! A ledger in memory, and nodes that show it or lie about it. They are no servers: a client's transport leads to them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_client::{
    Addresses, Deployment, GenesisHash, Ledger,
    accounts::{LedgerAccount, PurchaseAccount, RecordAccount},
    crypto::settle::SettleSecret,
    decode,
    rpc::{
        RpcSender,
        node::Node,
        url::{NodeUrl, PlainHttp},
        witness::{LocalClock, WitnessOptions},
    },
    state::{Record, User},
};
use serde_json::{Value, json};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_sender::RpcTransportStats;
use solana_rpc_client_api::{
    client_error::{Error, ErrorKind, Result},
    request::{RpcError, RpcRequest, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_transaction::Transaction;
use tokio::time::Duration;

/// What time it is at first, on the ledger and on this machine.
pub const NOW: i64 = 1_800_000_000;
/// What a simulation uses.
const UNITS: u64 = 1_234;

pub fn deployment() -> Deployment {
    Deployment {
        genesis: GenesisHash([77; 32]),
        program_id: Addresses::default().program_id,
    }
}

/// The state of a ledger.
#[derive(Clone)]
pub struct World {
    /// Data by address; all of them are the program's.
    pub accounts: BTreeMap<Address, Vec<u8>>,
    /// Wallets that hold lamports.
    pub funded: Vec<Address>,
    pub time: i64,
    pub slot: u64,
    /// Signatures of transactions that landed.
    pub confirmed: Vec<String>,
    pub genesis: [u8; 32],
    /// When the last transaction of any address was.
    pub last_used: Option<i64>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            accounts: BTreeMap::new(),
            funded: Vec::new(),
            time: NOW,
            slot: 100,
            confirmed: Vec::new(),
            genesis: deployment().genesis.0,
            last_used: None,
        }
    }
}

pub type Shared<T> = Arc<Mutex<T>>;

/// What a node does wrong.
#[derive(Clone, Default)]
pub struct Lies {
    /// It shows this in the place of the ledger.
    pub shows: Option<World>,
    /// It takes so many transactions and loses them.
    pub loses: usize,
    /// It keeps transactions, and answers with an error.
    pub refuses: bool,
    /// It says that every transaction landed, or that it failed.
    pub status: Option<bool>,
    /// It answers nothing.
    pub is_down: bool,
    /// It refuses to say what is final.
    pub refuses_final: bool,
    /// Simulations end with an error: the instruction's, by its JSON.
    pub simulation: Option<Value>,
    /// The next simulation ends with this error, and then the ledger is another one.
    pub changes: Option<(Value, World)>,
}

/// A node.
#[derive(Clone)]
pub struct FakeNode {
    name: &'static str,
    world: Shared<World>,
    pub lies: Shared<Lies>,
    /// Methods and parameters.
    pub asked: Shared<Vec<(String, Value)>>,
}

impl FakeNode {
    /// On another machine, by this name, before this ledger.
    pub fn new(name: &'static str, world: &Shared<World>) -> Self {
        Self {
            name,
            world: world.clone(),
            lies: Shared::default(),
            asked: Shared::default(),
        }
    }

    fn node(&self) -> Node {
        let url = NodeUrl::parse(self.name, PlainHttp::default()).unwrap();
        Node::with_sender(url, self.clone(), CommitmentConfig::confirmed())
    }

    /// How often a method was asked for.
    pub fn count(&self, method: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(name, _)| name == method).count()
    }

    /// The transactions of `sendTransaction`, or of `simulateTransaction`.
    pub fn transactions(&self, method: &str) -> Vec<Vec<u8>> {
        let asked = self.asked.lock().unwrap();
        let of_method = asked.iter().filter(|(name, _)| name == method);
        of_method
            .map(|(_, params)| BASE64_STANDARD.decode(params[0].as_str().unwrap()).unwrap())
            .collect()
    }
}

/// A ledger over these nodes, on a machine whose clock shows `local`.
pub fn ledger(nodes: &[&FakeNode], local: &Shared<i64>) -> Ledger {
    let local = local.clone();
    let options = WitnessOptions {
        timeout: Duration::from_secs(2),
        grace: Duration::from_millis(200),
        patience: Duration::from_millis(50),
        interval: Duration::from_millis(1),
        local_clock: LocalClock::new(move || *local.lock().unwrap()),
        ..WitnessOptions::default()
    };
    let nodes = nodes.iter().map(|node| node.node()).collect();
    let mut ledger = Ledger::over(deployment(), nodes, options).unwrap();
    ledger.set_patience(Duration::from_millis(300));
    ledger
}

fn account(owner: &Address, data: &[u8]) -> Value {
    json!({
        "lamports": 1_000_000_000_u64, "data": [BASE64_STANDARD.encode(data), "base64"],
        "executable": false, "owner": owner.to_string(), "rentEpoch": 0, "space": data.len(),
    })
}

impl World {
    fn show(&self, address: &Address) -> Value {
        if *address == solana_sdk_ids::sysvar::clock::ID {
            let mut clock = vec![0; 32];
            clock.extend_from_slice(&self.time.to_le_bytes());
            return account(&solana_sdk_ids::sysvar::ID, &clock);
        }
        if self.funded.contains(address) {
            return account(&Address::default(), &[]);
        }
        let program = deployment().program_id;
        let data = self.accounts.get(address);
        data.map_or(Value::Null, |data| account(&program, data))
    }

    /// What the program makes of settlements and new records; other transactions land, and change nothing.
    fn execute(&mut self, transaction: &Transaction) {
        let signature = transaction.signatures[0].to_string();
        if self.confirmed.contains(&signature) {
            return;
        }
        self.confirmed.push(signature);
        self.slot += 1;
        let message = &transaction.message;
        for instruction in &message.instructions {
            let program = message.account_keys[usize::from(instruction.program_id_index)];
            if program != deployment().program_id {
                continue;
            }
            let accounts: Vec<_> = instruction
                .accounts
                .iter()
                .map(|index| message.account_keys[usize::from(*index)])
                .collect();
            match decode::Decoded::decode(&instruction.data, &accounts) {
                Ok(decode::Decoded::Settle(settle)) => {
                    self.settle(&settle.purchase, &settle.args.settle_secret);
                }
                Ok(decode::Decoded::CreateRecord(create)) => self.create(create),
                _ => {}
            }
        }
    }

    fn create(&mut self, create: decode::CreateRecord) {
        let program = deployment().program_id;
        let user = User::decode(&program, &program, &self.accounts[&create.user]).unwrap();
        let account = RecordAccount {
            state: Record {
                version: 1,
                bump: 255,
                verified: 0,
                reserved: 0,
                key_index: user.key_index,
                created_at: self.time,
                listings: 0,
                owner: user.wallet,
                creator: create.creator,
                rent_payer: create.payer,
                owner_key: user.encryption_key,
                data_public_key: create.args.data_public_key,
                capsule: create.args.capsule,
                facts_root: create.args.facts_root,
            },
            locator: create.args.locator,
        };
        self.accounts
            .insert(create.record, crate::account_data::record_data(&account));
    }

    fn settle(&mut self, purchase: &Address, secret: &[u8; 32]) {
        let Some(data) = self.accounts.get_mut(purchase) else {
            return;
        };
        let program = deployment().program_id;
        let account = PurchaseAccount::decode(&program, &program, data).unwrap();
        let is_right = SettleSecret::from_bytes(secret)
            .is_some_and(|secret| secret.is_of(&account.state.settle_key));
        if account.state.is_locked() && is_right {
            data[10] = 2;
            data[168..200].copy_from_slice(secret);
        }
    }
}

fn error(code: i64) -> Error {
    ErrorKind::RpcError(RpcError::RpcResponseError {
        code,
        message: "it does not".to_owned(),
        data: RpcResponseErrorData::Empty,
    })
    .into()
}

#[async_trait]
impl RpcSender for FakeNode {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        let method = request.to_string();
        self.asked
            .lock()
            .unwrap()
            .push((method.clone(), params.clone()));
        let mut lies = self.lies.lock().unwrap();
        if lies.is_down {
            return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
        }
        let is_final = |params: &Value| params[1]["commitment"] == "finalized";
        if lies.refuses_final && method == "getMultipleAccounts" && is_final(&params) {
            return Err(error(-32005));
        }
        let mut truth = self.world.lock().unwrap();
        let shown = lies.shows.clone().unwrap_or_else(|| truth.clone());
        let at = |value: Value| json!({ "context": { "slot": shown.slot }, "value": value });
        let address = |text: &Value| text.as_str().unwrap().parse::<Address>().unwrap();
        Ok(match method.as_str() {
            "getGenesisHash" => json!(GenesisHash(shown.genesis).to_string()),
            "getAccountInfo" => at(shown.show(&address(&params[0]))),
            "getMultipleAccounts" => {
                let asked = params[0].as_array().unwrap();
                at(asked
                    .iter()
                    .map(|text| shown.show(&address(text)))
                    .collect())
            }
            // Filters are the client's to check.
            "getProgramAccounts" => at(shown
                .accounts
                .iter()
                .map(|(address, data)| {
                    let account = account(&deployment().program_id, data);
                    json!({ "pubkey": address.to_string(), "account": account })
                })
                .collect()),
            "getBalance" => at(json!(1_000_000_000_u64)),
            "getLatestBlockhash" => at(json!({
                "blockhash": GenesisHash([shown.slot as u8; 32]).to_string(),
                "lastValidBlockHeight": u64::MAX,
            })),
            "getSignaturesForAddress" => shown
                .last_used
                .iter()
                .map(|time| {
                    json!({
                        "signature": Signature::default().to_string(), "slot": 1, "err": null,
                        "memo": null, "blockTime": time, "confirmationStatus": "finalized",
                    })
                })
                .collect(),
            "isBlockhashValid" => at(json!(true)),
            "getMinimumBalanceForRentExemption" => json!(890_880),
            "getRecentPrioritizationFees" => json!([]),
            "getFeeForMessage" => at(json!(5_000)),
            "getEpochInfo" => json!({
                "absoluteSlot": shown.slot, "blockHeight": 1, "epoch": 0, "slotIndex": 0,
                "slotsInEpoch": 100, "transactionCount": 1,
            }),
            "simulateTransaction" => {
                let failed = match lies.changes.take() {
                    Some((error, world)) => {
                        *truth = world;
                        error
                    }
                    None => lies.simulation.clone().unwrap_or(Value::Null),
                };
                at(json!({ "err": failed, "logs": [], "unitsConsumed": UNITS, "accounts": [] }))
            }
            "sendTransaction" => {
                let config = &params[1];
                assert_eq!(
                    config["skipPreflight"], true,
                    "a node was asked to simulate it"
                );
                let bytes = BASE64_STANDARD.decode(params[0].as_str().unwrap()).unwrap();
                let transaction: Transaction = bincode::deserialize(&bytes).unwrap();
                if lies.refuses {
                    return Err(error(-32005));
                }
                match lies.loses {
                    0 => truth.execute(&transaction),
                    left => lies.loses = left - 1,
                }
                json!(transaction.signatures[0].to_string())
            }
            "getSignatureStatuses" => {
                let signature = params[0][0].as_str().unwrap().to_owned();
                let status = |outcome: Value| {
                    json!([{
                        "slot": shown.slot, "confirmations": 1, "status": { "Ok": null }, "err": outcome,
                        "confirmationStatus": "finalized",
                    }])
                };
                let failed = json!({ "InstructionError": [0, { "Custom": 6032 }] });
                at(match lies.status {
                    Some(true) => status(Value::Null),
                    Some(false) => status(failed),
                    None if truth.confirmed.contains(&signature) => status(Value::Null),
                    None => json!([null]),
                })
            }
            "getTransaction" => {
                let signature = params[0].as_str().unwrap().to_owned();
                let failed = json!({ "InstructionError": [0, { "Custom": 6032 }] });
                let outcome = match lies.status {
                    Some(true) => Value::Null,
                    Some(false) => failed,
                    None if truth.confirmed.contains(&signature) => Value::Null,
                    None => return Ok(Value::Null),
                };
                json!({
                    "slot": shown.slot, "blockTime": null, "transaction": ["", "base64"],
                    "meta": {
                        "err": outcome, "status": { "Ok": null }, "fee": 5000, "preBalances": [],
                        "postBalances": [], "logMessages": [], "computeUnitsConsumed": 42,
                    },
                })
            }
            other => panic!("the client asks for {other}"),
        })
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        self.name.to_owned()
    }
}
