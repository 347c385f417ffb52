//! Transactions whose outcome is not there yet: 202, who keeps a place, and what is said where nobody knows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use generion_fake_node::Reply;
use generion_gateway::config::Config;
use generion_test_support::{LocalNode, Person};
use serde_json::json;
use solana_keypair::Keypair;
use solana_transaction::versioned::VersionedTransaction;

use super::relay::key_of;
use crate::support::{
    front::front,
    ledger::{World, decoded, encoded, node_url},
};

/// What a gateway answers for a transaction: the status and `status`, or the code.
fn answered(world: &World, transaction: &VersionedTransaction) -> (u16, String) {
    let (status, answer) = world.send(&encoded(transaction));
    let what = answer.get("status").filter(|status| status.is_string());
    let what = what.or(answer.get("code")).unwrap();
    (status, what.as_str().unwrap().to_owned())
}

/// A gateway with these places, whose requests wait a second for an outcome.
fn with_places(config: Config, in_all: usize, per_address: usize) -> Config {
    let mut config = config;
    config.limits.timeout = Duration::from_millis(1_500);
    config.relay.max_pending = in_all;
    config.relay.max_pending_per_address = per_address;
    config
}

/// A node that takes transactions and hands none on, in front of another one.
fn swallows(config: Config, url: &str) -> Config {
    let node = front(url, |question| {
        (question["method"] == "sendTransaction").then(|| {
            let transaction = decoded(question["params"][0].as_str().unwrap());
            Reply::Json(json!({ "result": transaction.signatures[0].to_string() }))
        })
    });
    Config {
        nodes: vec![node_url(&node.url())],
        ..config
    }
}

/// The signed transaction that publishes the key of somebody without a lamport.
fn of_nobody(world: &World) -> VersionedTransaction {
    let nobody = Person::new(Keypair::new(), world.chain.deployment);
    let publish = world.chain.set_encryption_key(&nobody);
    world.chain.signed(&[publish], &[&nobody.wallet])
}

/// A ledger whose blocks are so long that no block hash expires during a test.
fn slow_ledger(change: impl FnOnce(Config, &str) -> Config) -> World {
    World::on(LocalNode::with_program_and_slots(None, 400), change)
}

/// Transactions of wallets that have nothing never land, and are pending; they make room for one that is paid for.
#[test]
fn transactions_that_nobody_pays_for_make_room() {
    let world = slow_ledger(|config, _| with_places(config, 2, 100));
    for _ in 0..2 {
        let pending = (202, "pending".to_owned());
        assert_eq!(answered(&world, &of_nobody(&world)), pending);
    }
    let (person, transaction) = key_of(&world.chain);
    let (status, state) = answered(&world, &transaction);
    assert!([200, 202].contains(&status), "{state}");
    assert_eq!(world.chain.confirm(&transaction.signatures[0]), Ok(()));
    assert_eq!(
        world.chain.user_of(&person).encryption_key,
        person.key().to_bytes()
    );
}

/// Where all places are taken by transactions that are paid for, a further one is refused; so is one of an address that has its
/// part of the places. A pending one is answered alike as often as it is sent, and asked for.
#[test]
fn places_are_limited() {
    let world = slow_ledger(|config, url| swallows(with_places(config, 2, 100), url));
    let pending = (202, "pending".to_owned());
    let transactions = [(); 3].map(|()| key_of(&world.chain).1);
    assert_eq!(answered(&world, &transactions[0]), pending);
    assert_eq!(answered(&world, &transactions[1]), pending);
    assert_eq!(answered(&world, &transactions[0]), pending);
    let refused = world.refused(
        "/v1/transactions",
        &json!({ "transaction": encoded(&transactions[2]) }),
    );
    assert_eq!((refused.status, refused.code.as_str()), (503, "busy"));
    assert!(refused.detail.contains("send it again"), "{refused:?}");
    let state = world.outcome(&transactions[1].signatures[0].to_string());
    assert_eq!(state.unwrap()["status"], "pending");

    let world = slow_ledger(|config, url| swallows(with_places(config, 100, 1), url));
    assert_eq!(answered(&world, &key_of(&world.chain).1), pending);
    let code = answered(&world, &key_of(&world.chain).1);
    assert_eq!(code, (429, "too_many_requests".to_owned()));
}

/// Where the nodes stop to answer once they have a transaction, nobody knows what became of it, and that is said. Later, they
/// say it.
#[test]
fn what_nobody_knows_is_said() {
    let is_silent = Arc::new(AtomicBool::new(false));
    let silenced = is_silent.clone();
    let world = World::with(move |mut config, url| {
        config.relay.patience = Duration::from_secs(1);
        let node = front(url, move |question| {
            let was_silent = silenced.load(Ordering::SeqCst);
            if question["method"] == "sendTransaction" {
                silenced.store(true, Ordering::SeqCst);
            }
            was_silent.then(|| Reply::Http("500 Internal Server Error".to_owned(), String::new()))
        });
        Config {
            nodes: vec![node_url(&node.url())],
            ..config
        }
    });
    let (_, transaction) = key_of(&world.chain);
    let body = json!({ "transaction": encoded(&transaction) });
    let refused = world.refused("/v1/transactions", &body);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (503, "outcome_unknown"),
        "{refused:?}"
    );
    assert!(refused.detail.contains("build no other one"), "{refused:?}");
    is_silent.store(false, Ordering::SeqCst);
    assert_eq!(world.chain.confirm(&transaction.signatures[0]), Ok(()));
    let outcome = world.outcome(&transaction.signatures[0].to_string());
    assert_eq!(outcome.unwrap()["status"], "confirmed");
}
