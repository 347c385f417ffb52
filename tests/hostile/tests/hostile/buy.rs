//! Buying: the terms that the buyer pays for, and the records that open.

use generion::{
    GenerionError,
    state::{Order, Purchase},
};
use std::fs;

use generion_client::{BuyOptions, Client, ClientError, ShownOffer};
use generion_hostile_node_tests::{
    Lie, MALLORY, Node, PRICE, Person, Recorder, Town, assert_missing, assert_names, lies,
};
use generion_interface::{
    accounts::PurchaseAccount,
    decode::{Decoded, Purchase as Buy},
};
use solana_account::Account;
use solana_address::Address;
use solana_signer::Signer;

const ANYTHING: BuyOptions = BuyOptions {
    accept_self_issued: true,
    max_price: None,
};

struct Sale {
    town: Town,
    seller: Person,
    buyer: Person,
    records: [Address; 2],
    order: Address,
}

impl Sale {
    fn new() -> Self {
        let town = Town::found();
        let [seller, buyer] = [(); 2].map(|()| town.validator.user());
        let mut records = [(); 2].map(|()| town.record(&seller, &seller));
        records.sort_unstable();
        let order = town.validator.order(&seller, &records);
        Self {
            seller,
            buyer,
            records,
            order,
            town,
        }
    }

    fn shown(&self, mallory: &Node) -> Result<ShownOffer, ClientError> {
        let client = self.town.client(&[(MALLORY, mallory)]);
        let buyer = self.buyer.address();
        self.town.wait(client.offer(&self.order, &buyer, &ANYTHING))
    }

    /// The buyer buys through this client, which saves a receipt in the folder `receipts`.
    fn bought(&self, client: &Client) -> Address {
        let Self { town, buyer, .. } = self;
        let shown = town
            .wait(client.offer(&self.order, &buyer.address(), &ANYTHING))
            .unwrap();
        let receipts = town.path("receipts");
        let buying = client.buy(&buyer.wallet, &shown, &receipts).unwrap();
        town.wait(buying.send()).unwrap().outcome.purchase
    }

    /// The seller delivers and settles a purchase, without the client.
    fn settle(&self, purchase: &Address) {
        let validator = &self.town.validator;
        let secret = validator.lock(&self.seller, &self.seller, purchase);
        validator.lands(
            &[validator.settle(purchase, &secret)],
            &[&self.seller.wallet],
        );
    }

    fn purchase(&self) -> Address {
        let addresses = self.town.validator.instructions.addresses;
        addresses.purchase(&self.order, &self.buyer.address())
    }
}

/// If the node shows another price, window, label, buyer or record than the order's, the buyer signs exactly what was
/// shown, and the ledger refuses the purchase.
#[test]
fn terms_that_are_not_the_orders_are_not_bought() {
    let sale = Sale::new();
    let town = &sale.town;
    let unlisted = town.record(&sale.seller, &sale.seller);
    let order = sale.order;
    let edit =
        |edit: fn(&mut Order)| -> Box<dyn Lie> { Box::new(lies::edits::<Order>(order, edit)) };
    let told: Vec<Box<dyn Lie>> = vec![
        edit(|order| order.price -= 1),
        edit(|order| order.price += 1),
        edit(|order| order.delivery_window += 1),
        edit(|order| order.label[0] ^= 1),
        Box::new(lies::edits::<Order>(order, {
            let buyer = sale.buyer.address();
            move |order| order.only_buyer = buyer
        })),
        // Another record, and one record less.
        Box::new(lies::alters_account(order, move |account| {
            let end = account.data.len() - 32;
            account.data[end..].copy_from_slice(unlisted.as_ref());
        })),
        Box::new(lies::alters_account(order, |account| {
            let count = account.data.len() - 64 - 4;
            account.data[count] = 1;
            account.data.truncate(account.data.len() - 32);
        })),
    ];
    let before = town.validator.lamports(&sale.buyer.address());
    let mut fees = 0;
    for lie in told {
        let mallory = town.node();
        mallory.tell(lie);
        mallory.tell(lies::passes_simulations());
        let shown = sale.shown(&mallory).unwrap();
        let client = town.client(&[(MALLORY, &mallory)]);
        let buyer = Recorder::of(&sale.buyer.wallet);
        let bought = client.buy(&buyer, &shown, &town.path("receipts")).unwrap();
        let error = town.wait(bought.send()).expect_err("it is refused");
        assert_eq!(error.rule(), Some(GenerionError::TermsChanged), "{error}");
        fees += 5_000;
        // The buyer signed only for what was shown.
        let signed = buyer.instructions();
        let [
            Decoded::Purchase(Buy {
                order: of, args, ..
            }),
        ] = &signed[..]
        else {
            panic!("{signed:?}")
        };
        assert_eq!((*of, args.terms), (order, shown.offer.terms().unwrap()));
    }
    let paid = before - town.validator.lamports(&sale.buyer.address());
    assert_eq!(paid, fees);
    assert_eq!(
        town.validator.find::<PurchaseAccount>(&sale.purchase()),
        None
    );
}

/// After the client has shown the offer, it reads nothing again, so later lies change nothing, and the buyer pays the
/// true price.
#[test]
fn what_was_shown_is_what_is_bought() {
    let sale = Sale::new();
    let town = &sale.town;
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let shown = town
        .wait(client.offer(&sale.order, &sale.buyer.address(), &ANYTHING))
        .unwrap();
    mallory.tell(lies::edits::<Order>(sale.order, |order| order.price *= 4));
    let buyer = Recorder::of(&sale.buyer.wallet);
    let bought = client.buy(&buyer, &shown, &town.path("receipts")).unwrap();
    let sent = town.wait(bought.send()).unwrap();
    let signed = buyer.instructions();
    let [Decoded::Purchase(bought)] = &signed[..] else {
        panic!("{signed:?}")
    };
    assert_eq!((bought.buyer, bought.order), (buyer.pubkey(), sale.order));
    assert_eq!(bought.purchase, sent.outcome.purchase);
    assert_eq!(bought.args.terms, shown.offer.terms().unwrap());
    let on_ledger: PurchaseAccount = town.validator.read(&sent.outcome.purchase);
    assert_eq!(on_ledger.state.price, PRICE);
}

/// If the node shows another order, or another record in it, the client names the node.
#[test]
fn an_order_or_record_at_anothers_address_is_not_shown() {
    let sale = Sale::new();
    let town = &sale.town;
    let [first, other] = sale.records;
    let second = town.validator.order(&sale.seller, &[other]);
    for (address, in_its_place) in [(sale.order, second), (first, other)] {
        let mallory = town.node();
        mallory.tell(lies::shows(
            address,
            town.validator.account(&in_its_place).unwrap(),
        ));
        let error = sale.shown(&mallory).unwrap_err();
        assert!(matches!(error, ClientError::Lie(_)), "{error}");
        assert_names(&error, MALLORY);
    }
}

/// With a false settlement, or the capsules of another purchase, the client writes no document.
#[test]
fn false_keys_open_nothing() {
    let sale = Sale::new();
    let town = &sale.town;
    let validator = &town.validator;
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let buyer = &sale.buyer.wallet;
    let receipts = town.path("receipts");
    let purchase = sale.bought(&client);
    let secret = validator.lock(&sale.seller, &sale.seller, &purchase);
    let open = |folder: &str| {
        let folder = town.path(folder);
        town.wait(client.open_purchase(buyer, &purchase, &receipts, &folder))
    };
    let error = open("locked").expect_err("it is locked");
    assert!(matches!(error, ClientError::NotSettled(_)), "{error}");

    // A secret that is not the purchase's.
    let lie = mallory.tell(lies::edits::<Purchase>(purchase, |purchase| {
        purchase.status = 2;
        purchase.settle_key = [3; 32];
        purchase.settle_key[31] = 0;
    }));
    let error = open("secret").expect_err("it is not the secret");
    assert!(matches!(error, ClientError::DataKeyMismatch(_)), "{error}");
    mallory.retract(lie);
    validator.lands(
        &[validator.settle(&purchase, &secret)],
        &[&sale.seller.wallet],
    );
    // Capsules that are not the purchase's.
    let lie = mallory.tell(lies::alters_account(purchase, |account| {
        let (half, end) = (account.data.len() - 64, account.data.len());
        account.data.copy_within(half - 64..end - 64, half);
    }));
    let error = open("capsules").expect_err("they are not its capsules");
    assert!(matches!(error, ClientError::DataKeyMismatch(_)), "{error}");
    mallory.retract(lie);
    // The first record was opened with its own capsule.
    let [first, second] = sale.records.map(|record| record.to_string());
    for (folder, record) in [
        ("secret", &first),
        ("secret", &second),
        ("capsules", &second),
    ] {
        // The media type decides which extension the file has.
        let entries = fs::read_dir(town.path(folder)).into_iter().flatten();
        let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(
            !names.any(|name| name.starts_with(record)),
            "{folder}, {record}"
        );
    }
    assert_eq!(open("opened").unwrap().len(), 2);
}

/// The client does not save keys that the node made up. Closing a purchase would remove the true ones from the ledger.
#[test]
fn false_keys_are_not_kept_in_the_place_of_the_true_ones() {
    let sale = Sale::new();
    let town = &sale.town;
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let buyer = &sale.buyer.wallet;
    let receipts = town.path("receipts");
    let purchase = sale.bought(&client);
    sale.settle(&purchase);
    let edits: [fn(&mut Account); 2] = [
        // The last capsule is another one.
        |account| {
            let end = account.data.len();
            account.data.copy_within(end - 128..end - 64, end - 64);
        },
        |account| {
            let state = 8 + core::mem::offset_of!(Purchase, settle_key);
            account.data[state] ^= 1;
        },
    ];
    for edit in edits {
        let lie = mallory.tell(lies::alters_account(purchase, edit));
        let error = town
            .wait(client.export_keys(buyer, &purchase, &receipts))
            .unwrap_err();
        // If two nodes agreed on such keys, they would show that the records' creator cheated.
        assert!(
            matches!(
                error,
                ClientError::DataKeyMismatch(_) | ClientError::Witness(_)
            ),
            "{error}"
        );
        mallory.retract(lie);
    }
    town.wait(client.export_keys(buyer, &purchase, &receipts))
        .unwrap();
    town.wait(client.close_purchase(buyer, &purchase).send())
        .unwrap();
    let bought = town.path("bought");
    let opened = client.open_purchase(buyer, &purchase, &receipts, &bought);
    assert_eq!(town.wait(opened).unwrap().len(), 2);
}

/// The client does not make a lost receipt again from an order with other terms than the purchase's.
#[test]
fn a_receipt_is_not_made_again_from_another_order() {
    let sale = Sale::new();
    let town = &sale.town;
    let purchase = town.validator.buy(&sale.buyer, &sale.order);
    sale.settle(&purchase);
    let mallory = town.node();
    mallory.tell(lies::edits::<Order>(sale.order, |order| {
        order.label[0] ^= 1
    }));
    let client = town.client(&[(MALLORY, &mallory)]);
    let (receipts, bought) = (town.path("receipts"), town.path("bought"));
    let opened = client.open_purchase(&sale.buyer.wallet, &purchase, &receipts, &bought);
    let error = town.wait(opened).expect_err("it is found out");
    assert!(matches!(error, ClientError::OtherTerms { .. }), "{error}");
    assert_missing(&bought);
}
