//! `refund`: its effects, and each of its refusals.

use generion::{
    GenerionError,
    constants::{REFUND_GRACE, SETTLE_WINDOW},
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

/// Has a purchase refunded by the seller or, without any right of its own, by the stranger; checks all that it does.
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

/// The seller can decline a purchase until it is locked.
#[test]
fn the_seller_declines_until_the_lock() {
    for delivered in [0, 1, 2] {
        for later in [0, 10_000_000] {
            let mut scene = Scene::new(1);
            let (_, purchase) = scene.sold(3);
            for position in 0..delivered {
                let deliver = scene.delivery(&purchase, position, 1);
                scene.world.lands(deliver, &[&scene.stranger.wallet]);
            }
            let now = scene.world.time();
            refunds(scene.at(now + later), purchase, true);
        }
    }
}

/// Anyone can refund a pending purchase from 300 seconds after the deadline, not a second earlier.
#[test]
fn anyone_refunds_from_300_seconds_after_the_deadline() {
    let mut scene = Scene::new(2);
    let (_, purchase) = scene.sold(1);
    let deadline = scene.purchase_state(&purchase).deadline;
    assert_eq!(REFUND_GRACE, 300);
    for seconds in [-3_600, 0, REFUND_GRACE - 1] {
        scene.at(deadline + seconds);
        for person in [&scene.stranger, &scene.buyer] {
            let refund = scene.refund(person, &purchase);
            scene
                .world
                .refuses(refund, &[&person.wallet], GenerionError::RefundTooEarly);
        }
    }
    refunds(scene.at(deadline + REFUND_GRACE), purchase, false);
}

/// A purchase that was delivered in part is refunded in full.
#[test]
fn a_partial_delivery_is_refunded_in_full() {
    let mut scene = Scene::new(3);
    let (_, purchase) = scene.sold(3);
    let partial = scene.delivery(&purchase, 0, 2);
    scene.world.lands(partial, &[&scene.stranger.wallet]);
    let deadline = scene.purchase_state(&purchase).deadline;
    refunds(scene.at(deadline + REFUND_GRACE), purchase, false);
}

/// Nobody can refund a locked purchase before 300 seconds after the time to settle, not even its seller. Otherwise a
/// decline that was signed earlier and held back could take the price from a seller who has shown `s`.
#[test]
fn a_locked_purchase_is_refunded_300_seconds_after_the_time_to_settle() {
    // Locked at once, so that the day ends after the deadline; and with a window of ten days, so that it ends before.
    for (seed, window) in [(8, 3_600), (9, 864_000)] {
        let mut scene = Scene::new(seed);
        let records = scene.records(1);
        let order = scene.order_of(&records, |args| args.delivery_window = window);
        let (purchase, _) = scene.world.buy(&scene.buyer, &order);
        let deliver = scene.delivery(&purchase, 0, 1);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let state = scene.purchase_state(&purchase);
        assert_eq!(state.settle_by, scene.world.time() + SETTLE_WINDOW);
        let due = state.settle_by.max(state.deadline);
        assert_eq!(due == state.deadline, window > 86_400);
        let moments = [
            scene.world.time(),
            state.deadline.min(state.settle_by) + REFUND_GRACE,
            due,
            due + REFUND_GRACE - 1,
        ];
        for now in moments {
            scene.at(now);
            for person in [&scene.patient, &scene.buyer, &scene.stranger] {
                let refund = scene.refund(person, &purchase);
                scene
                    .world
                    .refuses(refund, &[&person.wallet], GenerionError::RefundTooEarly);
            }
        }
        let by_seller = window > 86_400;
        refunds(scene.at(due + REFUND_GRACE), purchase, by_seller);
    }
}

/// A purchase that is locked in the last second holds the buyer's money for the window and 86,999 seconds.
#[test]
fn the_latest_lock_ends_86_999_seconds_after_the_deadline() {
    let mut scene = Scene::new(10);
    let (_, purchase) = scene.sold(1);
    let deadline = scene.purchase_state(&purchase).deadline;
    let deliver = scene.delivery(&purchase, 0, 1);
    scene.at(deadline + 299);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let refund = scene.refund(&scene.buyer, &purchase);
    scene.at(deadline + 86_998);
    scene.world.refuses(
        refund,
        &[&scene.buyer.wallet],
        GenerionError::RefundTooEarly,
    );
    refunds(scene.at(deadline + 86_999), purchase, false);
}

/// A settled purchase can't be refunded.
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

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(2);
    let valid = scene.refund(&scene.patient, &purchase);
    let order = valid.accounts[2].pubkey;
    let records = scene.listed(&order);
    let twin = scene.order_of(&records, |_| {});
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

/// The order's counter of pending purchases can't go below zero.
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

/// A deadline near the end of the clock's range never passes early by overflow.
#[test]
fn a_time_at_the_end_of_all_times_never_passes_early() {
    let ends: [fn(&mut Purchase); 2] = [
        |purchase| purchase.deadline = i64::MAX - 1,
        |purchase| purchase.settle_by = i64::MAX - 299,
    ];
    for end in ends {
        let mut scene = Scene::new(7);
        let (_, purchase) = scene.locked(1);
        scene.world.edit::<Purchase>(&purchase, end);
        scene.at(i64::MAX - 1);
        for person in [&scene.stranger, &scene.patient] {
            let refund = scene.refund(person, &purchase);
            scene
                .world
                .refuses(refund, &[&person.wallet], GenerionError::RefundTooEarly);
        }
    }
}
