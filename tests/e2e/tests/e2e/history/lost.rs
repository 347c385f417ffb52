//! Histories by a node that has lost data.

use generion_e2e::{
    Market, Town,
    http::{Server, forward, json},
};
use serde_json::{Value, json};
use solana_signer::Signer as _;

use super::trail::{actors, forgetful, gaps, read, told};
use crate::{OBSERVATION, text, verified_record};

/// A proxy of the market's node that changes its answers to a method.
fn spoiled(
    market: &Market,
    method: &'static str,
    spoil: impl Fn(&Value, &mut Value) + Send + Sync + 'static,
) -> Server {
    let node = market.rpc_url.clone();
    Server::start(move |request| {
        let question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
        let mut answer = forward(&node, &request.body);
        if question["method"] == method {
            spoil(&question["params"], &mut answer["result"]);
        }
        json(&answer)
    })
}

/// If a node has lost data, the history shows the rest, and names what is missing.
#[test]
fn what_a_node_has_lost_is_told() {
    let market = Market::open();
    let records = market.records(1);
    let order = market.order(&records, 10_000_000);
    market.buy(&order, &market.buyers(1));
    let whole = read(&market, &market.rpc_url, &[&order.to_string()]);
    assert_eq!(gaps(&whole), [""; 0], "{whole}");
    let [(_, created), (_, bought)] = &told(&whole)[..] else {
        panic!("two changes: {whole}");
    };
    let order = order.to_string();

    // Localnet keeps inner instructions. Without them, a history can't show calls through other programs.
    let question = json!({
        "jsonrpc": "2.0", "id": 1, "method": "getTransaction",
        "params": [
            created,
            { "commitment": "confirmed", "encoding": "base64", "maxSupportedTransactionVersion": 0 },
        ],
    });
    let answer = forward(&market.rpc_url, question.to_string().as_bytes());
    let inner = answer["result"]["meta"]["innerInstructions"].as_array();
    assert!(inner.is_some_and(|inner| !inner.is_empty()), "{answer}");

    // The transaction that created the order.
    let lost = created.clone();
    let node = spoiled(&market, "getTransaction", move |params, result| {
        if params[0] == *lost {
            *result = Value::Null;
        }
    });
    let history = read(&market, &node.url, &[&order]);
    assert_eq!(told(&history), told(&whole)[1..]);
    assert_eq!(
        gaps(&history),
        ["transaction_missing", "beginning_missing"],
        "{history}"
    );
    assert_eq!(text(&history, "/gaps/0/signature"), *created);
    let slot = whole["entries"][0]["slot"].clone();
    assert_eq!(
        (
            &history["gaps"][0]["from_slot"],
            &history["gaps"][0]["to_slot"]
        ),
        (&slot, &slot)
    );
    assert_eq!(text(&history, "/gaps/1/account"), order);

    // Without the last transaction, the state on the ledger has no explanation.
    let lost = bought.clone();
    let node = spoiled(&market, "getSignaturesForAddress", move |_, result| {
        let listed = result.as_array_mut().expect("signatures");
        listed.retain(|listed| listed["signature"] != *lost);
    });
    let history = read(&market, &node.url, &[&order]);
    assert_eq!(told(&history), told(&whole)[..1]);
    assert_eq!(gaps(&history), ["present_differs"]);
    let missing = text(&history, "/gaps/0/missing");
    assert_eq!(missing, "its pending purchases: 1 where 0 would follow");

    // Truncated logs, and missing logs.
    let cut = |_: &Value, result: &mut Value| {
        let log = result["meta"]["logMessages"].as_array_mut().expect("a log");
        log.truncate(1);
        log.push("Log truncated".into());
    };
    let gone = |_: &Value, result: &mut Value| result["meta"]["logMessages"] = Value::Null;
    let cut = spoiled(&market, "getTransaction", cut);
    let gone = spoiled(&market, "getTransaction", gone);
    for (node, reason) in [
        (cut, "its log is cut short"),
        (gone, "the node has no log of it"),
    ] {
        for address in [&order, &market.seller.pubkey().to_string()] {
            let (whole, history) = (
                read(&market, &market.rpc_url, &[address]),
                read(&market, &node.url, &[address]),
            );
            // The history has every change with its wallet, and all accounts that the instructions name.
            assert_eq!(told(&history), told(&whole));
            assert_eq!(actors(&history), actors(&whole));
            let count = told(&whole).len();
            assert_eq!(gaps(&history), vec!["event_missing"; count], "{history}");
            assert!(
                text(&history, "/gaps/0/missing").ends_with(reason),
                "{history}"
            );
            let entries = history["entries"].as_array().expect("entries");
            assert!(entries.iter().all(|entry| entry["source"] == "instruction"));
        }
    }
}

/// A history names owners and recipients, although the instructions contain only their user accounts.
#[test]
fn wallets_are_known_without_events() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    doctor.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let recipient = doctor.address.to_string();
    patient.does(&["share", "create", &record, "--with", &recipient]);
    let forgetful = forgetful(&town);
    let history = clinic.at(&forgetful.url).does(&["history", &record]);
    assert_eq!(gaps(&history), ["event_missing"; 3]);
    let accounts = &history["entries"][0]["accounts"];
    assert_eq!(accounts["owner"], patient.address.to_string());
    assert_eq!(accounts["creator"], clinic.address.to_string());
    assert_eq!(history["entries"][0]["self_issued"], false);
    assert_eq!(history["entries"][2]["accounts"]["recipient"], recipient);
}
