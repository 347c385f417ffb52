//! Nodes that hang, lie or belong to another ledger: they delay nothing, and none is believed alone.

use std::time::Duration;

use generion::state::User;
use generion_fake_node::{JsonRpcServer, Reply};
use generion_gateway::config::Config;
use serde_json::json;
use solana_hash::Hash;

use super::relay::key_of;
use crate::support::{
    front::front,
    ledger::{World, decoded, encoded, first_key, node_url},
};

/// A ledger, and a gateway over these nodes in this order. `None` is the ledger's own node.
fn world(fronts: impl FnOnce(&str) -> Vec<Option<JsonRpcServer>>) -> World {
    World::with(|config, url| {
        let nodes = fronts(url);
        let address = |front: &Option<JsonRpcServer>| match front {
            Some(front) => node_url(&front.url()),
            None => node_url(url),
        };
        Config {
            nodes: nodes.iter().map(address).collect(),
            ..config
        }
    })
}

fn hangs(url: &str) -> Option<JsonRpcServer> {
    Some(front(url, |_| Some(Reply::Hangs)))
}

/// A node that says of every transaction that it is confirmed, and hands none on.
fn liar(url: &str) -> Option<JsonRpcServer> {
    Some(front(url, |question| {
        let parameters = &question["params"];
        let result = match question["method"].as_str().unwrap() {
            "getSignatureStatuses" => {
                let asked = parameters[0].as_array().unwrap();
                let status = json!({
                    "slot": 1, "confirmations": null, "err": null, "status": { "Ok": null },
                    "confirmationStatus": "finalized",
                });
                let statuses: Vec<_> = asked.iter().map(|_| status.clone()).collect();
                json!({ "context": { "slot": 1_000_000_000 }, "value": statuses })
            }
            "getTransaction" => json!({
                "slot": 1, "blockTime": 1, "version": "legacy", "transaction": ["", "base64"],
                "meta": {
                    "err": null, "status": { "Ok": null }, "fee": 1, "preBalances": [], "postBalances": [],
                    "innerInstructions": [], "logMessages": [], "preTokenBalances": [], "postTokenBalances": [],
                    "rewards": [],
                },
            }),
            "sendTransaction" => {
                let transaction = decoded(parameters[0].as_str().unwrap());
                json!(transaction.signatures[0].to_string())
            }
            _ => return None,
        };
        Some(Reply::Json(json!({ "result": result })))
    }))
}

/// A node that hangs, the first or the second one, delays neither building nor relaying past a request's time.
#[test]
fn a_node_that_hangs_delays_nothing() {
    for is_first in [true, false] {
        let world = world(|url| match is_first {
            true => vec![hangs(url), None],
            false => vec![None, hangs(url)],
        });
        let person = world.chain.person();
        let (_, outcome) = world.lands("/v1/users", &first_key(&person), &[&person.wallet]);
        let signature = outcome["signature"].as_str().unwrap().to_owned();
        assert_eq!(world.outcome(&signature), Ok(outcome));
    }
}

/// Of two nodes one says that the transaction landed before: it is sent all the same, and lands. What the nodes contradict
/// each other on is not told as confirmed.
#[test]
fn one_node_is_not_believed_before_sending() {
    let world = World::with(|config, url| {
        let mut config = Config {
            nodes: vec![node_url(&liar(url).unwrap().url()), node_url(url)],
            ..config
        };
        config.limits.timeout = Duration::from_secs(3);
        config
    });
    let (person, transaction) = key_of(&world.chain);
    let (status, answer) = world.send(&encoded(&transaction));
    assert_eq!(
        (status, &answer["status"]),
        (202, &json!("pending")),
        "{answer}"
    );
    assert_eq!(world.chain.confirm(&transaction.signatures[0]), Ok(()));
    assert_eq!(
        world.chain.user_of(&person).encryption_key,
        person.key().to_bytes()
    );
}

/// What two of three nodes say is the outcome, with the slot and the fee that they say, whatever the third one says.
#[test]
fn two_nodes_that_agree_are_believed() {
    let world = world(|url| vec![liar(url), None, Some(front(url, |_| None))]);
    let (_, transaction) = key_of(&world.chain);
    let (status, answer) = world.send(&encoded(&transaction));
    let landed = world.chain.look_up(&transaction.signatures[0]);
    assert_eq!(
        (status, &answer["status"], &answer["fee"]),
        (200, &json!("confirmed"), &json!(landed.fee.to_string())),
        "{answer}"
    );
}

/// The ledger is the one that the configuration names, whatever a node says: a key is attested for that one, and a node of
/// another ledger gets no transaction.
#[test]
fn the_ledger_is_the_one_that_is_configured() {
    let other = Hash::new_from_array([5; 32]).to_string();
    let world = world(|url| {
        let node = front(url, move |question| {
            let is_genesis = question["method"] == "getGenesisHash";
            is_genesis.then(|| Reply::Json(json!({ "result": other })))
        });
        vec![Some(node)]
    });
    let person = world.chain.person();
    let built = world.built("/v1/users", &first_key(&person));
    assert_eq!(built["fee_payer"], person.address().to_string());
    let (owner, transaction) = key_of(&world.chain);
    assert_eq!(world.not_relayed(&transaction), "node_unavailable");
    let user = world.chain.instructions.addresses.user(&owner.address());
    assert_eq!(world.chain.find::<User>(&user), None);
}
