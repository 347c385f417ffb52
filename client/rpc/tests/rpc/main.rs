//! Nodes that answer, lie, lag, hang and stop, and what is made of their answers.

mod clocks;
mod reading;
mod rules;
mod sending;
mod transport;

use std::{collections::VecDeque, time::Duration};

use generion_fake_node::{Behaviour, FakeNode, Snapshot};
use generion_rpc::{
    node::Node,
    transport::{client, sender_over},
    url::{NodeUrl, PlainHttp},
    witness::{Agreed, Contradiction, TooFew, WitnessError, WitnessOptions, Witnesses},
};
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;

/// The genesis hash of the tests' cluster.
const GENESIS: Hash = Hash::new_from_array([7; 32]);
/// An account.
const ADDRESS: Address = Address::new_from_array([1; 32]);

/// Times that tests can wait for.
fn options() -> WitnessOptions {
    WitnessOptions {
        timeout: Duration::from_secs(2),
        grace: Duration::from_millis(200),
        patience: Duration::from_secs(1),
        interval: Duration::from_millis(20),
        ..WitnessOptions::default()
    }
}

fn account(data: &[u8]) -> Account {
    Account {
        lamports: 5,
        data: data.to_vec(),
        owner: Address::new_from_array([9; 32]),
        ..Account::default()
    }
}

/// A node with a state at a slot.
fn at(slot: u64, data: &[u8]) -> Snapshot {
    Snapshot::new(slot, &[(ADDRESS, account(data))])
}

async fn start(finalized: impl Into<VecDeque<Snapshot>>) -> FakeNode {
    FakeNode::start(Behaviour {
        genesis: GENESIS,
        finalized: finalized.into(),
        ..Behaviour::default()
    })
}

/// The node under another machine's name, with secrets in its address.
fn remote(host: &str, fake: &FakeNode) -> Node {
    let port = fake.address.port();
    let url = format!("http://SECRET:SECRET@{host}:{port}/SECRET?key=SECRET");
    let url = NodeUrl::parse(&url, PlainHttp::Allowed).unwrap();
    let client = client()
        .no_proxy()
        .resolve(host, fake.address)
        .build()
        .unwrap();
    let sender = sender_over(url.expose_full().to_owned(), client);
    Node::with_sender(url, sender, CommitmentConfig::confirmed())
}

/// The node as it is, on this machine.
fn local(fake: &FakeNode) -> Node {
    let url = format!("http://{}/SECRET", fake.address);
    let url = NodeUrl::parse(&url, PlainHttp::default()).unwrap();
    Node::new(url, CommitmentConfig::confirmed())
}

fn witnesses(nodes: Vec<Node>) -> Witnesses {
    Witnesses::new(nodes, GENESIS, options()).unwrap()
}

/// Nodes of different operators: one.example, two.example and so on.
fn of_operators(fakes: &[&FakeNode]) -> Witnesses {
    let hosts = ["one.test", "two.test", "three.test", "four.test"];
    let nodes = hosts
        .iter()
        .zip(fakes)
        .map(|(host, fake)| remote(host, fake));
    witnesses(nodes.collect())
}

/// The data of the account.
async fn read(witnesses: &Witnesses) -> Result<Agreed<Option<Vec<u8>>>, WitnessError> {
    witnesses
        .agreed(
            &[ADDRESS],
            |accounts| accounts[0].as_ref().map(|account| account.data.clone()),
            |data| format!("its data is {data:?}"),
        )
        .await
}

fn contradiction<T: std::fmt::Debug>(answer: Result<T, WitnessError>) -> Contradiction {
    match answer.unwrap_err() {
        WitnessError::Contradiction(contradiction) => contradiction,
        other => panic!("{other:?}"),
    }
}

fn too_few<T: std::fmt::Debug>(answer: Result<T, WitnessError>) -> TooFew {
    match answer.unwrap_err() {
        WitnessError::TooFew(too_few) => too_few,
        other => panic!("{other:?}"),
    }
}

/// A node's name.
fn name(host: &str, fake: &FakeNode) -> String {
    format!("http://{host}:{}", fake.address.port())
}

/// All that an error tells, in which there is nothing secret.
fn told(error: &(impl std::error::Error + 'static)) -> String {
    let mut told = format!("{error}\n{error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        told = format!("{told}\n{deeper}\n{deeper:?}");
        source = deeper.source();
    }
    assert!(!told.contains("SECRET"), "{told}");
    error.to_string()
}
