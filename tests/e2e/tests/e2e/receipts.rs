//! Receipts: a paid purchase can be opened, whatever the buyer buys later.

use generion_client::{Client, ClientError, accounts::PurchaseAccount, store::FetchPolicy};
use generion_e2e::{Person, Town};
use solana_address::Address;
use solana_keypair::read_keypair_file;

use crate::{OBSERVATION, offer, text, verified_record};

const RECEIPTS: [&str; 2] = ["--receipts", "receipts"];

fn buy(order: &str) -> Vec<&str> {
    [&["purchase", "buy", order][..], &RECEIPTS].concat()
}

#[track_caller]
fn opens(town: &Town, buyer: &Person, purchase: &str, record: &str, to: &str) {
    buyer.does(&[&["purchase", "open", purchase, "--to", to][..], &RECEIPTS].concat());
    let opened = std::fs::read(town.folder.join(to).join(format!("{record}.json"))).unwrap();
    assert_eq!(opened, OBSERVATION);
}

/// The keys of a closed purchase survive when the buyer buys the order again.
#[test]
fn keys_that_were_paid_for_outlive_what_is_bought_again() {
    let town = Town::found();
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let order = offer(&patient, &[&record]);
    let bought = buyer.does(&buy(&order));
    let purchase = text(&bought, "/purchase/address");
    patient.does(&["deliver", &purchase]);
    buyer.does(&[&["purchase", "close", &purchase][..], &RECEIPTS].concat());
    opens(&town, &buyer, &purchase, &record, "closed");
    let failed = buyer.fails(&[&["purchase", "close", &purchase][..], &RECEIPTS].concat());
    let receipts = town.folder.join("receipts");
    let kept = format!("is already closed; its keys are in {}", receipts.display());
    assert!(failed.message.contains(&kept), "{failed:?}");

    // The order is bought again and not delivered: the earlier purchase still opens.
    buyer.does(&buy(&order));
    opens(&town, &buyer, &purchase, &record, "pending");
    // The seller declines the second purchase.
    patient.does(&["purchase", "refund", &purchase]);
    opens(&town, &buyer, &purchase, &record, "declined");
    // A purchase is refused after its receipt was saved.
    buyer.does(&buy(&order));
    patient.does(&["order", "close", &order]);
    patient.does(&["purchase", "refund", &purchase]);
    let failed = buyer.fails(&buy(&order));
    assert_eq!(failed.rule.as_deref(), Some("OrderNotOpen"), "{failed:?}");
    opens(&town, &buyer, &purchase, &record, "refused");
    // The first receipt is moved elsewhere, and a later one is damaged.
    let receipts = town.folder.join("receipts");
    std::fs::remove_file(receipts.join(format!("{purchase}.json"))).unwrap();
    std::fs::write(receipts.join(format!("{purchase}.3.json")), "damaged").unwrap();
    opens(&town, &buyer, &purchase, &record, "moved");
}

/// If two processes close a purchase at once, the second one says that it is closed.
#[test]
fn a_purchase_that_was_closed_meanwhile() {
    let town = Town::found();
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let order = offer(&patient, &[&record]);
    let purchase = text(&buyer.does(&buy(&order)), "/purchase/address");
    patient.does(&["deliver", &purchase]);
    let address: Address = purchase.parse().unwrap();
    town.read::<PurchaseAccount>(&address);

    // Both were prepared while the purchase existed.
    let wallet = read_keypair_file(&buyer.keypair).unwrap();
    let client = Client::new(town.another_ledger(), FetchPolicy::default()).unwrap();
    let (first, second) = (
        client.close_purchase(&wallet, &address),
        client.close_purchase(&wallet, &address),
    );
    town.wait(first.send()).unwrap();
    let error = town.wait(second.send()).unwrap_err();
    assert!(matches!(error, ClientError::Refused(_)), "{error:?}");
    assert!(
        error.to_string().contains("was closed meanwhile"),
        "{error}"
    );
    // The command looks at the ledger first. Here, nobody has saved the keys.
    let close = [&["purchase", "close", &purchase][..], &RECEIPTS].concat();
    let failed = buyer.fails(&close);
    assert!(
        failed.message.contains("there is no purchase at"),
        "{failed:?}"
    );
}
