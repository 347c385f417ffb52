//! Whole stories by hand.

use generion_client::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_e2e::Town;
use solana_address::Address;

use crate::{
    CONDITION, OBSERVATION, number, offer, open_purchase, text, verified_record, write_record,
};

const PRICE: u64 = 250_000_000;

fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

/// A patient, a clinic, a doctor and a buyer do everything by hand, until the buyer opens the documents.
#[test]
fn a_document_reaches_a_buyer_proven_and_paid_for() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));

    for person in [&patient, &doctor] {
        let done = person.does(&["user", "set-key"]);
        assert_eq!(number(&done, "/user/key_index"), 0);
    }

    // The clinic writes; the patient checks, and then signs.
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let state = town.read::<RecordAccount>(&address(&record)).state;
    assert_eq!(
        (state.owner, state.creator),
        (patient.address, clinic.address)
    );
    assert!(!state.is_verified());
    let checked = patient.does(&["record", "check", &record, "--to", "checked.json"]);
    assert_eq!(
        std::fs::read(town.folder.join("checked.json")).unwrap(),
        OBSERVATION
    );
    assert_eq!(text(&checked, "/document/kind"), "fhir:Observation/85354-9");
    assert!(checked["transaction"].is_null());
    assert!(
        !town
            .read::<RecordAccount>(&address(&record))
            .state
            .is_verified(),
        "a check signed something"
    );
    patient.does(&["record", "verify", &record]);
    assert!(
        town.read::<RecordAccount>(&address(&record))
            .state
            .is_verified()
    );
    let again = patient.fails(&["record", "verify", &record]);
    assert_eq!(again.rule.as_deref(), Some("AlreadyVerified"));

    // The doctor can open the shared record; nobody else can.
    let shared = patient.does(&[
        "share",
        "create",
        &record,
        "--with",
        &doctor.address.to_string(),
    ]);
    let share = text(&shared, "/share/address");
    doctor.does(&["share", "open", &share, "--to", "shared.json"]);
    assert_eq!(
        std::fs::read(town.folder.join("shared.json")).unwrap(),
        OBSERVATION
    );
    let stranger = buyer.fails(&["share", "open", &share, "--to", "stolen.json"]);
    assert!(
        stranger.message.contains(&buyer.address.to_string()),
        "{}",
        stranger.message
    );
    assert!(!town.folder.join("stolen.json").exists());
    patient.does(&["share", "revoke", &share]);
    assert_eq!(town.lamports(&address(&share)), 0);

    // The sale: escrow, delivery, payment, and the exact bytes.
    let second = verified_record(&town, &clinic, &patient, CONDITION);
    let order = offer(&patient, &[&record, &second]);
    let listed = patient.fails(&["record", "delete", &record]);
    assert_eq!(listed.rule.as_deref(), Some("RecordListed"));
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let purchase = text(&bought, "/purchase/address");
    let escrow = town.lamports(&address(&purchase));
    let again = buyer.fails(&["purchase", "buy", &order, "--receipts", "receipts"]);
    assert!(
        again.message.contains(&purchase) && again.advice.contains("Wait for its delivery"),
        "{again:?}"
    );
    let early = buyer.fails(&["purchase", "refund", &purchase]);
    assert_eq!(early.rule.as_deref(), Some("RefundTooEarly"));
    let unopened = buyer.fails(&open_purchase(&purchase, "bought", "receipts"));
    assert!(unopened.message.contains("0 of 2"), "{}", unopened.message);

    let before = town.lamports(&patient.address);
    let delivered = patient.does(&["deliver", &purchase]);
    let settlement = "/deliveries/0/settlement";
    assert_eq!(text(&delivered, &format!("{settlement}/end")), "settled");
    let earned = number(&delivered, &format!("{settlement}/earned_lamports"));
    assert_eq!(earned, PRICE);
    let fees: u64 = ["/deliveries/0/batches/0", settlement]
        .map(|part| number(&delivered, &format!("{part}/transaction/fee_lamports")))
        .iter()
        .sum();
    assert_eq!(town.lamports(&patient.address), before - fees + PRICE);
    assert_eq!(town.lamports(&address(&purchase)), escrow - PRICE);
    assert!(
        town.read::<PurchaseAccount>(&address(&purchase))
            .state
            .is_settled()
    );

    let opened = buyer.does(&open_purchase(&purchase, "bought", "receipts"));
    for (index, document) in [(&record, OBSERVATION), (&second, CONDITION)] {
        let documents = opened["documents"].as_array().unwrap();
        let opened = documents.iter().find(|one| one["record"] == **index);
        let path = town.folder.join(text(opened.unwrap(), "/path"));
        assert_eq!(std::fs::read(path).unwrap(), document);
    }
    let closed = buyer.does(&["purchase", "close", &purchase, "--receipts", "receipts"]);
    // Beside the receipt that was saved before the payment.
    assert_eq!(
        text(&closed, "/receipt"),
        town.folder
            .join(format!("receipts/{purchase}.2.json"))
            .display()
            .to_string()
    );
    assert_eq!(town.lamports(&address(&purchase)), 0);
    // The keys are gone from the ledger, but the buyer has them.
    buyer.does(&open_purchase(&purchase, "once-more", "receipts"));
    let once_more = town.folder.join(format!("once-more/{record}.json"));
    assert_eq!(std::fs::read(once_more).unwrap(), OBSERVATION);

    // The order is closed, and its records are no longer listed.
    patient.does(&["order", "close", &order]);
    assert_eq!(town.lamports(&address(&order)), 0);
    patient.does(&["record", "delete", &record]);
    assert_eq!(town.lamports(&address(&record)), 0);
}

/// If nobody delivers, anyone can refund the buyer after the deadline.
#[test]
fn an_undelivered_purchase_is_refunded() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let order = offer(&patient, &[&record]);

    let before = town.lamports(&buyer.address);
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let fee = number(&bought, "/transaction/fee_lamports");
    let purchase = address(&text(&bought, "/purchase/address"));
    let deadline = town.read::<PurchaseAccount>(&purchase).state.deadline;

    // Sales are stopped, but the order stays, because a purchase is pending.
    patient.does(&["order", "close", &order]);
    assert!(!town.read::<OrderAccount>(&address(&order)).state.is_open());
    let stopped = doctor.fails(&["purchase", "buy", &order, "--receipts", "receipts"]);
    assert_eq!(stopped.rule.as_deref(), Some("OrderNotOpen"), "{stopped:?}");

    town.move_clock(deadline + 300);
    let late = patient.fails(&["deliver", &purchase.to_string()]);
    assert!(
        late.message.contains("the time to deliver was over"),
        "{}",
        late.message
    );
    doctor.does(&["purchase", "refund", &purchase.to_string()]);
    assert_eq!(town.lamports(&purchase), 0);
    assert_eq!(town.lamports(&buyer.address), before - fee);
}
