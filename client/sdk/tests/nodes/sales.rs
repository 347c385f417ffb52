//! What is bought is what was shown, and what is delivered is what was offered.

use std::path::Path;

use generion_client::{
    Belief, BuyOptions, ClientError, Offers, PurchaseReceipt, accounts::PurchaseAccount,
    decode::Decoded, rpc::witness::WitnessError,
};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::{
    account_data::order_data,
    town::Town,
    world::{FakeNode, NOW, World, deployment},
};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

fn files(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    files
}

/// The instructions of the program in what was sent to a node.
pub fn sent(node: &FakeNode) -> Vec<Decoded> {
    let transactions = node.transactions("sendTransaction");
    transactions
        .iter()
        .flat_map(|bytes| decoded(bytes))
        .collect()
}

/// The instructions of the program in a transaction.
pub fn decoded(bytes: &[u8]) -> Vec<Decoded> {
    let transaction: Transaction = bincode::deserialize(bytes).unwrap();
    let message = transaction.message;
    let keys = message.account_keys;
    let of_program = message
        .instructions
        .into_iter()
        .filter(|one| keys[usize::from(one.program_id_index)] == deployment().program_id);
    of_program
        .map(|one| {
            let accounts: Vec<_> = one
                .accounts
                .iter()
                .map(|index| keys[usize::from(*index)])
                .collect();
            Decoded::decode(&one.data, &accounts).unwrap()
        })
        .collect()
}

#[tokio::test]
async fn what_is_bought_is_what_was_shown() {
    let town = Town::new();
    let (node, buyer) = (town.node(A), Keypair::new());
    let client = town.client(&[&node]);
    let receipts = town.folder.path().join("receipts");
    let shown = client
        .offer(&town.offer.order, &buyer.pubkey(), &BuyOptions::default())
        .await
        .unwrap();
    assert_eq!(shown.offer, town.offer);

    // From here on the node shows another order, and is not asked.
    node.lies.lock().unwrap().shows = Some(World::default());
    let asked = node.count("getAccountInfo") + node.count("getMultipleAccounts");
    let prepared = client.buy(&buyer, &shown, &receipts).unwrap();
    assert!(!receipts.exists(), "it was saved before it was agreed to");
    let bought = prepared.send().await.unwrap().outcome;
    let still = node.count("getAccountInfo") + node.count("getMultipleAccounts");
    assert_eq!(asked, still);
    let [Decoded::Purchase(purchase)] = &sent(&node)[..] else {
        panic!("{:?}", sent(&node))
    };
    assert_eq!(purchase.args.terms, town.offer.terms().unwrap());

    let receipt = PurchaseReceipt::read(&bought.receipt).unwrap();
    assert_eq!(receipt.offer, town.offer);
    assert_eq!(receipt.records[0].capsule, town.record.state.capsule);
    // Again: a new version beside the first.
    client
        .buy(&buyer, &shown, &receipts)
        .unwrap()
        .send()
        .await
        .unwrap();
    let purchase = bought.purchase;
    assert_eq!(
        files(&receipts),
        [format!("{purchase}.2.json"), format!("{purchase}.json")]
    );
    assert_eq!(PurchaseReceipt::read(&bought.receipt).unwrap(), receipt);
}

/// What can't be saved is not paid for.
#[tokio::test]
async fn without_a_receipt_nothing_is_bought() {
    let town = Town::new();
    let (node, buyer) = (town.node(A), Keypair::new());
    let client = town.client(&[&node]);
    let shown = client
        .offer(&town.offer.order, &buyer.pubkey(), &BuyOptions::default())
        .await
        .unwrap();
    let receipts = town.folder.path().join("offers.json/receipts");
    let error = client
        .buy(&buyer, &shown, &receipts)
        .unwrap()
        .send()
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClientError::ReceiptNotSaved { .. }),
        "{error:?}"
    );
    assert_eq!(node.count("sendTransaction"), 0);
}

#[tokio::test]
async fn an_order_for_another_buyer_is_not_shown_as_ones_own() {
    let town = Town::new();
    let (node, buyer, other) = (town.node(A), Keypair::new(), Keypair::new());
    let mut order = town.order.clone();
    order.state.only_buyer = other.pubkey();
    let data = order_data(&order);
    town.world
        .lock()
        .unwrap()
        .accounts
        .insert(town.offer.order, data);
    let client = town.client(&[&node]);
    let offer = async |buyer: &Keypair| {
        let options = BuyOptions::default();
        client
            .offer(&town.offer.order, &buyer.pubkey(), &options)
            .await
    };
    let error = offer(&buyer).await.unwrap_err();
    assert!(
        matches!(error, ClientError::OnlyBuyer { only_buyer, .. } if only_buyer == other.pubkey()),
        "{error:?}"
    );
    let shown = offer(&other).await.unwrap();
    assert_eq!(shown.offer.only_buyer, Some(other.pubkey()));
}

/// As it was before anything was delivered.
fn pending(account: &mut PurchaseAccount) {
    account.state.status = 0;
    account.state.delivered_count = 0;
    account.state.settle_by = 0;
    account.state.settle_key = [0; 32];
    account.capsules = vec![None];
}

fn offers(town: &Town) -> Offers {
    Offers::load(&town.folder.path().join("offers.json"), &deployment()).unwrap()
}

#[tokio::test]
async fn a_delivery_goes_by_what_was_offered_and_to_all_nodes() {
    let town = Town::new();
    town.change(pending);
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let keys = town.keys();
    let report = client
        .deliver(&keys, &town.payer, &sale)
        .send()
        .await
        .unwrap();
    assert_eq!(report.batches.len(), 1);
    for node in [&a, &b] {
        let [Decoded::Deliver(delivery)] = &sent(node)[..] else {
            panic!("{:?}", sent(node))
        };
        // As the one that was locked when the town was built: the same sale, the same secret.
        assert_eq!(delivery.args.settle_key, town.account.state.settle_key);
    }
}

/// An agent that could not settle must not lock: it would bind the buyer's money for a day, and lose the sale.
#[tokio::test]
async fn what_could_not_be_settled_is_not_locked() {
    for (name, is_expected) in [
        (
            "alone",
            (|error| matches!(error, ClientError::Witness(error) if matches!(**error, WitnessError::TooFew(_))))
                as fn(&ClientError) -> bool,
        ),
        (
            "contradicted",
            |error| matches!(error, ClientError::Witness(error) if matches!(**error, WitnessError::Contradiction(_))),
        ),
        ("late", |error| matches!(error, ClientError::TooLate { .. })),
        ("poor", |error| {
            matches!(error, ClientError::SettleReserve { .. })
        }),
    ] {
        let town = Town::new();
        town.change(pending);
        let (a, b) = (town.node(A), town.node(B));
        let nodes = match name {
            "alone" => vec![&a],
            _ => vec![&a, &b],
        };
        let client = town.client(&nodes);
        let sale = town.sale(&client).await;
        match name {
            "contradicted" => {
                let mut other = World::clone(&town.world.lock().unwrap());
                other.accounts.remove(&town.offer.order);
                b.lies.lock().unwrap().shows = Some(other);
            }
            "late" => *town.local.lock().unwrap() = NOW + 3_000 + 300,
            "poor" => town.world.lock().unwrap().funded.clear(),
            _ => {}
        }
        if name == "late" {
            town.world.lock().unwrap().time = NOW + 3_000 + 299 - 10;
        }
        let keys = town.keys();
        let error = client
            .deliver(&keys, &town.payer, &sale)
            .send()
            .await
            .unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
        assert_eq!(a.count("sendTransaction"), 0, "{name}");
    }
}

#[tokio::test]
async fn a_purchase_on_other_terms_gets_nothing() {
    let town = Town::new();
    let keys = town.keys();
    let known = offers(&town);
    for (change, difference) in [
        (
            (|account: &mut PurchaseAccount| account.state.price -= 1) as fn(&mut _),
            "in escrow",
        ),
        (|account| account.state.terms[31] ^= 1, "other terms"),
        (|account| account.state.record_count = 2, "2 records"),
    ] {
        town.change(|account| {
            pending(account);
            change(account);
        });
        let node = town.node(A);
        let client = town.client(&[&node]);
        let belief = Belief::Offers(&known);
        let error = client
            .sale(&keys, &town.purchase, belief)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, ClientError::OtherTerms { difference: text, .. } if text.contains(difference)),
            "{error:?}"
        );
    }
}

/// A node that invents an order, and a purchase of it with a key of its own.
#[tokio::test]
async fn an_order_that_was_not_offered_is_not_delivered() {
    let town = Town::new();
    town.change(pending);
    let node = town.node(A);
    let client = town.client(&[&node]);
    let keys = town.keys();
    let empty = Offers::load(&town.folder.path().join("none.json"), &deployment()).unwrap();
    let belief = Belief::Offers(&empty);
    let error = client
        .sale(&keys, &town.purchase, belief)
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::NotOffered { .. }), "{error:?}");
    // By its seller's choice it is.
    client
        .sale(&keys, &town.purchase, Belief::Ledger)
        .await
        .unwrap();
}

/// A node that makes the purchase's terms fit an order that it made up: the settle key is another one then, and its secret
/// is never shown.
#[tokio::test]
async fn another_settle_key_on_the_ledger_stops_everything() {
    let town = Town::new();
    town.change(|account| {
        account.state.status = 0;
        account.state.settle_key = [7; 32];
    });
    let node = town.node(A);
    let client = town.client(&[&node]);
    let keys = town.keys();
    let known = offers(&town);
    let belief = Belief::Offers(&known);
    let error = client
        .sale(&keys, &town.purchase, belief)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClientError::OtherSettleKey(purchase) if purchase == town.purchase),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_locked_is_not_delivered_again() {
    let town = Town::new();
    let node = town.node(A);
    let client = town.client(&[&node]);
    let sale = town.sale(&client).await;
    let keys = town.keys();
    let error = client
        .deliver(&keys, &town.payer, &sale)
        .send()
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClientError::PurchaseState { .. }),
        "{error:?}"
    );
    // Nor opened before it is settled.
    let buyer = Keypair::new();
    let folder = town.folder.path().join("opened");
    let error = client
        .open_purchase(&buyer, &town.purchase, &folder, &folder)
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::NotSettled(_)), "{error:?}");
}
