//! Transactions that can't land any more, and those that only seem so: what the relay says where nodes name wrong heights, have
//! no history, or contradict each other.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use generion_fake_node::{JsonRpcServer, Reply};
use generion_gateway::relay::send::{PlaceLimits, Relay, RelayError, TransactionOutcome};
use generion_http_server::client_address::ClientAddress;
use generion_interface::{Addresses, Instructions, transaction::ReadTransaction};
use generion_rpc::{cluster::LOCALNET_GENESIS, node::Node};
use serde_json::{Value, json};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::support::ledger::node_url;

/// Longer than the relay needs in any of these tests.
const PATIENCE: Duration = Duration::from_secs(40);

/// A block hash that nobody else uses.
const HASH: Hash = Hash::new_from_array([7; 32]);

/// What a stand-in for a node says of the only transaction.
#[derive(Clone, Default)]
struct Ledger {
    /// Whether it takes the block hash.
    takes_hash: bool,
    /// The height that it names beside that.
    named_height: u64,
    /// Its height.
    height: u64,
    has_no_history: bool,
    /// How often it was asked for the block hash when the transaction lands.
    lands_when_asked: Option<usize>,
    /// How often it was asked for the block hash.
    hash_asked: usize,
    /// Whether the transaction is on the ledger.
    has_landed: bool,
}

struct FakeNode {
    ledger: Arc<Mutex<Ledger>>,
    server: JsonRpcServer,
}

impl FakeNode {
    fn start(ledger: Ledger) -> Self {
        let ledger = Arc::new(Mutex::new(ledger));
        let shared = ledger.clone();
        let server = JsonRpcServer::start(move |question, _| {
            let answer = shared.lock().unwrap().answer(&question);
            async move { Reply::Json(answer) }
        });
        Self { ledger, server }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    fn times_asked(&self, method: &str) -> usize {
        self.server.asked(method).len()
    }
}

impl Ledger {
    fn answer(&mut self, question: &Value) -> Value {
        let parameters = &question["params"];
        let at =
            |value: Value| json!({ "result": { "context": { "slot": 2_000 }, "value": value } });
        match question["method"].as_str().unwrap() {
            "getGenesisHash" => json!({ "result": LOCALNET_GENESIS.to_string() }),
            "getBalance" => at(json!(1_000_000)),
            "isBlockhashValid" => {
                self.hash_asked += 1;
                self.has_landed |= Some(self.hash_asked) == self.lands_when_asked;
                at(json!(self.takes_hash))
            }
            "getBlockHeight" => json!({ "result": self.named_height }),
            "getEpochInfo" => json!({ "result": {
                "absoluteSlot": 2_000, "blockHeight": self.height, "epoch": 0, "slotIndex": 0, "slotsInEpoch": 9_000,
                "transactionCount": 1,
            } }),
            "getSignatureStatuses" => {
                if parameters[1]["searchTransactionHistory"] == true && self.has_no_history {
                    return json!({ "error": { "code": -32011, "message": "no history" } });
                }
                at(json!([self.has_landed.then(|| json!({
                    "slot": 1_990, "confirmations": null, "err": null, "status": { "Ok": null },
                    "confirmationStatus": "finalized",
                }))]))
            }
            "getTransaction" => json!({ "result": {
                "slot": 1_990, "blockTime": 1, "version": "legacy", "transaction": ["", "base64"],
                "meta": {
                    "err": null, "status": { "Ok": null }, "fee": 5_000, "preBalances": [], "postBalances": [],
                    "innerInstructions": [], "logMessages": [], "preTokenBalances": [], "postTokenBalances": [],
                    "rewards": [],
                },
            } }),
            "sendTransaction" => json!({ "result": transaction().signature().to_string() }),
            other => panic!("the relay is not expected to ask {other}"),
        }
    }
}

/// The same each time.
fn transaction() -> ReadTransaction {
    let owner = Keypair::new_from_array([5; 32]);
    let verify = Instructions::default()
        .verify_record(owner.pubkey(), Keypair::new_from_array([6; 32]).pubkey());
    let payer = Some(owner.pubkey());
    let signed = Transaction::new_signed_with_payer(&[verify], payer.as_ref(), &[&owner], HASH);
    ReadTransaction::read(&bincode::serialize(&signed).unwrap()).unwrap()
}

fn relay(nodes: &[&FakeNode]) -> Relay {
    let nodes = nodes
        .iter()
        .map(|node| Node::new(node_url(&node.server.url()), CommitmentConfig::confirmed()));
    let limits = PlaceLimits {
        total: 4,
        per_client: 4,
    };
    Relay::new(
        nodes.collect(),
        Addresses::default().program_id,
        LOCALNET_GENESIS,
        Duration::from_secs(5),
        limits,
    )
}

async fn sent(relay: &Relay) -> Result<TransactionOutcome, RelayError> {
    let client = ClientAddress::of([10, 0, 0, 1].into());
    relay.send(&transaction(), client, None, PATIENCE).await
}

/// A node names a height long past with the block hash, so that the transaction seems to be out of date at once. It takes the
/// block hash all the same: the transaction is followed on, and lands.
#[tokio::test]
async fn what_can_still_land_is_not_told_as_expired() {
    let node = FakeNode::start(Ledger {
        takes_hash: true,
        named_height: 1,
        height: 1_000,
        // After the relay has once found that it is out of date.
        lands_when_asked: Some(2),
        ..Ledger::default()
    });
    let outcome = sent(&relay(&[&node])).await;
    let confirmed = TransactionOutcome::Confirmed {
        slot: 1_990,
        fee: 5_000,
        compute_units: 0,
    };
    assert_eq!(outcome, Ok(confirmed));
    assert!(node.times_asked("sendTransaction") >= 2);
}

/// Once the block hash is dead, it has expired, unless the nodes could not know that it landed long ago.
#[tokio::test]
async fn what_no_node_takes_has_expired_if_they_would_know_it() {
    let dead = Ledger {
        height: 1_000,
        ..Ledger::default()
    };
    let node = FakeNode::start(dead.clone());
    assert_eq!(
        sent(&relay(&[&node])).await,
        Ok(TransactionOutcome::Expired)
    );
    let without_history = FakeNode::start(Ledger {
        has_no_history: true,
        ..dead
    });
    let relay = relay(&[&without_history]);
    assert_eq!(sent(&relay).await, Err(RelayError::Unknown));
    assert_eq!(relay.outcome(&transaction().signature()).await, Ok(None));
    assert_eq!(without_history.times_asked("sendTransaction"), 0);
}

/// Anybody may invent a block hash: each node is asked for it a few times, and not at all for the next transaction with it.
#[tokio::test]
async fn an_invented_block_hash_costs_few_questions() {
    let nodes = [(); 2].map(|()| {
        FakeNode::start(Ledger {
            height: 1_000,
            ..Ledger::default()
        })
    });
    let relay = relay(&[&nodes[0], &nodes[1]]);
    for _ in 0..2 {
        assert_eq!(sent(&relay).await, Ok(TransactionOutcome::Expired));
    }
    assert_eq!(relay.is_valid(&HASH).await, Ok(false));
    for node in &nodes {
        assert_eq!(node.times_asked("isBlockhashValid"), 3);
        assert_eq!(node.times_asked("getBlockHeight"), 0);
    }
}

/// An old transaction that one node has and another one has deleted is not on its way: neither of them is believed alone.
#[tokio::test]
async fn what_nodes_contradict_each_other_on_is_not_pending() {
    let old = Ledger {
        height: 1_000,
        has_landed: true,
        ..Ledger::default()
    };
    let nodes = [
        old.clone(),
        Ledger {
            has_landed: false,
            ..old
        },
    ]
    .map(FakeNode::start);
    let relay = relay(&[&nodes[0], &nodes[1]]);
    let signature = transaction().signature();
    assert_eq!(
        relay.outcome(&signature).await,
        Err(RelayError::Contradictory)
    );
    nodes[1].ledger().has_landed = true;
    assert!(matches!(
        relay.outcome(&signature).await,
        Ok(Some(TransactionOutcome::Confirmed { .. }))
    ));
}
