use generion::{
    GenerionError,
    constants::REFUND_GRACE,
    events::Refunded,
    state::{Order, Purchase},
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, code_of};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid},
};

/// Has a purchase refunded by the seller or, without right of his own, by the stranger; checks all that it does.
#[track_caller]
fn refunds(scene: &mut Scene, purchase: Address, by_seller: bool) {
    let authority = if by_seller {
        &scene.patient
    } else {
        &scene.stranger
    };
    let order = scene.world.read::<PurchaseAccount>(&purchase).state.order;
    let before: OrderAccount = scene.world.read(&order);
    let (buyer, lamports) = (scene.buyer.address(), scene.world.rent(&purchase) + PRICE);
    let refund = scene.refund(authority, &purchase);

    let landed = scene.world.lands(refund, &[&authority.wallet]);

    let event = Refunded {
        purchase,
        order,
        seller: scene.patient.address(),
        buyer,
        authority: authority.address(),
        price: PRICE.into(),
        lamports: lamports.into(),
    };
    landed.assert_did(
        &paid(purchase, buyer, lamports),
        &[purchase, order],
        Event::Refunded(event),
    );
    assert!(scene.world.is_closed(&purchase));
    let state = Order {
        pending_purchases: before.state.pending_purchases - 1,
        ..before.state
    };
    assert_eq!(
        scene.world.read::<OrderAccount>(&order),
        OrderAccount { state, ..before }
    );
}

#[test]
fn the_seller_declines_at_any_time() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(1);
    refunds(&mut scene, purchase, true);
}

#[test]
fn anyone_refunds_from_300_seconds_after_the_deadline() {
    let mut scene = Scene::new(2);
    let (_, purchase) = scene.sold(1);
    let deadline = scene
        .world
        .read::<PurchaseAccount>(&purchase)
        .state
        .deadline;
    let refund = scene.refund(&scene.stranger, &purchase);
    for seconds in [-3_600, 0, REFUND_GRACE - 1] {
        scene.at(deadline + seconds);
        scene.world.refuses(
            refund.clone(),
            &[&scene.stranger.wallet],
            GenerionError::RefundTooEarly,
        );
        let by_buyer = scene.refund(&scene.buyer, &purchase);
        scene.world.refuses(
            by_buyer,
            &[&scene.buyer.wallet],
            GenerionError::RefundTooEarly,
        );
    }
    assert_eq!(REFUND_GRACE, 300);
    refunds(scene.at(deadline + REFUND_GRACE), purchase, false);
}

#[test]
fn a_partial_delivery_is_refunded_in_full() {
    let mut scene = Scene::new(3);
    let (_, purchase) = scene.sold(3);
    let partial = scene.delivery(&purchase, 0, 2);
    scene.world.lands(partial, &[&scene.stranger.wallet]);
    let deadline = scene
        .world
        .read::<PurchaseAccount>(&purchase)
        .state
        .deadline;
    refunds(scene.at(deadline + REFUND_GRACE), purchase, false);
}

#[test]
fn refuses_a_settled_purchase() {
    let mut scene = Scene::new(4);
    let (_, purchase) = scene.settled(1);
    let later = scene.world.time() + 1_000_000;
    scene.at(later);
    for person in [&scene.patient, &scene.buyer, &scene.stranger] {
        let refund = scene.refund(person, &purchase);
        scene
            .world
            .refuses(refund, &[&person.wallet], GenerionError::AlreadySettled);
    }
}

#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(2);
    let valid = scene.refund(&scene.patient, &purchase);
    let create = scene.create_order(&[0], |_| {});
    let twin = create.accounts[3].pubkey;
    scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let order = valid.accounts[2].pubkey;
    let doctors_purchase = scene.world.buy(&scene.doctor, &order).0;
    let roles = [
        Role::Signer,
        Role::Wallet(GenerionError::WrongBuyer),
        Role::Stored,
        Role::Stored,
    ];
    let case = Case {
        valid: &valid,
        signers: &[&scene.patient.wallet],
        roles: &roles,
        others: &[
            (2, twin, code_of(GenerionError::WrongOrder)),
            (3, doctors_purchase, code_of(GenerionError::WrongBuyer)),
        ],
        swapped: &[
            (1, 2, InstructionError::AccountDataTooSmall),
            (1, 3, InstructionError::AccountDataTooSmall),
            (2, 3, InstructionError::InvalidAccountData),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.sponsor, case);
}

#[test]
fn refuses_a_count_below_zero() {
    let mut scene = Scene::new(6);
    let (order, purchase) = scene.sold(1);
    scene
        .world
        .edit::<Order>(&order, |order| order.pending_purchases = 0);
    let refund = scene.refund(&scene.patient, &purchase);
    scene
        .world
        .refuses(refund, &[&scene.patient.wallet], GenerionError::Arithmetic);
}

#[test]
fn a_deadline_at_the_end_of_time_never_passes_early() {
    let mut scene = Scene::new(7);
    let (_, purchase) = scene.sold(1);
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.deadline = i64::MAX - 1);
    let refund = scene.refund(&scene.stranger, &purchase);
    scene.at(i64::MAX - 1);
    scene.world.refuses(
        refund,
        &[&scene.stranger.wallet],
        GenerionError::RefundTooEarly,
    );
}
