//! Lists and histories of busy wallets: the client sends several requests at once, and one request for many accounts
//! where possible.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use generion_e2e::{Market, Person, Proxy, Town};
use serde_json::Value;
use solana_signer::Signer;

use crate::{OBSERVATION, offer, text, verified_record};

/// A seller with a number of orders of one record each.
fn seller(town: &Town, count: usize) -> (Person, BTreeSet<String>) {
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let orders = (0..count).map(|_| {
        let record = verified_record(town, &clinic, &patient, OBSERVATION);
        offer(&patient, &[&record])
    });
    let orders = orders.collect();
    (patient, orders)
}

fn addresses(list: &Value, name: &str) -> BTreeSet<String> {
    let all = list[name].as_array().unwrap().iter();
    all.map(|one| text(one, "/address")).collect()
}

fn signatures(history: &Value) -> Vec<String> {
    let entries = history["entries"].as_array().unwrap().iter();
    entries.map(|entry| text(entry, "/signature")).collect()
}

/// `order list` requests the records of all orders a hundred at a time.
#[test]
fn a_list_of_orders_asks_for_all_records_together() {
    let town = Town::found();
    let (patient, orders) = seller(&town, 6);
    let node = Proxy::before(&town.rpc_url, Duration::ZERO);
    let (list, calls, _) = node.measure(|| patient.at(&node.url).does(&["order", "list"]));
    assert_eq!(addresses(&list, "orders"), orders);
    assert_eq!(calls.values().sum::<usize>(), 3, "{calls:?}");
    assert_eq!(calls["getMultipleAccounts"], 1, "{calls:?}");
}

/// `history` requests several transactions at once.
#[test]
fn a_history_is_read_side_by_side() {
    let town = Town::found();
    let (patient, orders) = seller(&town, 9);
    let wallet = patient.address.to_string();
    let expected = patient.does(&["history", &wallet]);
    // The transactions of the wallet and its account come first, and name the orders.
    for (method, free) in [("getTransaction", 0), ("getSignaturesForAddress", 2)] {
        let node = Proxy::gathering(&town.rpc_url, method, free, 8);
        let told = patient.at(&node.url).does(&["history", &wallet]);
        assert_eq!(signatures(&told), signatures(&expected));
        assert_eq!(told["gaps"], serde_json::json!([]));
    }
    let created = expected["entries"].as_array().unwrap().iter();
    let created = created.filter(|entry| entry["event"] == "OrderCreated");
    let created: BTreeSet<_> = created
        .map(|entry| text(entry, "/accounts/order"))
        .collect();
    assert_eq!(created, orders);
}

/// A part of a history needs only a part of the requests.
#[test]
fn the_end_of_a_history_is_read_alone() {
    let town = Town::found();
    let (patient, _) = seller(&town, 6);
    let wallet = patient.address.to_string();
    let node = Proxy::before(&town.rpc_url, Duration::ZERO);
    let near = patient.at(&node.url);
    let (all, of_all, _) = node.measure(|| near.does(&["history", &wallet]));
    let entries = all["entries"].as_array().unwrap();
    let last = entries.last().unwrap()["slot"].to_string();
    for words in [["--limit", "2"], ["--since", &last]] {
        let words = [&["history", &wallet][..], &words].concat();
        let (part, calls, _) = node.measure(|| near.does(&words));
        let (part, all) = (signatures(&part), signatures(&all));
        assert_eq!(part.last(), all.last());
        assert!(part.len() * 2 < all.len(), "{words:?}: {part:?}");
        let count = |calls: &BTreeMap<String, usize>| calls["getTransaction"];
        assert!(
            count(&calls) * 2 < count(&of_all),
            "{words:?}: {calls:?}, and {of_all:?} for all"
        );
    }
}

/// Measurement: prints time and requests of lists and histories of 205 orders with a distant node.
#[test]
#[ignore = "measures: cargo test --test e2e -- --ignored --nocapture two_hundred_orders"]
fn two_hundred_orders() {
    let market = Market::open();
    let records = market.records(205);
    for record in &records {
        market.order(&[*record], 10_000_000);
    }
    let wallet = market.seller.pubkey().to_string();
    for latency in [0, 150] {
        let node = Proxy::before(&market.rpc_url, Duration::from_millis(latency));
        for words in [&["order", "list"][..], &["history", &wallet]] {
            let run = || market.command_at(&node.url, words).output().unwrap();
            let (output, calls, took) = node.measure(run);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
            println!(
                "{} at {latency} ms: {} calls, {:.1} s: {calls:?}",
                words[0],
                calls.values().sum::<usize>(),
                took.as_secs_f64()
            );
        }
    }
}
