//! Real ledgers: a node that is restarted, and transactions whose log another instruction fills.

use std::{path::Path, time::Duration};

use generion_gateway::{
    index::{check::check, ledger_node::LedgerNode},
    storage::Storage,
};
use generion_interface::Addresses;
use generion_test_support::{Chain, LocalNode, eventually};
use solana_address::Address;
use solana_instruction::Instruction;
use tokio::runtime::Runtime;

use super::{DEADLINE, RunningIndexer};
use crate::support::{Database, ledger::node_url};

/// A gateway's index of a real node's ledger.
struct Index {
    runtime: Runtime,
    storage: Storage,
    node: String,
    _database: Database,
}

impl Index {
    fn new(node: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let database = Database::sqlite();
        Self {
            storage: runtime.block_on(Storage::open(&database.url)).unwrap(),
            runtime,
            node: node.to_owned(),
            _database: database,
        }
    }

    fn ledger_node(&self) -> LedgerNode {
        LedgerNode::new(node_url(&self.node), Addresses::default()).unwrap()
    }

    fn start(&self) -> RunningIndexer {
        let websocket = "ws://127.0.0.1:1".parse().unwrap();
        let nodes = self.ledger_node().into();
        let interval = Duration::from_millis(50);
        self.runtime.block_on(async {
            RunningIndexer::start_with(&self.storage, nodes, websocket, interval)
        })
    }

    /// The index becomes equal to the ledger; how many accounts there are.
    #[track_caller]
    fn assert_equal(&self) -> u64 {
        let nodes = self.ledger_node().into();
        let report = self
            .runtime
            .block_on(check(&self.storage, &nodes, DEADLINE));
        let report = report.unwrap();
        assert!(report.is_equal, "{report}");
        report.compared
    }

    /// What happened to an address becomes this, the latest first.
    #[track_caller]
    fn assert_events(&self, address: &Address, expected: &[&str]) {
        let body = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap();
        eventually(&format!("the history is {expected:?}"), || {
            let changes = self.storage.history(address, None, 100);
            let changes = self.runtime.block_on(changes).unwrap();
            let events = changes
                .iter()
                .map(|change| body(&change.body)["event"].clone());
            (events.collect::<Vec<_>>() == expected).then_some(())
        });
    }
}

/// A node that keeps its ledger in a file, on the ports of an earlier one if there is one.
fn node(ledger: &Path, earlier: Option<&LocalNode>) -> LocalNode {
    let port = |url: &str| {
        url.rsplit(':')
            .next()
            .unwrap()
            .trim_end_matches('/')
            .to_owned()
    };
    let (http, websocket) = match earlier {
        Some(node) => (port(&node.rpc_url), port(&node.ws_url)),
        None => ("0".to_owned(), "0".to_owned()),
    };
    let mut command = LocalNode::command();
    command
        .args([
            "--port",
            &http,
            "--ws-port",
            &websocket,
            "--slot-time",
            "40",
        ])
        .args(["--log-level", "none", "--persist"])
        .arg(ledger);
    LocalNode::run(command)
}

/// A real node is stopped and started again under a running index, which says so meanwhile, and has missed nothing afterwards.
#[test]
fn a_node_that_is_restarted_is_followed_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger.sqlite");
    let mut first = node(&ledger, None);
    let chain = Chain::at(&first.rpc_url);
    let index = Index::new(&first.rpc_url);
    let patient = chain.user();
    let before = chain.own_records(&patient, 2);
    let mut indexer = index.start();
    let compared = index.assert_equal();
    first.process.signal("-TERM");
    assert!(first.process.ended().success());
    index.runtime.block_on(indexer.reports_a_problem());

    let second = node(&ledger, Some(&first));
    let chain = Chain::at(&second.rpc_url);
    let after = chain.own_record(&patient);
    assert_eq!(index.assert_equal(), compared + 1);
    index.assert_events(&after, &["RecordCreated"]);
    index.assert_events(&before[0], &["RecordCreated"]);
    // As an operator would see it.
    index.runtime.block_on(async {
        while indexer.watch.state().problem.is_some() {
            indexer.watch.changed().await.unwrap();
        }
    });
}

/// Instructions that write to a transaction's log until no more of it is kept.
fn noise() -> Vec<Instruction> {
    let memo = Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
    let one = Instruction {
        program_id: memo,
        accounts: vec![],
        data: b"x".to_vec(),
    };
    vec![one; 55]
}

/// The log of a transaction is cut behind 10 kB, and another instruction of it fills these: what ours did is in the index all
/// the same, from its accounts and its arguments.
#[test]
fn a_log_that_another_instruction_fills_hides_nothing() {
    let node = LocalNode::with_program(None);
    let chain = Chain::at(&node.rpc_url);
    let index = Index::new(&node.rpc_url);
    let _indexer = index.start();
    let (clinic, patient) = (chain.person(), chain.user());
    let record = chain.new_record(&clinic, &patient);
    let create = chain.create_record(&clinic, &patient, &record);
    let landed = chain.lands(&[noise(), vec![create]].concat(), &[&clinic.wallet]);
    let is_cut = landed.logs.iter().any(|line| line == "Log truncated");
    let is_told = landed
        .logs
        .iter()
        .any(|line| line.starts_with("Program data: "));
    assert!(is_cut && !is_told, "{:#?}", landed.logs);
    index.assert_equal();
    index.assert_events(&record.address, &["RecordCreated"]);
    let verify = chain
        .instructions
        .verify_record(patient.address(), record.address);
    chain.lands(&[noise(), vec![verify]].concat(), &[&patient.wallet]);
    index.assert_equal();
    index.assert_events(&record.address, &["RecordVerified", "RecordCreated"]);
}
