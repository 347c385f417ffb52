//! `generion history`: it shows everything that was done on a complete ledger, and names the gaps of one that has lost
//! data.

mod lost;
mod trail;

use std::process::Command;

use generion_client::{ClientError, SendOptions, Units, accounts::PurchaseAccount};
use generion_e2e::{Market, Person, Running, Town};
use serde_json::{Value, json};
use solana_address::Address;
use solana_signer::Signer;

use self::trail::{actors, forgetful, gaps, read, told};
use crate::{
    OBSERVATION, create_record, number, offer, open_purchase, text, verified_record, write_record,
};

const PRICE: u64 = 250_000_000;

/// The event and the transaction of each change.
type Trail = Vec<(&'static str, String)>;

/// The kind and the trail of an address, read without a wallet. The history must have no gaps.
#[track_caller]
fn is_told(somebody: &Person, address: &str, kind: &str, expected: &[&(&str, String)]) -> Value {
    let history = somebody.does(&["history", address]);
    assert_eq!(history["gaps"], json!([]), "{history}");
    assert_eq!(history["address"], address);
    assert_eq!(history["kind"], kind);
    let expected: Vec<_> = expected
        .iter()
        .map(|(event, signature)| ((*event).to_owned(), signature.clone()))
        .collect();
    assert_eq!(told(&history), expected);
    for entry in history["entries"].as_array().expect("entries") {
        assert_eq!(entry["source"], "complete", "{entry}");
        assert!(entry["block_at"].is_number(), "{entry}");
        assert_eq!(entry["error"], Value::Null);
    }
    history
}

fn signature(done: &Value) -> String {
    text(done, "/transaction/signature")
}

/// The history of each participant shows what a patient, a clinic, a doctor and a buyer did, while the accounts exist
/// and after they are closed.
#[test]
fn what_was_done_is_told() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    let mut done: Trail = Vec::new();
    let key = patient.does(&["user", "set-key"]);
    done.push(("EncryptionKeySet", signature(&key)));
    let doctors_key = signature(&doctor.does(&["user", "set-key"]));
    let file = town.write("document.json", OBSERVATION);
    let created = clinic.does(&create_record(
        &file.to_string_lossy(),
        &patient.address.to_string(),
        &town.store_url,
    ));
    let record = text(&created, "/record/address");
    done.push(("RecordCreated", signature(&created)));
    let verified = patient.does(&["record", "verify", &record]);
    done.push(("RecordVerified", signature(&verified)));
    let recipient = doctor.address.to_string();
    let shared = patient.does(&["share", "create", &record, "--with", &recipient]);
    let share = text(&shared, "/share/address");
    done.push(("RecordShared", signature(&shared)));
    let order = offer(&patient, &[&text(&created, "/record/address")]);
    // The command does not print this transaction, but the ledger has it.
    let listed = buyer.does(&["history", &order]);
    done.push(("OrderCreated", text(&listed, "/entries/0/signature")));
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let purchase = text(&bought, "/purchase/address");
    done.push(("Purchased", signature(&bought)));
    let [key, created, verified, shared, listed, bought] = &done[..] else {
        panic!("six changes");
    };

    // All accounts exist, and follow from the history.
    is_told(
        &buyer,
        &record,
        "record",
        &[created, verified, shared, listed],
    );
    is_told(&buyer, &share, "share", &[shared]);
    is_told(&buyer, &order, "order", &[listed, bought]);
    is_told(&buyer, &purchase, "purchase", &[bought]);
    let wallet = patient.address.to_string();
    let all: Vec<_> = done.iter().collect();
    is_told(&buyer, &wallet, "user", &all);
    let account = town.addresses().user(&patient.address).to_string();
    is_told(&buyer, &account, "user", &all);

    let mut rest: Trail = Vec::new();
    let delivered = patient.does(&["deliver", &purchase]);
    let delivery = text(&delivered, "/deliveries/0/batches/0/transaction/signature");
    rest.push(("Delivered", delivery));
    let settlement = text(&delivered, "/deliveries/0/settlement/transaction/signature");
    rest.push(("Settled", settlement));
    buyer.does(&open_purchase(&purchase, "bought", "receipts"));
    let words = ["purchase", "close", &purchase, "--receipts", "receipts"];
    rest.push(("PurchaseClosed", signature(&buyer.does(&words))));
    let revoked = patient.does(&["share", "revoke", &share]);
    rest.push(("ShareRevoked", signature(&revoked)));
    let closed = patient.does(&["order", "close", &order]);
    rest.push(("OrderClosed", signature(&closed)));
    let deleted = patient.does(&["record", "delete", &record]);
    rest.push(("RecordDeleted", signature(&deleted)));
    let [delivered, settled, taken, revoked, closed, deleted] = &rest[..] else {
        panic!("six changes");
    };

    // All accounts are closed, and the history still has them.
    let of_record = [
        created, verified, shared, listed, delivered, revoked, closed, deleted,
    ];
    let history = is_told(&doctor, &record, "record", &of_record);
    let [by_patient, by_clinic] = [wallet.clone(), clinic.address.to_string()];
    assert_eq!(actors(&history)[..2], [by_clinic.clone(), by_patient]);
    assert_eq!(history["entries"][0]["self_issued"], false);
    assert_eq!(history["entries"][0]["accounts"]["owner"], wallet);
    is_told(&doctor, &share, "share", &[shared, revoked]);
    let of_order = [listed, bought, delivered, settled, taken, closed];
    let history = is_told(&doctor, &order, "order", &of_order);
    assert_eq!(number(&history, "/entries/0/details/price_lamports"), PRICE);
    assert_eq!(
        number(&history, "/entries/3/details/paid_out_lamports"),
        PRICE
    );
    let of_purchase = [bought, delivered, settled, taken];
    is_told(&doctor, &purchase, "purchase", &of_purchase);
    let of_patient = [
        key, created, verified, shared, listed, bought, delivered, settled, revoked, closed,
        deleted,
    ];
    is_told(&doctor, &wallet, "user", &of_patient);
    let of_doctor = [&("EncryptionKeySet", doctors_key), shared, revoked];
    is_told(&doctor, &recipient, "user", &of_doctor);
    let buyers = buyer.address.to_string();
    is_told(&doctor, &buyers, "wallet", &of_purchase);
    // The rent came back.
    is_told(&doctor, &by_clinic, "wallet", &[created, deleted]);
    let nobody = Address::new_from_array([9; 32]).to_string();
    let history = doctor.does(&["history", &nobody]);
    assert_eq!(
        (&history["kind"], &history["entries"]),
        (&Value::Null, &json!([]))
    );

    // The text output.
    let shown = shown(&doctor, &["history", &order]);
    for words in [
        "OrderCreated",
        "0.25 SOL to the seller",
        &wallet,
        "Complete:",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

/// A command's text output.
fn shown(person: &Person, words: &[&str]) -> String {
    let own = person.command(words);
    let mut command = Command::new(own.get_program());
    let arguments = own.get_args().map(|argument| match argument == "json" {
        true => "display".as_ref(),
        false => argument,
    });
    command
        .args(arguments)
        .current_dir(own.get_current_dir().expect("a folder"));
    let output = command.output().expect("the program starts");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

/// The history separates several instructions of one transaction, shows failed ones, and can show a part.
#[test]
fn each_instruction_of_a_transaction_is_told_where_it_belongs() {
    let market = Market::open();
    let records = market.records(2);
    let order = market.order(&records, 10_000_000);
    let purchases = market.buy(&order, &market.buyers(3));
    let run = Running::start(
        market.agent_command(&["--all"]),
        Some(generion_e2e::PASSPHRASE),
    )
    .ended();
    assert!(run.success());
    assert_eq!(market.settled(&purchases), 3);
    let node = market.rpc_url.clone();

    // The agent puts several deliveries into one transaction; the history separates them.
    let history = read(&market, &node, &[&order.to_string()]);
    assert_eq!(history["gaps"], json!([]), "{history}");
    assert_eq!(
        number(&history, "/entries/0/details/self_issued_records"),
        2
    );
    let entries = history["entries"].as_array().expect("entries");
    let deliveries: Vec<_> = entries
        .iter()
        .filter(|entry| entry["event"] == "Delivered")
        .collect();
    assert_eq!(deliveries.len(), 3);
    assert!(
        deliveries.iter().any(|delivery| delivery["position"] != 0),
        "the agent has packed nothing: {deliveries:#?}"
    );
    for delivery in &deliveries {
        let purchase = text(delivery, "/accounts/purchase");
        let own = read(&market, &node, &[&purchase]);
        assert_eq!(own["gaps"], json!([]));
        assert_eq!(own["entries"].as_array().map(Vec::len), Some(3));
        assert_eq!(own["entries"][2]["event"], "Settled");
        assert_eq!(own["entries"][1]["position"], delivery["position"]);
        assert_eq!(text(delivery, "/by"), market.fee_payer.pubkey().to_string());
    }

    // A failed transaction changes nothing, and the history shows it on request.
    let ledger = market.ledger();
    let record = records[0];
    let again = ledger
        .instructions()
        .verify_record(market.seller.pubkey(), record);
    let options = SendOptions {
        units: Units::Fixed(200_000),
        ..SendOptions::default()
    };
    let sent = market.wait(ledger.send(&[again], &market.seller, &[], options));
    let Err(ClientError::Refused(refusal)) = sent else {
        panic!("verified twice: {sent:?}");
    };
    let failed = refusal.signature.expect("it is on the ledger").to_string();
    let record = record.to_string();
    let history = read(&market, &node, &[&record]);
    assert_eq!(history["gaps"], json!([]));
    assert_eq!(number(&history, "/failed_transactions"), 1);
    assert_eq!(history["entries"][0]["self_issued"], true);
    assert!(
        told(&history)
            .iter()
            .all(|(_, signature)| *signature != failed)
    );
    let with_failed = read(&market, &node, &[&record, "--failed"]);
    assert_eq!(with_failed["gaps"], json!([]));
    let last = with_failed["entries"]
        .as_array()
        .and_then(|entries| entries.last());
    let last = last.expect("an entry");
    assert_eq!(
        (text(last, "/signature"), text(last, "/rule")),
        (failed, "AlreadyVerified".to_owned())
    );

    // A part of it.
    let slots: Vec<_> = entries.iter().map(|entry| number(entry, "/slot")).collect();
    let created = slots[0].to_string();
    let part = read(&market, &node, &[&order.to_string(), "--until", &created]);
    assert_eq!(told(&part), told(&history_of(&entries[..1])));
    assert_eq!(part["gaps"], json!([]));
    let rest = (slots[0] + 1).to_string();
    let part = read(&market, &node, &[&order.to_string(), "--since", &rest]);
    assert_eq!(told(&part), told(&history_of(&entries[1..])));
    assert_eq!(part["gaps"], json!([]));
    let part = read(&market, &node, &[&order.to_string(), "--limit", "2"]);
    // The transactions of the order, and of the purchases in the history.
    let all = part["gaps"].as_array().expect("gaps");
    assert!(all.iter().all(|gap| gap["kind"] == "not_read"), "{part}");
    let accounts: Vec<_> = all.iter().map(|gap| text(gap, "/account")).collect();
    assert_eq!(accounts.last(), Some(&order.to_string()), "{part}");
    let mut of_purchases = accounts[..accounts.len() - 1].iter();
    assert!(
        of_purchases.all(|account| purchases.iter().any(|one| one.to_string() == *account)),
        "{part}"
    );
}

fn history_of(entries: &[Value]) -> Value {
    json!({ "entries": entries })
}

/// The history shows refunds, repeated purchases, stopped sales, rotated keys and withdrawn records, with logs and
/// without.
#[test]
fn other_endings_are_told() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    patient.does(&["key", "rotate"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let unwanted = write_record(&town, &clinic, &patient, OBSERVATION);
    let order = offer(&patient, &[&record]);
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let purchase = text(&bought, "/purchase/address");
    let declined = patient.does(&["purchase", "refund", &purchase]);
    let again = buyer.does(&["purchase", "buy", &order, "--receipts", "again"]);
    let stopped = patient.does(&["order", "close", &order]);
    let address = purchase.parse().expect("an address");
    let deadline = town.read::<PurchaseAccount>(&address).state.deadline;
    town.move_clock(deadline + 24 * 60 * 60);
    let refunded = doctor.does(&["purchase", "refund", &purchase]);
    let closed = patient.does(&["order", "close", &order]);
    let taken = clinic.does(&["record", "delete", &unwanted]);

    let created = is_of(&buyer, &order, 0);
    let trail = [
        ("OrderCreated", created),
        ("Purchased", signature(&bought)),
        ("Refunded", signature(&declined)),
        ("Purchased", signature(&again)),
        ("SalesStopped", signature(&stopped)),
        ("Refunded", signature(&refunded)),
        ("OrderClosed", signature(&closed)),
    ];
    let [created, first, declined, second, stopped, refunded, closed] = &trail;
    let history = is_told(
        &buyer,
        &order,
        "order",
        &[created, first, declined, second, stopped, refunded, closed],
    );
    let actors = actors(&history);
    let [seller, stranger] = [&patient, &doctor].map(|person| person.address.to_string());
    assert_eq!((&actors[2], &actors[5]), (&seller, &stranger));
    assert_eq!(number(&history, "/entries/4/details/pending_purchases"), 1);
    let of_purchase = [first, declined, second, refunded];
    is_told(&buyer, &purchase, "purchase", &of_purchase);
    let deletion = ("RecordDeleted", signature(&taken));
    let creation = ("RecordCreated", is_of(&buyer, &unwanted, 0));
    is_told(&buyer, &unwanted, "record", &[&creation, &deletion]);
    let wallet = patient.address.to_string();
    let of_patient = buyer.does(&["history", &wallet]);
    assert_eq!(gaps(&of_patient), [""; 0]);
    assert_eq!(number(&of_patient, "/entries/1/details/key_index"), 1);

    // Without logs, the order's state shows that its sales were stopped, and that it was then closed.
    let forgetful = forgetful(&town);
    for (address, whole) in [(&order, history), (&wallet, of_patient)] {
        let unlogged = buyer.at(&forgetful.url).does(&["history", address]);
        assert_eq!(told(&unlogged), told(&whole));
        let lost = vec!["event_missing"; told(&whole).len()];
        assert_eq!(gaps(&unlogged), lost, "{unlogged}");
    }
    let shown = shown(&buyer.at(&forgetful.url), &["history", &purchase]);
    for words in [
        "from the instruction alone: the node has no log of it",
        "GAP",
        "not complete",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

/// The transaction of a change in an address's history.
fn is_of(somebody: &Person, address: &str, place: usize) -> String {
    let history = somebody.does(&["history", address]);
    text(&history, &format!("/entries/{place}/signature"))
}

/// A restarted node gives the same history.
#[test]
fn a_history_outlives_its_node() {
    let mut market = Market::open();
    let records = market.records(1);
    let order = market.order(&records, 10_000_000);
    market.buy(&order, &market.buyers(1));
    let order = order.to_string();
    let before = read(&market, &market.rpc_url, &[&order]);
    market.stop_node();
    market.start_node();
    let after = read(&market, &market.rpc_url, &[&order]);
    assert_eq!(told(&after), told(&before));
    assert_eq!(gaps(&after), [""; 0], "{after}");
}
