//! Faults during a delivery. After each fault, nothing is paid twice, nothing is lost, and the next run finishes.

use std::{thread, time::Duration};

use generion_client::accounts::PurchaseAccount;
use generion_e2e::{Market, Running};
use solana_address::Address;
use solana_signer::Signer;

use crate::number;

const PRICE: u64 = 10_000_000;

fn delivered_records(market: &Market, purchase: &Address) -> u8 {
    let account = market.wait(market.ledger().get::<PurchaseAccount>(purchase));
    account
        .expect("the purchase is there")
        .state
        .delivered_count
}

fn caught_up(market: &Market) -> Running {
    let mut agent = market.agent(&["--watch"]);
    agent.wait_for("it has caught up", |line| line["event"] == "caught_up");
    agent
}

/// An agent that is killed after the first of three deliveries of an order continues in the next run.
#[test]
fn an_agent_killed_between_two_deliveries() {
    let market = Market::open();
    let order = market.order(&market.records(24), PRICE);
    let purchases = market.buy(&order, &market.buyers(1));
    let before = market.lamports(&market.seller.pubkey());

    // One at a time, so that some are left when the first has landed.
    let mut agent = market.agent(&["--watch", "--in-flight", "1"]);
    agent.wait_for("a first delivery", |line| line["event"] == "delivered");
    agent.kill();
    let delivered = delivered_records(&market, &purchases[0]);
    assert!(
        (1..24).contains(&delivered),
        "{delivered} records are delivered"
    );
    assert_eq!(
        market.lamports(&market.seller.pubkey()),
        before,
        "a part was paid for"
    );

    let mut agent = market.agent(&["--watch"]);
    agent.wait_for("the payment", |line| line["event"] == "settled");
    let totals = agent.interrupt();
    assert_eq!(market.settled(&purchases), 1);
    assert_eq!(market.lamports(&market.seller.pubkey()), before + PRICE);
    // Transactions that were sent before the kill may have landed afterwards.
    assert!(
        number(&totals, "/records") <= u64::from(24 - delivered),
        "{totals}"
    );
}

/// Two agents of one seller run at the same time, and each purchase is delivered and paid once.
#[test]
fn two_agents_side_by_side() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(40));
    market.key_file();
    let before =
        [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));

    let agents = [caught_up(&market), caught_up(&market)];
    while market.settled(&purchases) < 40 {
        thread::sleep(Duration::from_millis(50));
    }
    let totals = agents.map(Running::interrupt);
    let sum = |field: &str| {
        totals
            .iter()
            .map(|totals| number(totals, field))
            .sum::<u64>()
    };
    assert_eq!(sum("/settled_purchases"), 40, "{totals:?}");
    assert_eq!(sum("/earned_lamports"), 40 * PRICE, "{totals:?}");
    let after = [&market.seller, &market.fee_payer].map(|wallet| market.lamports(&wallet.pubkey()));
    assert_eq!(
        after[0],
        before[0] + 40 * PRICE,
        "something was paid twice, or not at all"
    );
    // The second agent costs only the fees of transactions that came too late. The sum leaves out late settlements; there is at
    // most one for each purchase.
    let late = before[1] - after[1] - sum("/fee_lamports");
    assert_eq!(late % 5_000, 0, "{late} {totals:?}");
    assert!(late <= 40 * 5_000, "{late} {totals:?}");
    let transactions =
        sum("/transactions") + sum("/settled_purchases") + sum("/failed_transactions");
    assert_eq!(sum("/fee_lamports"), 5_000 * transactions);
    println!("two agents, 40 purchases: {totals:?}");
}

/// An agent continues after its node was restarted.
#[test]
fn the_node_is_restarted() {
    let mut market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let buyers = market.buyers(3);
    let mut purchases = market.buy(&order, &buyers[..1]);
    let mut agent = market.agent(&["--watch"]);
    agent.wait_for("the first payment", |line| line["event"] == "settled");

    market.stop_node();
    agent.wait_for("the loss is noticed", |line| line["event"] == "lost");
    market.start_node();
    // Purchases before and after the agent reconnects are treated alike.
    purchases.extend(market.buy(&order, &buyers[1..]));
    for _ in 0..2 {
        agent.wait_for("the rest is paid", |line| line["event"] == "settled");
    }
    assert_eq!(market.settled(&purchases), 3);
    let totals = agent.interrupt();
    assert_eq!(number(&totals, "/earned_lamports"), 3 * PRICE);
}

/// If the ledger's clock is a month ahead of the machine's, the ledger's clock decides about deadlines.
#[test]
fn a_clock_that_is_wrong_by_a_month() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let buyers = market.buyers(2);
    let late = market.buy(&order, &buyers[..1]);
    let now = market.wait(market.ledger().unix_time()).unwrap();
    market.move_clock(now + 30 * 24 * 3_600);
    let in_time = market.buy(&order, &buyers[1..]);

    let mut agent = market.agent(&["--all"]);
    assert!(
        !agent.ended().success(),
        "a purchase that is too late was not reported"
    );
    let text = agent.printed.join("\n");
    assert!(text.contains("the time to deliver was over"), "{text}");
    assert_eq!(market.settled(&in_time), 1);
    assert_eq!(
        delivered_records(&market, &late[0]),
        0,
        "keys were given away for nothing"
    );
}

/// An agent is killed at a random moment of each of many sales, around the lock and the settlement; the next run
/// finishes from the ledger and the markers on the disk.
#[test]
fn an_agent_killed_around_each_lock() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(6));
    market.key_file();
    let before = market.lamports(&market.seller.pubkey());
    for event in ["found", "delivered", "settling", "delivered"] {
        let mut agent = market.agent(&["--watch", "--in-flight", "1"]);
        if market.settled(&purchases) == purchases.len() {
            agent.kill();
            break;
        }
        // If nothing of this kind is left, the agent has caught up.
        agent.wait_for("it is under way", |line| {
            line["event"] == event || line["event"] == "settled" || line["event"] == "caught_up"
        });
        agent.kill();
    }
    let mut agent = market.agent(&["--all"]);
    assert!(agent.ended().success(), "{:#?}", agent.printed);
    assert_eq!(market.settled(&purchases), 6);
    assert_eq!(
        market.lamports(&market.seller.pubkey()),
        before + 6 * PRICE,
        "something was paid twice, or not at all"
    );
    let settlements = market
        .folder
        .join("data")
        .join("localnet")
        .join("settlements");
    let left = std::fs::read_dir(settlements).map_or(0, |markers| markers.count());
    assert_eq!(left, 0, "markers of settled purchases are left");
}
