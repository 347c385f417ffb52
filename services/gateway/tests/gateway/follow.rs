//! Following a real ledger: afterwards the index has what the ledger has, and how it came to be.

use std::{collections::BTreeMap, time::Duration};

use generion_gateway::{
    index::{backfill, follow, ledger_node::LedgerNode, ledger_nodes::LedgerNodes},
    storage::{Storage, TransactionState, Writer},
};
use generion_interface::Addresses;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{Chain, LocalNode, Person, within};
use serde_json::Value;
use solana_address::Address;
use tokio::runtime::Runtime;

use crate::support::{Database, gateway::Gateway, indexed_data};

/// A ledger, and an index that follows it.
struct World {
    runtime: Runtime,
    chain: Chain,
    nodes: LedgerNodes,
    storage: Storage,
    writer: Writer,
    _node: LocalNode,
    _database: Database,
}

impl World {
    fn new(database: Database) -> Self {
        let node = LocalNode::with_program(None);
        let chain = Chain::at(&node.rpc_url);
        let url = NodeUrl::parse(&node.rpc_url, PlainHttp::default()).unwrap();
        let runtime = Runtime::new().unwrap();
        let (storage, writer) = runtime.block_on(database.open());
        Self {
            nodes: LedgerNode::new(url, Addresses::default()).unwrap().into(),
            runtime,
            chain,
            storage,
            writer,
            _node: node,
            _database: database,
        }
    }

    fn start(&mut self) {
        let started = follow::start(&self.storage, &mut self.writer, &self.nodes);
        self.runtime.block_on(started).unwrap();
    }

    fn step(&mut self) -> follow::Step {
        let step = follow::step(&self.storage, &mut self.writer, &self.nodes);
        self.runtime.block_on(step).unwrap()
    }

    /// Goes back to the program's first transaction.
    fn backfill(&mut self) {
        loop {
            let step = backfill::step(&self.storage, &mut self.writer, &self.nodes);
            if !self.runtime.block_on(step).unwrap() {
                return;
            }
        }
    }

    /// The events of an address, oldest first.
    fn events(&self, address: &Address) -> Vec<String> {
        let history = self.storage.history(address, None, 1_000);
        let history = self.runtime.block_on(history).unwrap();
        let event = |body: &str| {
            let body: Value = serde_json::from_str(body).unwrap();
            body["event"].as_str().unwrap().to_owned()
        };
        history
            .iter()
            .rev()
            .map(|change| event(&change.body))
            .collect()
    }

    /// Histories over HTTP, page by page, are those of the index; so are deliveries and settlements.
    fn assert_histories_are_served(&self, purchase: &Address, seller: &Address) {
        self.runtime.block_on(async {
            let gateway = Gateway::start(&self.storage).await;
            let (mut shown, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/v1/history/{purchase}?limit=2{cursor}");
                let page = gateway.json(&path).await;
                let items = page["items"].as_array().unwrap();
                shown.extend(
                    items
                        .iter()
                        .map(|item| item["event"].as_str().unwrap().to_owned()),
                );
                assert!(
                    items
                        .iter()
                        .all(|item| item["slot"].is_string() && item["error"].is_null())
                );
                match page["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(shown, ["Settled", "Delivered", "Purchased"]);
            for (list, event, count) in [
                ("deliveries", "Delivered", 1),
                ("settlements", "Settled", 1),
                ("refunds", "Refunded", 0),
            ] {
                for filter in [
                    String::new(),
                    format!("?address={purchase}"),
                    format!("?address={seller}"),
                ] {
                    let page = gateway.json(&format!("/v1/{list}{filter}")).await;
                    let items = page["items"].as_array().unwrap();
                    assert_eq!(items.len(), count, "{list}{filter}");
                    assert!(items.iter().all(|item| item["event"] == event));
                }
            }
        });
    }

    #[track_caller]
    fn assert_index_is_the_ledger(&self) {
        let on_ledger: BTreeMap<_, _> = (self.chain.accounts().into_iter())
            .map(|(address, account)| (address.to_bytes(), account.data))
            .collect();
        let indexed = self.runtime.block_on(indexed_data(&self.storage));
        assert_eq!(indexed.len(), on_ledger.len());
        assert_eq!(indexed, on_ledger);
    }
}

/// Patient and buyer with published keys.
fn people(chain: &Chain) -> (Person, Person) {
    (chain.user(), chain.user())
}

fn follows_a_ledger(database: Database) {
    let mut world = World::new(database);
    let (patient, buyer) = people(&world.chain);
    let early = world.chain.own_record(&patient);
    world.start();
    world.assert_index_is_the_ledger();

    let (order, purchase) = world.chain.sold(&patient, &buyer, 2);
    world.step();
    world.assert_index_is_the_ledger();
    let secret = world.chain.lock(&patient, &buyer, &purchase);
    let settle = world.chain.settle(&purchase, &secret);
    world.chain.lands(&[settle], &[&buyer.wallet]);
    world.step();
    world.assert_index_is_the_ledger();
    let expected = ["OrderCreated", "Purchased", "Delivered", "Settled"];
    assert_eq!(world.events(&order), expected);
    assert_eq!(world.events(&purchase), expected[1..]);

    // What was before the snapshot.
    world.backfill();
    assert_eq!(world.events(&early)[0], "RecordCreated");
    assert_eq!(world.events(&patient.address())[0], "EncryptionKeySet");
    let all = world.events(&patient.address());
    world.backfill();
    world.step();
    assert_eq!(world.events(&patient.address()), all, "nothing comes twice");

    world.assert_histories_are_served(&purchase, &patient.address());

    // All of it is final after a while.
    within(Duration::from_secs(60), "all is final", || {
        world.step();
        let open = world
            .storage
            .in_state(TransactionState::Confirmed, u64::MAX, 10);
        world
            .runtime
            .block_on(open)
            .unwrap()
            .is_empty()
            .then_some(())
    });
    world.assert_index_is_the_ledger();
}

#[test]
fn an_index_follows_a_ledger_on_sqlite() {
    follows_a_ledger(Database::sqlite());
}

#[test]
fn an_index_follows_a_ledger_on_postgres() {
    follows_a_ledger(Database::postgres());
}
