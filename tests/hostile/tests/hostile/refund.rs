//! Declining, deleting, closing and revoking: where money and rent go.

use generion::{
    GenerionError,
    state::{Order, Record, Share},
};
use generion_client::ClientError;
use generion_hostile_node_tests::{
    MALLORY, Recorder, Snapshot, Town, Validator, assert_names, lies, until,
};
use generion_interface::{
    accounts::{PurchaseAccount, RecordAccount},
    decode::{Decoded, Refund},
};
use solana_address::Address;
use solana_signer::Signer;

use crate::market::{Market, alone};

/// If the node shows another purchase in place of the one to decline, the client signs nothing and names the node. It
/// signs only for the purchase that was asked for.
#[test]
fn another_purchase_is_not_refunded() {
    let market = Market::of(1);
    let town = &market.town;
    let validator = &town.validator;
    let other_buyer = validator.person();
    let other = validator.buy(&other_buyer, &market.order);
    let mallory = town.node();
    mallory.tell(lies::shows(
        market.purchase,
        validator.account(&other).unwrap(),
    ));
    let client = alone(town, &mallory);
    let seller = Recorder::of(&market.seller.wallet);
    let error = town
        .wait(client.refund(&seller, &market.purchase))
        .err()
        .expect("it is found out");
    assert!(matches!(error, ClientError::Lie(_)), "{error}");
    assert_names(&error, MALLORY);
    mallory.be_honest();

    let refund = town.wait(client.refund(&seller, &market.purchase)).unwrap();
    town.wait(refund.send()).unwrap();
    let expected = Decoded::Refund(Refund {
        authority: seller.pubkey(),
        buyer: market.buyer.address(),
        order: market.order,
        purchase: market.purchase,
    });
    assert_eq!(seller.instructions(), [expected]);
    assert_eq!(validator.find::<PurchaseAccount>(&market.purchase), None);
    assert!(validator.find::<PurchaseAccount>(&other).is_some());
}

/// A node shows a locked purchase as pending, and the seller declines it: the ledger refuses.
#[test]
fn what_is_locked_is_not_declined() {
    let market = Market::of(1);
    let town = &market.town;
    let pending = Snapshot::take(&town.validator, &[]);
    town.validator
        .lock(&market.seller, &market.payer, &market.purchase);
    let mallory = town.node();
    mallory.tell(pending.replayed());
    mallory.tell(lies::passes_simulations());
    let client = alone(town, &mallory);
    let wallet = &market.seller.wallet;
    let refund = town.wait(client.refund(wallet, &market.purchase)).unwrap();
    let error = town.wait(refund.send()).expect_err("it is refused");
    assert_eq!(error.rule(), Some(GenerionError::RefundTooEarly), "{error}");
    assert!(market.state().is_locked());
}

/// A decline that the node kept is refused once the purchase is locked.
#[test]
fn a_refund_that_was_held_back_does_not_land_after_the_lock() {
    // The block hash must be valid until after the lock.
    let town = Town::over(Validator::start_with_slots(400));
    let market = Market::at(town, 1);
    let town = &market.town;
    let validator = &town.validator;
    let mallory = town.node();
    mallory.tell(lies::drops_sends());
    let client = alone(town, &mallory);
    let wallet = &market.seller.wallet;
    let refund = town.wait(client.refund(wallet, &market.purchase)).unwrap();
    let held_back = town.wait(async {
        tokio::select! {
            _ = refund.send() => panic!("nothing was sent"),
            () = until("it was signed", || !mallory.sent().is_empty()) => {}
        }
        mallory
            .captured()
            .pop()
            .expect("it was captured")
            .transaction()
    });
    validator.lock(&market.seller, &market.payer, &market.purchase);
    let refused = validator.execute(&held_back).unwrap_err().to_string();
    let too_early = generion_hostile_node_tests::error_code(GenerionError::RefundTooEarly);
    assert!(refused.contains(&format!("{too_early:#x}")), "{refused}");
    assert!(market.state().is_locked());
}

/// The ledger refuses to delete, revoke or close with a rent payer that the node made up.
#[test]
fn rent_does_not_go_to_whom_a_node_names() {
    let town = Town::found();
    let validator = &town.validator;
    let [owner, doctor] = [(); 2].map(|()| validator.user());
    let record = validator.own_record(&owner);
    let order = validator.order(&owner, &[validator.own_record(&owner)]);
    let element = generion_crypto::capsule::open(
        &validator.read::<RecordAccount>(&record).state.capsule,
        &owner.secret(),
    )
    .unwrap();
    let share = validator.share(
        &owner,
        &element,
        record,
        &doctor,
        doctor.secret().public_key(),
    );
    validator.lands(&[share], &[&owner.wallet]);
    let share = validator
        .instructions
        .addresses
        .share(&record, &doctor.address());

    let thief = Address::new_unique();
    let mallory = town.node();
    mallory.tell(lies::edits::<Record>(record, move |record| {
        record.rent_payer = thief
    }));
    mallory.tell(lies::edits::<Share>(share, move |share| {
        share.rent_payer = thief
    }));
    mallory.tell(lies::edits::<Order>(order, move |order| {
        order.rent_payer = thief
    }));
    mallory.tell(lies::passes_simulations());
    let client = town.client(&[(MALLORY, &mallory)]);
    let wallet = &owner.wallet;
    let sent = [
        town.wait(client.delete_record(wallet, wallet, &record)),
        town.wait(client.revoke_share(wallet, wallet, &share)),
        town.wait(client.close_order(wallet, wallet, &order)),
    ];
    for prepared in sent {
        let error = town
            .wait(prepared.unwrap().send())
            .expect_err("it is refused");
        assert!(matches!(error, ClientError::Refused(_)), "{error}");
    }
    assert_eq!(validator.lamports(&thief), 0);
    for address in [record, share, order] {
        assert!(validator.account(&address).is_some());
    }
}

/// If a node hides a purchase, anybody can refund it through another node.
#[test]
fn a_purchase_that_one_node_hides_is_refunded_elsewhere() {
    let market = Market::of(1);
    let town = &market.town;
    let mallory = town.node();
    mallory.tell(lies::hides(market.purchase));
    let error = town
        .wait(alone(town, &mallory).refund(&market.buyer.wallet, &market.purchase))
        .err()
        .expect("it is not shown");
    assert!(matches!(error, ClientError::NotFound { .. }), "{error}");
    let deadline = market.state().deadline;
    town.validator.move_clock(deadline + 301);
    let honest = town.node();
    let client = town.client(&[("honest.example", &honest)]);
    let wallet = &market.buyer.wallet;
    let refund = town.wait(client.refund(wallet, &market.purchase)).unwrap();
    town.wait(refund.send()).unwrap();
    assert_eq!(
        town.validator.find::<PurchaseAccount>(&market.purchase),
        None
    );
}
