//! Attacks on the escrow, by their names. Those on the proofs (a copied and re-randomised capsule, a key rotated under
//! a record, errors that cancel, replays) are in `capsule_proofs` and `delivery_proofs`, lamports sent ahead in
//! `lamports_sent_ahead`.

use generion::{GenerionError, constants::REFUND_GRACE};
use generion_interface::accounts::{OrderAccount, PurchaseAccount};
use generion_program_tests::{PRICE, code_of};
use solana_instruction::error::InstructionError;
use solana_system_interface::instruction::transfer;

use crate::support::{Scene, paid, with_account};

#[test]
fn double_payment() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(1);
    let (once, again) = (
        scene.delivery(&purchase, 0, 1),
        scene.delivery(&purchase, 0, 1),
    );
    let rule = code_of(GenerionError::AlreadySettled);
    scene.world.refuses_at(
        &[once.clone(), again.clone()],
        &[&scene.stranger.wallet],
        1,
        rule,
    );
    let landed = scene.world.lands(once.clone(), &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    for replay in [once, again] {
        scene.world.refuses(
            replay,
            &[&scene.stranger.wallet],
            GenerionError::AlreadySettled,
        );
    }
}

#[test]
fn refund_after_settlement() {
    let mut scene = Scene::new(2);
    let (_, purchase) = scene.sold(1);
    let (deliver, refund) = (
        scene.delivery(&purchase, 0, 1),
        scene.refund(&scene.patient, &purchase),
    );
    let signers = [&scene.patient.wallet];
    let rule = GenerionError::AlreadySettled;
    scene.world.refuses_at(
        &[deliver.clone(), refund.clone()],
        &signers,
        1,
        code_of(rule),
    );
    scene.world.lands(deliver, &signers);
    scene.world.refuses(refund, &signers, rule);
}

#[test]
fn delivery_after_refund() {
    let mut scene = Scene::new(3);
    let (_, purchase) = scene.sold(1);
    let (deliver, refund) = (
        scene.delivery(&purchase, 0, 1),
        scene.refund(&scene.patient, &purchase),
    );
    let signers = [&scene.patient.wallet];
    let gone = InstructionError::AccountDataTooSmall;
    scene.world.refuses_at(
        &[refund.clone(), deliver.clone()],
        &signers,
        1,
        gone.clone(),
    );
    scene.world.lands(refund, &signers);
    scene.world.refuses_with(deliver, &signers, gone);
}

#[test]
fn a_delivery_replayed_into_the_same_buyers_next_purchase() {
    let mut scene = Scene::new(4);
    let (order, purchase) = scene.sold(1);
    let deliver = scene.delivery(&purchase, 0, 1);
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund, &[&scene.patient.wallet]);
    // A buyer's purchases of one order have one address and, unless its client chooses otherwise, one key. So the old
    // capsules are the right ones for the next: the buyer gets what it pays for, and the seller the price.
    scene.world.buy(&scene.buyer, &order);
    let landed = scene
        .world
        .lands(deliver.clone(), &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    let close = scene
        .world
        .instructions
        .close_purchase(scene.buyer.address(), purchase);
    scene.world.lands(close, &[&scene.buyer.wallet]);
    // Under another key they are worth nothing.
    let mut other_key = scene.world.purchase(&scene.buyer, &order);
    let key = scene.doctor.purchase_secret(&order).public_key().to_bytes();
    other_key.data[1..33].copy_from_slice(&key);
    scene.world.lands(other_key, &[&scene.buyer.wallet]);
    scene.world.refuses(
        deliver,
        &[&scene.stranger.wallet],
        GenerionError::DeliveryProofInvalid,
    );
}

#[test]
fn refund_and_delivery_raced_at_the_deadline() {
    let race = |seconds: i64| {
        let mut scene = Scene::new(5);
        let (_, purchase) = scene.sold(1);
        let deadline = scene
            .world
            .read::<PurchaseAccount>(&purchase)
            .state
            .deadline;
        let (deliver, refund) = (
            scene.delivery(&purchase, 0, 1),
            scene.refund(&scene.buyer, &purchase),
        );
        scene.at(deadline + seconds);
        (scene, deliver, refund)
    };
    // A delivery sent before the deadline has landed or died before the refund opens.
    for seconds in [0, REFUND_GRACE - 1] {
        let (mut scene, deliver, refund) = race(seconds);
        scene.world.refuses(
            refund.clone(),
            &[&scene.buyer.wallet],
            GenerionError::RefundTooEarly,
        );
        scene.world.lands(deliver, &[&scene.patient.wallet]);
        scene.world.refuses(
            refund,
            &[&scene.buyer.wallet],
            GenerionError::AlreadySettled,
        );
    }
    // From then on whoever comes first wins, and the other gets nothing.
    let (mut scene, deliver, refund) = race(REFUND_GRACE);
    scene.world.lands(deliver, &[&scene.patient.wallet]);
    scene.world.refuses(
        refund,
        &[&scene.buyer.wallet],
        GenerionError::AlreadySettled,
    );
    let (mut scene, deliver, refund) = race(REFUND_GRACE);
    scene.world.lands(refund, &[&scene.buyer.wallet]);
    scene.world.refuses_with(
        deliver,
        &[&scene.patient.wallet],
        InstructionError::AccountDataTooSmall,
    );
}

#[test]
fn delivery_by_a_stranger() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.sold(1);
    let deliver = scene.delivery(&purchase, 0, 1);
    let to_himself = with_account(&deliver, 0, scene.stranger.address());
    scene.world.refuses(
        to_himself,
        &[&scene.stranger.wallet],
        GenerionError::WrongSeller,
    );
    let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
}

#[test]
fn an_order_frozen_by_a_buyer_who_vanished() {
    let mut scene = Scene::new(7);
    let (order, purchase) = scene.sold(1);
    let stop = scene.close_order(&order);
    scene.world.lands(stop.clone(), &[&scene.patient.wallet]);
    scene.world.refuses(
        stop.clone(),
        &[&scene.patient.wallet],
        GenerionError::PurchasesPending,
    );
    let decline = scene.refund(&scene.patient, &purchase);
    scene.world.lands(decline, &[&scene.patient.wallet]);
    scene.world.lands(stop, &[&scene.patient.wallet]);
    assert!(scene.world.is_closed(&order));
}

#[test]
fn order_closed_under_a_buyer() {
    let mut scene = Scene::new(11);
    let (order, purchase) = scene.sold(2);
    let partial = scene.delivery(&purchase, 0, 1);
    scene.world.lands(partial, &[&scene.stranger.wallet]);
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    assert_eq!(
        scene.world.read::<OrderAccount>(&order).record_ids,
        [0, 1],
        "sales are stopped, no more"
    );
    let rest = scene.delivery(&purchase, 1, 1);
    let landed = scene.world.lands(rest, &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    assert_eq!(scene.world.delivered(&purchase).len(), 2);
}

#[test]
fn closed_and_revived_purchase() {
    let mut scene = Scene::new(16);
    let (order, purchase) = scene.sold(1);
    let (buyer, lamports) = (scene.buyer.address(), scene.world.lamports(&purchase));
    let deliver = scene.delivery(&purchase, 0, 1);
    let (refund, revive) = (
        scene.refund(&scene.patient, &purchase),
        transfer(&buyer, &purchase, lamports),
    );
    let signers = [&scene.buyer.wallet, &scene.patient.wallet];
    // Lamports keep the address alive to the transaction's end, but it is no purchase any more.
    let gone = InstructionError::AccountDataTooSmall;
    for last in [deliver.clone(), refund.clone()] {
        let attempt = [refund.clone(), revive.clone(), last];
        scene.world.refuses_at(&attempt, &signers, 2, gone.clone());
    }
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let close = scene.world.instructions.close_purchase(buyer, purchase);
    let attempt = [close.clone(), revive.clone(), close.clone()];
    scene
        .world
        .refuses_at(&attempt, &[&scene.buyer.wallet], 2, gone);
    // Who does it anyway has sent lamports ahead into the next purchase, which starts from nothing.
    scene
        .world
        .send(&[close, revive], &[&scene.buyer.wallet])
        .expect("lands");
    assert!(scene.world.account(&purchase).data.is_empty());
    scene.world.buy(&scene.buyer, &order);
    assert_eq!(
        scene
            .world
            .read::<PurchaseAccount>(&purchase)
            .state
            .delivered_count,
        0
    );
    assert_eq!(scene.world.delivered(&purchase), []);
}

#[test]
fn seller_is_buyer() {
    let mut scene = Scene::new(14);
    let order = scene.order(1);
    let buy = scene.world.purchase(&scene.patient, &order);
    scene
        .world
        .refuses(buy, &[&scene.patient.wallet], GenerionError::OwnOrder);
}
