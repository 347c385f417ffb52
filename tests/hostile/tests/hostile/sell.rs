//! Offering: the records for sale, and the terms.

use generion::state::{Record, User};
use generion_client::{ClientError, NewOrder, Wallet};
use generion_hostile_node_tests::{
    MALLORY, PRICE, Recorder, Town, WINDOW, assert_names, keys, lies,
};
use generion_interface::{
    accounts::OrderAccount,
    decode::{CreateOrder, Decoded},
};
use solana_address::Address;
use solana_signer::Signer;

fn offering(records: &[Address]) -> NewOrder {
    NewOrder {
        records: records.to_vec(),
        price: PRICE,
        delivery_window: WINDOW,
        label: "blood pressure, 2026".to_owned(),
        only_buyer: None,
    }
}

/// If the node shows another record in place of the one to sell, the client signs nothing and names the node.
#[test]
fn another_records_contents_are_not_offered() {
    let town = Town::found();
    let validator = &town.validator;
    let seller = validator.user();
    let [meant, other] = [(); 2].map(|()| validator.own_record(&seller));
    let mallory = town.node();
    mallory.tell(lies::shows(meant, validator.account(&other).unwrap()));
    let client = town.client(&[(MALLORY, &mallory)]);
    let wallet = Recorder::of(&seller.wallet);
    let (keys, order) = (keys(&seller), offering(&[meant]));
    let created = town.wait(client.create_order(&wallet, &keys, &wallet, &order));
    let error = created.err().expect("it is found out");
    assert!(matches!(error, ClientError::Lie(_)), "{error}");
    assert_names(&error, MALLORY);
    assert!(wallet.messages().is_empty());
}

/// Whatever the node says about counters, the signed order has the records, price, window, label and buyer that were
/// asked for. The ledger refuses a false id.
#[test]
fn an_order_is_signed_on_the_terms_that_were_asked_for() {
    let town = Town::found();
    let validator = &town.validator;
    let seller = validator.user();
    let mut records = [(); 2].map(|()| validator.own_record(&seller));
    records.sort_unstable();
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let wallet = Recorder::of(&seller.wallet);
    let keys = Wallet { signer: &wallet };
    let user = validator.instructions.addresses.user(&seller.address());

    // Another id, which the ledger refuses.
    let lie = mallory.tell(lies::edits::<User>(user, |user| user.next_order_id = 7));
    let order = offering(&records);
    let created = town.wait(client.create_order(&wallet, &keys, &wallet, &order));
    let error = town
        .wait(created.unwrap().send())
        .expect_err("it is refused");
    assert!(matches!(error, ClientError::Refused(_)), "{error}");
    assert!(wallet.messages().is_empty());
    mallory.retract(lie);

    for record in records {
        mallory.tell(lies::edits::<Record>(record, |record| {
            record.key_index = 9;
            record.created_at = 1;
        }));
    }
    let created = town.wait(client.create_order(&wallet, &keys, &wallet, &order));
    let sent = town.wait(created.unwrap().send()).unwrap();
    let signed = wallet.instructions();
    let [
        Decoded::CreateOrder(CreateOrder {
            seller: by,
            payer,
            order,
            records: listed,
            args,
            ..
        }),
    ] = &signed[..]
    else {
        panic!("{signed:?}")
    };
    assert_eq!((*by, *payer), (wallet.pubkey(), wallet.pubkey()));
    assert_eq!(listed[..], records);
    assert_eq!(
        (args.id, args.price, args.delivery_window),
        (0, PRICE, WINDOW)
    );
    assert_eq!(
        (args.only_buyer, args.label.as_str()),
        (None, "blood pressure, 2026")
    );
    assert_eq!(*order, sent.outcome.order);
    // The seller is told the same, and the offers file contains it.
    let on_ledger: OrderAccount = validator.read(order);
    assert_eq!(on_ledger.terms(order), sent.outcome.terms().unwrap());
}

/// A creator conspires with a buyer: the client neither offers nor shares the record.
#[test]
fn a_record_that_does_not_hold_its_key_is_not_offered() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, seller] = [(); 2].map(|()| validator.user());
    let record = validator.mismatched_record(&clinic, &seller);
    let verify = validator
        .instructions
        .verify_record(seller.address(), record);
    validator.lands(&[verify], &[&seller.wallet]);
    let node = town.node();
    let client = town.client(&[(MALLORY, &node)]);
    let wallet = Recorder::of(&seller.wallet);
    let (keys, order) = (keys(&seller), offering(&[record]));
    let created = town.wait(client.create_order(&wallet, &keys, &wallet, &order));
    let error = created.err().expect("it is found out");
    assert!(
        matches!(error, ClientError::DataKeyMismatch(address) if address == record),
        "{error}"
    );
    // The record is not shared either.
    let recipient = town.wait(client.recipient(&clinic.address())).unwrap();
    let shared = town.wait(client.share_record(&wallet, &keys, &wallet, &record, &recipient, 0));
    let error = shared.err().expect("it is found out");
    assert!(
        matches!(error, ClientError::DataKeyMismatch(address) if address == record),
        "{error}"
    );
    assert!(wallet.messages().is_empty());
}
