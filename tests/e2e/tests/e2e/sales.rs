//! The protections of a sale: kept offers, named buyers, and the lock between delivery and payment.

use generion_client::{
    Belief, ClientError, GenerionError, SendOptions, Wallet, accounts::PurchaseAccount,
};
use generion_e2e::{Market, Running, Town};
use serde_json::Value;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{OBSERVATION, number, open_purchase, text, verified_record};

const PRICE: u64 = 10_000_000;
/// The program's tag of `settle`.
const SETTLE: u8 = 12;

/// A purchase that is delivered and not settled, as after a seller's crash.
fn lock(market: &Market, purchase: &Address) {
    let keys = Wallet {
        signer: &market.seller,
    };
    let report = market.wait(async {
        let sale = market.client.sale(&keys, purchase, Belief::Ledger).await?;
        market
            .client
            .deliver(&keys, &market.seller, &sale)
            .send()
            .await
    });
    report.expect("it is delivered");
    assert!(state(market, purchase).is_locked());
}

fn state(market: &Market, purchase: &Address) -> generion_client::state::Purchase {
    let account = market.wait(market.ledger().get::<PurchaseAccount>(purchase));
    account.expect("the purchase is there").state
}

/// A command's standard output and standard error, run by a person.
fn said(market: &Market, who: &Keypair, words: &[&str]) -> (bool, String, Value) {
    let output = market
        .command(words)
        .arg("--keypair")
        .arg(market.keypair_file("somebody", who))
        .output()
        .expect("the program starts");
    let error = String::from_utf8_lossy(&output.stderr);
    let error = error.lines().last().unwrap_or("null");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        serde_json::from_str(error).unwrap_or_else(|_| panic!("{error}")),
    )
}

#[track_caller]
fn refused(market: &Market, who: &Keypair, words: &[&str]) -> Value {
    let (success, printed, error) = said(market, who, words);
    assert!(!success && printed.is_empty(), "{words:?}: {printed}");
    error["error"].clone()
}

/// Before the settlement of a locked purchase, nobody can open the records and nobody gets the price; afterwards, the
/// seller is paid once.
#[test]
fn a_locked_purchase_waits_for_its_settlement() {
    let market = Market::open();
    let order = market.order(&market.records(2), PRICE);
    let buyers = market.buyers(1);
    let [purchase] = market.buy(&order, &buyers)[..] else {
        panic!("one has bought")
    };
    lock(&market, &purchase);
    let (buyer, named) = (&buyers[0], purchase.to_string());
    let escrow = market.lamports(&purchase);

    let open = ["purchase", "open", &named, "--to", "bought"];
    let receipts = ["--receipts", "receipts"];
    let failed = refused(&market, buyer, &[&open[..], &receipts].concat());
    let message = text(&failed, "/message");
    assert!(message.contains("delivered and locked"), "{message}");
    let opened = std::fs::read_dir(market.folder.join("bought"));
    assert_eq!(
        opened.into_iter().flatten().count(),
        0,
        "something was opened"
    );
    let close = ["purchase", "close", &named];
    let failed = refused(&market, buyer, &[&close[..], &receipts].concat());
    assert!(text(&failed, "/message").contains("locked"), "{failed}");
    // Before the time to settle is over, neither the seller nor anybody else can refund.
    for who in [&market.seller, buyer] {
        let failed = refused(&market, who, &["purchase", "refund", &named]);
        assert_eq!(text(&failed, "/rule"), "RefundTooEarly", "{failed}");
    }
    assert_eq!(market.lamports(&purchase), escrow);

    let before = market.lamports(&market.seller.pubkey());
    let deliver = ["deliver", &named, "--any-order"];
    let (success, printed, error) = said(&market, &market.seller, &deliver);
    assert!(success, "{printed} {error}");
    let settled: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(settled["deliveries"][0]["batches"], serde_json::json!([]));
    assert_eq!(text(&settled, "/deliveries/0/settlement/end"), "settled");
    let fee = number(
        &settled,
        "/deliveries/0/settlement/transaction/fee_lamports",
    );
    let after = market.lamports(&market.seller.pubkey());
    assert_eq!(after, before - fee + PRICE);

    // Neither the command nor a third party who copies the secret can settle again.
    let failed = refused(&market, &market.seller, &deliver);
    assert!(
        text(&failed, "/message").contains("settled already"),
        "{failed}"
    );
    let shown = state(&market, &purchase);
    let mut again = market
        .ledger()
        .instructions()
        .refund(buyer.pubkey(), purchase, &shown);
    let mut account = again.accounts[0].clone();
    (account.is_signer, account.is_writable) = (false, true);
    again.accounts = [shown.seller, shown.order, purchase]
        .map(|address| {
            account.pubkey = address;
            account.clone()
        })
        .to_vec();
    again.data = [&[SETTLE][..], &shown.settle_key].concat();
    let sent = market.wait(
        market
            .ledger()
            .send(&[again], buyer, &[], SendOptions::default()),
    );
    assert_eq!(
        sent.expect_err("it was settled twice").rule(),
        Some(GenerionError::AlreadySettled)
    );
    let failed = refused(&market, buyer, &["purchase", "refund", &named]);
    assert_eq!(text(&failed, "/rule"), "AlreadySettled", "{failed}");
    assert_eq!(market.lamports(&market.seller.pubkey()), after);

    let (opened, printed, error) = said(&market, buyer, &[&open[..], &receipts].concat());
    assert!(opened, "{printed} {error}");
}

/// If a seller locks and never settles, anyone can refund the buyer after a day, and nobody has read anything.
#[test]
fn a_locked_purchase_is_refunded_when_nobody_settles() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let buyers = market.buyers(2);
    let [purchase] = market.buy(&order, &buyers[..1])[..] else {
        panic!("one has bought")
    };
    lock(&market, &purchase);
    let before = market.lamports(&buyers[0].pubkey());
    let escrow = market.lamports(&purchase);
    let locked = state(&market, &purchase);
    assert!(locked.settle_by > locked.deadline, "it has a day to settle");
    market.move_clock(locked.settle_by + 300);

    // The seller's program no longer shows the secret.
    let named = purchase.to_string();
    let failed = refused(&market, &market.seller, &["deliver", &named, "--any-order"]);
    assert!(!text(&failed, "/advice").is_empty());
    assert!(!state(&market, &purchase).is_settled(), "{failed}");
    let (refunded, printed, error) = said(&market, &buyers[1], &["purchase", "refund", &named]);
    assert!(refunded, "{printed} {error}");
    assert_eq!(market.lamports(&purchase), 0);
    assert_eq!(market.lamports(&buyers[0].pubkey()), before + escrow);
    assert_eq!(market.settled(&[purchase]), 0);
}

/// An order for one wallet shows that wallet, and no other wallet can buy it.
#[test]
fn an_order_for_one_buyer() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let only = buyer.address.to_string();
    let words =
        "order create --price 0.1SOL --window 1h --label x --reveal-identifiers --only-buyer";
    let words: Vec<_> = words
        .split(' ')
        .chain([&*only, "--record", &record])
        .collect();
    let created = patient.does(&words);
    assert_eq!(text(&created, "/order/only_buyer"), only);
    let order = text(&created, "/order/address");
    assert_eq!(
        text(&doctor.does(&["order", "show", &order]), "/only_buyer"),
        only
    );

    let buy = ["purchase", "buy", &order, "--receipts", "receipts"];
    let failed = doctor.fails(&buy);
    assert!(failed.message.contains(&only), "{failed:?}");
    assert!(failed.advice.contains("-k"), "{failed:?}");
    let purchase = text(&buyer.does(&buy), "/purchase/address");
    patient.does(&["deliver", &purchase]);
    buyer.does(&open_purchase(&purchase, "bought", "receipts"));
    let opened = town.folder.join("bought").join(format!("{record}.json"));
    assert_eq!(std::fs::read(opened).unwrap(), OBSERVATION);
}

/// Without the order in the offers file, the agent delivers nothing, and says what to do.
#[test]
fn an_agent_without_the_offer_says_what_to_do() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let purchases = market.buy(&order, &market.buyers(1));
    let seller = |words: &[&str]| {
        let mut command = market.command(words);
        command.arg("--keypair").arg(market.seller_file());
        let mut command = Running::start(command, None);
        let status = command.ended();
        (status.success(), command.printed.join("\n"))
    };

    // The data folder has no offers file, as on another machine.
    let (success, told) = seller(&["deliver", "--all"]);
    assert!(!success, "{told}");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let message = text(&told, "/failures/0/message");
    assert!(
        message.contains(&order.to_string()) && message.contains("offers.json"),
        "{message}"
    );
    let advice = text(&told, "/failures/0/advice");
    assert!(
        advice.contains("--orders") && advice.contains("--any-order"),
        "{advice}"
    );
    let failed = refused(
        &market,
        &market.seller,
        &["deliver", "--all", "--orders", "none.json"],
    );
    assert!(text(&failed, "/message").contains("none.json"), "{failed}");
    assert_eq!(state(&market, &purchases[0]).delivered_count, 0);

    // The offers file differs from the ledger: the agent does not deliver below the offered price.
    let offers = std::fs::read_to_string(market.offers()).unwrap();
    std::fs::write(
        market.folder.join("dearer.json"),
        offers.replace(&PRICE.to_string(), &(2 * PRICE).to_string()),
    )
    .unwrap();
    let (success, told) = seller(&["deliver", "--all", "--orders", "dearer.json"]);
    assert!(!success, "{told}");
    assert_eq!(state(&market, &purchases[0]).delivered_count, 0);

    let (success, told) = seller(&["deliver", "--all", "--any-order"]);
    assert!(success, "{told}");
    assert_eq!(market.settled(&purchases), 1);
}

/// A running agent waits for an order that is not in its offers file yet, and serves it once it is.
#[test]
fn an_agent_waits_for_the_offer() {
    let market = Market::open();
    let records = market.records(1);
    let copy = || {
        let new = market.folder.join("new.json");
        std::fs::copy(market.offers(), &new).expect("it is copied");
        std::fs::rename(new, market.folder.join("agent.json")).expect("it is replaced");
    };
    market.order(&records, PRICE);
    copy();
    let order = market.order(&records, 2 * PRICE);
    let purchases = market.buy(&order, &market.buyers(1));
    let mut command = market.command(&["deliver", "--watch", "--orders", "agent.json"]);
    command.arg("--keypair").arg(market.seller_file());
    let mut agent = Running::start(command, None);
    let told = agent.wait_for("it waits", |line| line["event"] == "postponed");
    let message = text(&told, "/message");
    assert!(
        message.contains(&order.to_string()) && message.contains("agent.json"),
        "{message}"
    );
    assert_eq!(state(&market, &purchases[0]).delivered_count, 0);

    copy();
    let told = agent.wait_for("it is paid", |line| line["event"] == "settled");
    assert_eq!(number(&told, "/earned_lamports"), 2 * PRICE);
    assert_eq!(market.settled(&purchases), 1);
    agent.interrupt();
}

/// A purchase of an order that is not in the offers file can't be delivered by hand.
#[test]
fn what_is_not_offered_is_not_delivered_by_hand() {
    let market = Market::open();
    let order = market.order(&market.records(1), PRICE);
    let [purchase] = market.buy(&order, &market.buyers(1))[..] else {
        panic!("one has bought")
    };
    let named = purchase.to_string();
    let failed = refused(&market, &market.seller, &["deliver", &named]);
    let expected = ClientError::NotOffered {
        order,
        path: market.folder.join("data/localnet/offers.json"),
    };
    assert_eq!(text(&failed, "/message"), expected.to_string());
    assert_eq!(state(&market, &purchase).delivered_count, 0);
}
