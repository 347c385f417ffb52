//! Orders and purchases: offered, bought, delivered, settled past the builder, refunded, closed.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion::constants::REFUND_GRACE;
use generion_crypto::delivery::Delivery;
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_test_support::{PRICE, Person, WINDOW};
use serde_json::{Value, json};
use solana_address::Address;

use super::landing::{capsule_text, effects};
use crate::support::ledger::{World, encoded, lamports, signed};

/// The body that offers records.
pub(super) fn offer(seller: &Person, records: &[Address]) -> Value {
    json!({
        "seller": seller.address().to_string(),
        "records": records.iter().map(Address::to_string).collect::<Vec<_>>(),
        "price": PRICE.to_string(),
        "delivery_window": WINDOW,
        "label": "blood pressure, 2026",
    })
}

/// The body that buys an order on its terms.
pub(super) fn purchase(world: &World, buyer: &Person, order: &Address) -> Value {
    let terms = world.chain.read::<OrderAccount>(order).terms(order);
    json!({
        "buyer": buyer.address().to_string(),
        "buyer_key": hex::encode(buyer.purchase_secret(order).public_key().to_bytes()),
        "terms": hex::encode(terms),
    })
}

/// The body that delivers.
pub(super) fn delivery(payer: &Person, delivery: &Delivery) -> Value {
    let proof = &delivery.proof;
    let proof = [
        &proof.challenge[..],
        &proof.owner_response[..],
        &proof.ephemeral_response[..],
    ]
    .concat();
    json!({
        "payer": payer.address().to_string(),
        "settle_key": hex::encode(delivery.settle_key.to_bytes()),
        "first": 0,
        "proof": BASE64_STANDARD.encode(proof),
        "capsules": delivery.capsules.iter().map(capsule_text).collect::<Vec<_>>(),
    })
}

/// Offers two records through the gateway, in the wrong order. Returns the order.
fn offered(world: &World, seller: &Person) -> Address {
    let mut records = world.chain.own_records(seller, 2);
    records.reverse();
    let (built, _) = world.lands("/v1/orders", &offer(seller, &records), &[&seller.wallet]);
    let said = effects(&built);
    assert!(
        said.contains("offers 2 of its records for 0.25 SOL"),
        "{said}"
    );
    assert!(said.contains("The seller has 1 h to deliver"), "{said}");
    let order = built["creates"].as_str().unwrap().parse().unwrap();
    let account: OrderAccount = world.chain.read(&order);
    records.sort_unstable();
    assert_eq!(account.records, records);
    assert_eq!(account.state.price, PRICE);
    order
}

/// Buys an order through the gateway. Returns the purchase.
fn bought(world: &World, buyer: &Person, order: &Address) -> Address {
    let path = format!("/v1/orders/{order}/purchase");
    let body = purchase(world, buyer, order);
    let (built, _) = world.lands(&path, &body, &[&buyer.wallet]);
    assert_eq!(lamports(&built["cost"]["price"]), PRICE);
    assert!(effects(&built).contains("Save the receipt before you sign"));
    built["creates"].as_str().unwrap().parse().unwrap()
}

/// A sale from the offer to the closed purchase. Nobody but the one who knows the secret can settle: the gateway builds no
/// such transaction, and relays it.
#[test]
fn an_order_is_sold_and_closed() {
    let world = World::new();
    let chain = &world.chain;
    let (seller, buyer) = (chain.user(), chain.user());
    let order = offered(&world, &seller);
    let purchase = bought(&world, &buyer, &order);

    // With a purchase pending, the seller can only stop the sales.
    let close_order = format!("/v1/orders/{order}/close");
    let by_seller = json!({ "seller": seller.address().to_string() });
    let (built, _) = world.lands(&close_order, &by_seller, &[&seller.wallet]);
    assert!(effects(&built).contains("stops the sales"), "{built}");
    assert!(!chain.read::<OrderAccount>(&order).state.is_open());
    assert_eq!(world.code(&close_order, &by_seller), "PurchasesPending");

    let proven = chain.prove(&seller, &chain.sale(&purchase));
    let deliver = format!("/v1/purchases/{purchase}/deliver");
    let (built, _) = world.lands(&deliver, &delivery(&seller, &proven), &[&seller.wallet]);
    assert!(
        effects(&built).contains("the purchase is locked"),
        "{built}"
    );
    assert!(!chain.read::<PurchaseAccount>(&purchase).state.is_pending());

    let settle = format!("/v1/purchases/{purchase}/settle");
    assert_eq!(world.code(&settle, &json!({})), "unknown_path");
    let close = format!("/v1/purchases/{purchase}/close");
    let by_buyer = json!({ "buyer": buyer.address().to_string() });
    assert_eq!(world.code(&close, &by_buyer), "NotSettled");
    let secret = chain.settle_secret(&seller, &purchase);
    let settle = chain.settle(&purchase, &secret);
    let settle = chain.signed(&[settle], &[&seller.wallet]);
    let before = chain.lamports(&seller.address());
    let (status, outcome) = world.send(&encoded(&settle));
    assert_eq!(
        (status, &outcome["status"]),
        (200, &json!("confirmed")),
        "{outcome}"
    );
    let after = before + PRICE - lamports(&outcome["fee"]);
    assert_eq!(chain.lamports(&seller.address()), after);

    let before = chain.lamports(&buyer.address());
    let (built, _) = world.lands(&close, &by_buyer, &[&buyer.wallet]);
    let after = before + lamports(&built["cost"]["returned"]) - lamports(&built["cost"]["fee"]);
    assert_eq!(chain.lamports(&buyer.address()), after);
    assert!(chain.find::<PurchaseAccount>(&purchase).is_none());

    let (built, _) = world.lands(&close_order, &by_seller, &[&seller.wallet]);
    assert!(lamports(&built["cost"]["returned"]) > 0);
    assert!(chain.find::<OrderAccount>(&order).is_none());
}

/// A seller gives the price back at any time, a buyer takes it back when the seller is late.
#[test]
fn purchases_are_refunded() {
    let world = World::new();
    let chain = &world.chain;
    let (seller, buyer, late) = (chain.user(), chain.user(), chain.user());
    let order = offered(&world, &seller);
    let first = bought(&world, &buyer, &order);
    let second = bought(&world, &late, &order);
    for (authority, owner, purchase) in [(&seller, &buyer, first), (&late, &late, second)] {
        let path = format!("/v1/purchases/{purchase}/refund");
        let body = json!({ "authority": authority.address().to_string() });
        if authority.address() == owner.address() {
            assert_eq!(world.code(&path, &body), "RefundTooEarly");
            let state = chain.read::<PurchaseAccount>(&purchase).state;
            chain.move_clock(state.deadline + REFUND_GRACE + 1);
        }
        let before = chain.lamports(&owner.address());
        let (built, _) = world.lands(&path, &body, &[&authority.wallet]);
        let returned = lamports(&built["cost"]["returned"]);
        assert!(returned > PRICE);
        let fee = match authority.address() == owner.address() {
            true => lamports(&built["cost"]["fee"]),
            false => 0,
        };
        assert_eq!(chain.lamports(&owner.address()), before + returned - fee);
        assert!(chain.find::<PurchaseAccount>(&purchase).is_none());
    }
    let record = chain.read::<OrderAccount>(&order).records[0];
    assert_eq!(chain.read::<RecordAccount>(&record).state.listings, 1);
}

/// Lamports that somebody sent ahead to the address of the next order count towards its rent: what is announced is what the
/// seller pays.
#[test]
fn the_rent_of_an_order_counts_what_is_there_already() {
    let world = World::new();
    let chain = &world.chain;
    let seller = chain.user();
    let records = chain.own_records(&seller, 1);
    let next = chain.user_of(&seller).next_order_id;
    let order = chain.instructions.addresses.order(&seller.address(), next);
    let ahead = chain.rent(0) + 7;
    chain.give(&order, ahead);
    let built = world.built("/v1/orders", &offer(&seller, &records));
    assert_eq!(built["creates"], order.to_string());
    let before = chain.lamports(&seller.address());
    let (status, outcome) = world.send(&signed(&built, &[&seller.wallet]));
    assert_eq!(
        (status, &outcome["status"]),
        (200, &json!("confirmed")),
        "{outcome}"
    );
    let cost = lamports(&built["cost"]["rent"]) + lamports(&built["cost"]["fee"]);
    assert_eq!(chain.lamports(&seller.address()), before - cost);
    assert_eq!(
        chain.lamports(&order),
        ahead + lamports(&built["cost"]["rent"])
    );
}
