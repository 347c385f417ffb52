//! `generion deliver` with the seller's key file and a separate fee payer.

use std::time::Instant;

use generion_client::{Filter, accounts::PurchaseAccount};
use generion_e2e::{Market, Running};
use solana_signer::Signer;

use crate::number;

const PRICE: u64 = 10_000_000;

/// The JSON output at the end of a command.
fn report(mut command: Running) -> serde_json::Value {
    let status = command.ended();
    let text = command.printed.join("\n");
    assert!(status.success(), "{text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A run delivers several purchases in one transaction, and settles each purchase in its own, so that a third party who
/// lands one settlement can't make others fail.
#[test]
fn a_hundred_purchases_settle_in_one_run() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(100));
    market.key_file();
    let before =
        [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));

    let started = Instant::now();
    let done = report(market.agent(&["--all"]));
    let seconds = started.elapsed().as_secs_f64();

    assert_eq!(market.settled(&purchases), 100);
    assert_eq!(number(&done, "/totals/settled_purchases"), 100);
    assert_eq!(number(&done, "/totals/earned_lamports"), 100 * PRICE);
    // Four deliveries fit a transaction. Purchases that become final one by one go in smaller transactions, without waiting.
    let packs = done["transactions"].as_array().expect("transactions");
    let sizes: Vec<_> = packs
        .iter()
        .map(|pack| pack["deliveries"].as_array().expect("deliveries").len())
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 100, "{sizes:?}");
    assert_eq!(sizes.iter().max(), Some(&4), "{sizes:?}");
    let transactions = number(&done, "/totals/transactions");
    assert_eq!(transactions, sizes.len() as u64);
    assert!(transactions <= 50, "{sizes:?}");
    assert_eq!(done["settlements"].as_array().map(Vec::len), Some(100));
    assert_eq!(number(&done, "/totals/failed_transactions"), 0);
    let fees = number(&done, "/totals/fee_lamports");
    assert_eq!(fees, (transactions + 100) * 5_000);
    let after = [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));
    assert_eq!(after, [before[0] + 100 * PRICE, before[1] - fees]);
    println!(
        "100 purchases: {transactions} deliveries, 100 settlements, {seconds:.1} s from start to end of the program"
    );

    let again = report(market.agent(&["--all"]));
    assert_eq!(number(&again, "/totals/transactions"), 0);
}

/// A watching agent delivers pending purchases and new ones.
#[test]
fn a_watching_agent_serves_what_is_there_and_what_comes() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let buyers = market.buyers(6);
    let mut purchases = market.buy(&order, &buyers[..2]);

    let mut agent = market.agent(&["--watch"]);
    // The agent delivers and settles at the same time, so the order of its reports varies.
    for _ in 0..3 {
        agent.wait_for("it has caught up, and what was there is settled", |line| {
            line["event"] == "caught_up" || line["event"] == "settled"
        });
    }
    assert_eq!(market.settled(&purchases), 2);

    purchases.extend(market.buy(&order, &buyers[2..]));
    for _ in 0..4 {
        agent.wait_for("what came is settled", |line| line["event"] == "settled");
    }
    assert_eq!(market.settled(&purchases), 6);
    let found: Vec<_> = agent
        .printed
        .iter()
        .filter(|line| line.contains("\"found\""))
        .collect();
    assert_eq!(found.len(), 6, "something was found twice: {found:#?}");
    let totals = agent.interrupt();
    assert_eq!(number(&totals, "/settled_purchases"), 6);
    assert_eq!(number(&totals, "/earned_lamports"), 6 * PRICE);
}

/// After a rotation, orders of records for the old key and for the new one are delivered, more of them than fit one
/// transaction.
#[test]
fn old_keys_deliver_after_a_rotation() {
    let market = Market::open();
    let old = market.order(&market.records(11), PRICE);
    market.publish_key();
    let new = market.order(&market.records(3), PRICE);
    let buyers = market.buyers(2);
    let mut purchases = market.buy(&old, &buyers);
    purchases.extend(market.buy(&new, &buyers));

    let done = report(market.agent(&["--all"]));
    assert_eq!(market.settled(&purchases), 4);
    assert_eq!(number(&done, "/totals/records"), 28);
    // 11 records go in batches of 8 and 3; small batches share a transaction.
    assert!(number(&done, "/totals/transactions") <= 6, "{done}");
    let filters = [
        Filter::purchase_seller(market.seller.pubkey()),
        Filter::purchase_pending(),
    ];
    let pending = market.wait(market.ledger().list::<PurchaseAccount>(&filters));
    assert!(pending.unwrap().is_empty());
}

/// The agent pays a priority price; beside it, ten records don't fit one transaction.
#[test]
fn a_priority_price_is_paid() {
    let market = Market::open();
    let order = market.order(&market.records(10), PRICE);
    let purchases = market.buy(&order, &market.buyers(1));
    let done = report(market.agent(&["--all", "--priority-price", "1000000"]));
    assert_eq!(market.settled(&purchases), 1);
    assert_eq!(number(&done, "/totals/transactions"), 2);
    // One lamport for each requested compute unit: a tenth more than the transaction used.
    let delivered = done["transactions"].as_array().unwrap();
    let sum = |pointer: &str| -> u64 { delivered.iter().map(|one| number(one, pointer)).sum() };
    let used = sum("/transaction/compute_units");
    let price = sum("/transaction/fee_lamports") - 2 * 5_000;
    assert!(
        (used..used * 6 / 5).contains(&price),
        "{price} for {used} compute units"
    );
}

/// A key file without the needed key delivers nothing, and the error names the missing key.
#[test]
fn a_key_file_that_lacks_the_key_is_named() {
    let market = Market::open();
    market.key_file();
    market.publish_key();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(1));
    let mut agent = market.agent(&["--all"]);
    assert!(!agent.ended().success());
    assert!(
        agent.printed.join("\n").contains("index 1"),
        "{:#?}",
        agent.printed
    );
    assert_eq!(market.settled(&purchases), 0);
}
