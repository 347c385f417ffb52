//! `close_purchase`: its effects, and each of its refusals.

use generion::{GenerionError, events::PurchaseClosed};
use generion_interface::events::Event;
use generion_program_tests::code_of;
use solana_address::Address;

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid, with_account},
};

/// The buyer closes a settled purchase; checks all that it does.
#[track_caller]
fn closes(scene: &mut Scene, order: Address, purchase: Address) {
    let (buyer, rent) = (scene.buyer.address(), scene.world.rent(&purchase));
    let close = scene.close_purchase(purchase);

    let landed = scene.world.lands(close, &[&scene.buyer.wallet]);

    let event = PurchaseClosed {
        purchase,
        order,
        seller: scene.patient.address(),
        buyer,
        lamports: rent.into(),
    };
    landed.assert_did(
        &paid(purchase, buyer, rent),
        &[purchase],
        Event::PurchaseClosed(event),
    );
    assert!(scene.world.is_closed(&purchase));
}

/// The buyer closes a settled purchase and gets the rent.
#[test]
fn the_buyer_takes_the_rent_back() {
    let mut scene = Scene::new(1);
    let (order, purchase) = scene.settled(2);
    closes(&mut scene, order, purchase);
}

/// A purchase can be closed after its order was closed.
#[test]
fn works_when_the_order_is_gone() {
    let mut scene = Scene::new(2);
    let (order, purchase) = scene.settled(2);
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    closes(&mut scene, order, purchase);
}

/// A purchase that is pending or locked can't be closed.
#[test]
fn refuses_a_purchase_that_is_not_settled() {
    let mut scene = Scene::new(3);
    let (order, purchase) = scene.sold(2);
    let close = scene.close_purchase(purchase);
    for (first, count) in [(0, 1), (1, 1)] {
        scene.world.refuses(
            close.clone(),
            &[&scene.buyer.wallet],
            GenerionError::NotSettled,
        );
        let deliver = scene.delivery(&purchase, first, count);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
    }
    // Locked, it holds the price: not even the buyer takes it out this way, not even when the day is over.
    let due = scene.purchase_state(&purchase).settle_by;
    for now in [scene.world.time(), due + 1_000] {
        scene.at(now);
        scene.world.refuses(
            close.clone(),
            &[&scene.buyer.wallet],
            GenerionError::NotSettled,
        );
    }
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    closes(&mut scene, order, purchase);
}

/// Only the buyer can close a purchase.
#[test]
fn refuses_everybody_but_the_buyer() {
    let mut scene = Scene::new(4);
    let (_, purchase) = scene.settled(1);
    let valid = scene.close_purchase(purchase);
    for person in [&scene.patient, &scene.stranger] {
        let close = with_account(&valid, 0, person.address());
        scene
            .world
            .refuses(close, &[&person.wallet], GenerionError::WrongBuyer);
    }
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.settled(2);
    let valid = scene.close_purchase(purchase);
    let doctors_purchase = {
        let order = scene.world.order(&scene.clinic, &scene.patient, 1);
        let (purchase, _) = scene.world.buy(&scene.doctor, &order);
        let deliver = scene.delivery(&purchase, 0, 1);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let settle = scene.settle(&purchase);
        scene.world.lands(settle, &[&scene.stranger.wallet]);
        purchase
    };
    let case = Case {
        valid: &valid,
        signers: &[&scene.buyer.wallet],
        roles: &[Role::Signer, Role::Stored],
        others: &[(1, doctors_purchase, code_of(GenerionError::WrongBuyer))],
        swapped: &[],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}
