//! Attacks on the escrow. Attacks between lock and settlement are in `settle_attacks`, attacks on the proofs in
//! `capsule_proofs`, `delivery_proofs` and `settle_keys`, and lamports sent ahead in `lamports_sent_ahead`.

use generion::{GenerionError, constants::REFUND_GRACE};
use generion_interface::accounts::OrderAccount;
use generion_program_tests::{PRICE, code_of};
use solana_instruction::error::InstructionError;
use solana_system_interface::instruction::transfer;

use crate::support::{Scene, paid, with_account};

/// A second delivery or settlement is refused, in the same transaction and later.
#[test]
fn double_payment() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(1);
    let (once, again) = (
        scene.delivery(&purchase, 0, 1),
        scene.delivery(&purchase, 0, 1),
    );
    let settle = scene.settle(&purchase);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let locked = code_of(GenerionError::AlreadyDelivered);
    scene
        .world
        .refuses_at(&[once.clone(), again.clone()], &signers, 1, locked);
    let settled = GenerionError::AlreadySettled;
    let all = [once.clone(), settle.clone(), settle.clone()];
    scene.world.refuses_at(&all, &signers, 2, code_of(settled));
    let all = [once.clone(), settle.clone(), again.clone()];
    scene.world.refuses_at(&all, &signers, 2, code_of(settled));
    scene.world.lands(once.clone(), &signers);
    let landed = scene.world.lands(settle.clone(), &signers);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    for replay in [once, again, settle] {
        scene.world.refuses(replay, &signers, settled);
    }
}

/// A settled purchase can't be refunded, in the same transaction or later.
#[test]
fn refund_after_settlement() {
    let mut scene = Scene::new(2);
    let (_, purchase) = scene.sold(1);
    let (deliver, refund) = (
        scene.delivery(&purchase, 0, 1),
        scene.refund(&scene.patient, &purchase),
    );
    let settle = scene.settle(&purchase);
    let signers = [&scene.patient.wallet];
    let rule = GenerionError::AlreadySettled;
    let all = [deliver.clone(), settle.clone(), refund.clone()];
    scene.world.refuses_at(&all, &signers, 2, code_of(rule));
    scene
        .world
        .send(&[deliver, settle], &signers)
        .expect("lands");
    scene.world.refuses(refund, &signers, rule);
}

/// A refunded purchase can't be delivered.
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

/// A delivery can't be replayed into the same buyer's next purchase of the order, because the deadline is part of the
/// proof.
#[test]
fn a_delivery_replayed_into_the_same_buyers_next_purchase() {
    let mut scene = Scene::new(4);
    let (order, purchase) = scene.sold(1);
    let bought_at = scene.world.time();
    let (deliver, settle) = (scene.delivery(&purchase, 0, 1), scene.settle(&purchase));
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund.clone(), &[&scene.patient.wallet]);
    scene.world.set_time(bought_at + 1);
    scene.world.buy(&scene.buyer, &order);
    scene.world.refuses(
        deliver.clone(),
        &[&scene.stranger.wallet],
        GenerionError::DeliveryProofInvalid,
    );
    // The seller's secret for the earlier purchase is another one as well.
    let fresh = scene.delivery(&purchase, 0, 1);
    assert_ne!(deliver.data[1..33], fresh.data[1..33]);
    scene.world.lands(fresh, &[&scene.stranger.wallet]);
    scene.world.refuses(
        settle,
        &[&scene.stranger.wallet],
        GenerionError::SettleKeyInvalid,
    );
}

/// A delivery replayed into a new purchase within the same second locks it, because both have the same deadline. The
/// replay shows nothing, only the seller can settle, and a refund returns everything.
#[test]
fn a_delivery_replayed_within_one_second_locks_and_shows_nothing() {
    let mut scene = Scene::new(17);
    let (order, purchase) = scene.sold(1);
    let (deliver, settle) = (scene.delivery(&purchase, 0, 1), scene.settle(&purchase));
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund, &[&scene.patient.wallet]);
    scene.world.buy(&scene.buyer, &order);
    let landed = scene
        .world
        .lands(deliver.clone(), &[&scene.stranger.wallet]);
    assert_eq!(landed.changes.moved, [].into());
    assert!(scene.purchase_state(&purchase).is_locked());
    let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    let close = scene.close_purchase(purchase);
    scene.world.lands(close, &[&scene.buyer.wallet]);
    // Under another key the old capsules are worth nothing, in whatever second.
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

/// Until 299 seconds after the deadline only the delivery succeeds, and from 300 seconds on only the refund.
#[test]
fn refund_and_delivery_raced_at_the_deadline() {
    let race = |seconds: i64| {
        let mut scene = Scene::new(5);
        let (_, purchase) = scene.sold(1);
        let deadline = scene.purchase_state(&purchase).deadline;
        let (deliver, refund) = (
            scene.delivery(&purchase, 0, 1),
            scene.refund(&scene.buyer, &purchase),
        );
        scene.at(deadline + seconds);
        (scene, deliver, refund)
    };
    // A delivery sent before the deadline has landed or died before the refund opens, and locks it again for a day.
    for seconds in [0, REFUND_GRACE - 1] {
        let (mut scene, deliver, refund) = race(seconds);
        let early = GenerionError::RefundTooEarly;
        scene
            .world
            .refuses(refund.clone(), &[&scene.buyer.wallet], early);
        scene.world.lands(deliver, &[&scene.patient.wallet]);
        let later = scene.world.time() + REFUND_GRACE;
        scene.at(later);
        scene.world.refuses(refund, &[&scene.buyer.wallet], early);
    }
    // From then on there is nothing to race for.
    let (mut scene, deliver, refund) = race(REFUND_GRACE);
    scene.world.refuses(
        deliver.clone(),
        &[&scene.patient.wallet],
        GenerionError::DeliveryTooLate,
    );
    scene.world.lands(refund, &[&scene.buyer.wallet]);
    scene.world.refuses_with(
        deliver,
        &[&scene.patient.wallet],
        InstructionError::AccountDataTooSmall,
    );
}

/// A stranger can submit the seller's delivery, and gains nothing.
#[test]
fn delivery_by_a_stranger() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.sold(1);
    let deliver = scene.delivery(&purchase, 0, 1);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let landed = scene.world.lands(deliver, &signers);
    assert_eq!(landed.changes.moved, [].into());
    let settle = scene.settle(&purchase);
    let to_himself = with_account(&settle, 0, scene.stranger.address());
    scene
        .world
        .refuses(to_himself, &signers, GenerionError::WrongSeller);
    let landed = scene.world.lands(settle, &signers);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
}

/// A seller can free an order from a buyer who vanished: stop sales, decline the purchase, close the order.
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

/// Closing an order under a purchase that is delivered in part only stops sales; the rest is delivered and settled.
#[test]
fn order_closed_under_a_buyer() {
    let mut scene = Scene::new(11);
    let (order, purchase) = scene.sold(2);
    let partial = scene.delivery(&purchase, 0, 1);
    scene.world.lands(partial, &[&scene.stranger.wallet]);
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    assert_eq!(
        scene.world.read::<OrderAccount>(&order).state.open,
        0,
        "sales are stopped, no more"
    );
    let rest = scene.delivery(&purchase, 1, 1);
    scene.world.lands(rest, &[&scene.stranger.wallet]);
    let again = scene.close_order(&order);
    scene.world.refuses(
        again,
        &[&scene.patient.wallet],
        GenerionError::PurchasesPending,
    );
    let settle = scene.settle(&purchase);
    let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    assert_eq!(scene.world.delivered(&purchase).len(), 2);
}

/// A purchase that was closed and revived with lamports is an empty account, and a new purchase starts from zero.
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
    let signers = [
        &scene.buyer.wallet.insecure_clone(),
        &scene.patient.wallet.insecure_clone(),
    ];
    // Lamports keep the address alive to the transaction's end, but it is no purchase any more.
    let gone = InstructionError::AccountDataTooSmall;
    for last in [deliver.clone(), refund.clone()] {
        let attempt = [refund.clone(), revive.clone(), last];
        scene.world.refuses_at(&attempt, &signers, 2, gone.clone());
    }
    // The same once it is locked and the time to settle is over.
    scene
        .world
        .lands(deliver.clone(), &[&scene.stranger.wallet]);
    let settle = scene.settle(&purchase);
    let before = (scene.world.svm.clone(), scene.world.time());
    let due = scene.purchase_state(&purchase).settle_by + REFUND_GRACE;
    scene.at(due);
    for last in [deliver, settle.clone(), refund.clone()] {
        let attempt = [refund.clone(), revive.clone(), last];
        scene.world.refuses_at(&attempt, &signers, 2, gone.clone());
    }
    scene.world.svm = before.0;
    scene.at(before.1);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    let close = scene.close_purchase(purchase);
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
    let state = scene.purchase_state(&purchase);
    assert_eq!(
        (state.status, state.delivered_count, state.settle_by),
        (0, 0, 0)
    );
    assert_eq!(state.settle_key, [0; 32]);
    assert_eq!(scene.world.delivered(&purchase), []);
}

/// Sellers can't buy their own orders.
#[test]
fn seller_is_buyer() {
    let mut scene = Scene::new(14);
    let order = scene.order(1);
    let buy = scene.world.purchase(&scene.patient, &order);
    scene
        .world
        .refuses(buy, &[&scene.patient.wallet], GenerionError::OwnOrder);
}
