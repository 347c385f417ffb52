//! `settle`: its effects, and each of its refusals.

use curve25519_dalek::Scalar;
use generion::{
    GenerionError,
    constants::{REFUND_GRACE, SETTLE_WINDOW},
    events::Settled,
    state::{Order, Purchase, PurchaseStatus},
};
use generion_crypto::capsule;
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    events::Event,
};
use generion_program_tests::{PRICE, code_of};
use generion_reference_proofs::group_order::{GROUP_ORDER, plus_order};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, invalid_keys, paid, record_state},
};

/// Settles a purchase of the patient's at the stranger's cost, and checks all that it does.
#[track_caller]
fn settles(scene: &mut Scene, purchase: Address) {
    let before: PurchaseAccount = scene.world.read(&purchase);
    let order = before.state.order;
    let order_before: OrderAccount = scene.world.read(&order);
    let settle_secret = scene.world.settle_secret(&scene.patient, &purchase);
    let settle = scene.settle(&purchase);

    let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);

    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());
    let event = Settled {
        purchase,
        order,
        seller,
        buyer,
        settle_secret,
        lamports: PRICE.into(),
    };
    landed.assert_did(
        &paid(purchase, seller, PRICE),
        &[purchase, order],
        Event::Settled(event),
    );
    let expected = PurchaseAccount {
        state: Purchase {
            status: PurchaseStatus::Settled as u8,
            settle_key: settle_secret,
            ..before.state
        },
        ..before
    };
    assert_eq!(scene.world.read::<PurchaseAccount>(&purchase), expected);
    let counted = OrderAccount {
        state: Order {
            pending_purchases: order_before.state.pending_purchases - 1,
            settled_purchases: order_before.state.settled_purchases + 1,
            ..order_before.state
        },
        ..order_before
    };
    assert_eq!(scene.world.read::<OrderAccount>(&order), counted);
}

/// The right secret settles a locked purchase and pays the price to the seller.
#[test]
fn pays_the_seller_for_the_secret() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.locked(2);
    settles(&mut scene, purchase);
    let left = scene.world.lamports(&purchase);
    assert_eq!(
        left,
        scene.world.rent(&purchase),
        "the rent stays until the buyer takes it"
    );
}

/// Before `settle`, the buyer opens nothing with `b`; afterwards, the buyer opens every record's element from the
/// ledger alone.
#[test]
fn the_buyer_opens_with_both_secrets_and_not_before() {
    let mut scene = Scene::new(2);
    let (order, purchase) = scene.locked(3);
    let records = scene.listed(&order);
    let data_key =
        |scene: &Scene, index: usize, element: &generion_crypto::record::RecordElement| {
            let record = record_state(&scene.world, &records[index]);
            let key = element.record_key(&record.owner, &record.creator);
            (key.data_public_key().0, record.data_public_key)
        };
    let bought = scene.buyer.purchase_secret(&order);
    for (index, capsule) in scene.world.delivered(&purchase).iter().enumerate() {
        let element = capsule::open(capsule, &bought).expect("a capsule");
        let (opened, expected) = data_key(&scene, index, &element);
        assert_ne!(opened, expected, "b alone opens it");
    }
    settles(&mut scene, purchase);
    let elements = scene.world.opened(&scene.buyer, &purchase);
    assert_eq!(elements.len(), 3);
    for (index, element) in elements.iter().enumerate() {
        let (opened, expected) = data_key(&scene, index, element);
        assert_eq!(opened, expected);
    }
    // Nobody else does with what the ledger shows.
    for (index, element) in scene
        .world
        .opened(&scene.doctor, &purchase)
        .iter()
        .enumerate()
    {
        let (opened, expected) = data_key(&scene, index, element);
        assert_ne!(opened, expected);
    }
}

/// A locked purchase can be settled at any time until it is refunded.
#[test]
fn settles_at_any_time_until_the_refund() {
    for seconds in [0, SETTLE_WINDOW, SETTLE_WINDOW + REFUND_GRACE, 10_000_000] {
        let mut scene = Scene::new(3);
        let (_, purchase) = scene.locked(1);
        let locked_at = scene.world.time();
        settles(scene.at(locked_at + seconds), purchase);
    }
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(4);
    let (order, purchase) = scene.locked(2);
    let valid = scene.settle(&purchase);
    let records = scene.listed(&order);
    let twin = scene.order_of(&records, |_| {});
    // Another purchase of the same order, locked as well, under a key of its own.
    let (doctors, _) = scene.world.buy(&scene.doctor, &order);
    let deliver = scene.delivery(&doctors, 0, 2);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let case = Case {
        valid: &valid,
        signers: &[],
        roles: &[
            Role::SoleWallet(GenerionError::WrongSeller),
            Role::Stored,
            Role::Stored,
        ],
        others: &[
            (1, twin, code_of(GenerionError::WrongOrder)),
            (2, doctors, code_of(GenerionError::SettleKeyInvalid)),
        ],
        swapped: &[
            (0, 1, InstructionError::AccountDataTooSmall),
            (0, 2, InstructionError::AccountDataTooSmall),
            (1, 2, InstructionError::InvalidAccountData),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.sponsor, case);
}

/// A purchase that is not locked can't be settled.
#[test]
fn refuses_a_purchase_that_is_not_locked() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(2);
    let settle = scene.settle(&purchase);
    let signers = [&scene.patient.wallet.insecure_clone()];
    for (first, count) in [(0, 1), (1, 1)] {
        scene
            .world
            .refuses(settle.clone(), &signers, GenerionError::NotLocked);
        let deliver = scene.delivery(&purchase, first, count);
        scene.world.lands(deliver, &signers);
    }
    settles(&mut scene, purchase);
}

/// A settled purchase can't be settled again.
#[test]
fn refuses_what_is_settled() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.locked(1);
    let settle = scene.settle(&purchase);
    let (signers, rule) = (
        [&scene.stranger.wallet.insecure_clone()],
        GenerionError::AlreadySettled,
    );
    let twice = [settle.clone(), settle.clone()];
    scene.world.refuses_at(&twice, &signers, 1, code_of(rule));
    settles(&mut scene, purchase);
    scene.world.refuses(settle, &signers, rule);
    // Not with what stands in the key's place by now, nor with anything else.
    for secret in [[0; 32], [0xff; 32]] {
        let again = scene.world.settle_with(&purchase, secret);
        scene.world.refuses(again, &signers, rule);
    }
}

/// Every other secret is refused, including equivalent ones that are not reduced.
#[test]
fn refuses_every_secret_but_the_one() {
    let mut scene = Scene::new(7);
    let (_, purchase) = scene.locked(1);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let secret = scene.world.settle_secret(&scene.patient, &purchase);
    let s = Scalar::from_canonical_bytes(secret).expect("canonical");
    let mut wrong = vec![
        [0; 32],
        Scalar::ONE.to_bytes(),
        (s + Scalar::ONE).to_bytes(),
        (-s).to_bytes(),
        // The same value, not reduced; zero, not reduced; and out of any range.
        plus_order(&secret),
        GROUP_ORDER,
        [0xff; 32],
        // `S` itself, and the other secrets that go with a purchase.
        scene.purchase_state(&purchase).settle_key,
        *scene.patient.secret().to_bytes(),
        *scene
            .buyer
            .purchase_secret(&scene.purchase_state(&purchase).order)
            .to_bytes(),
    ];
    for byte in 0..32 {
        let mut flipped = secret;
        flipped[byte] ^= 1 << (byte % 8);
        wrong.push(flipped);
    }
    for secret in wrong {
        let settle = scene.world.settle_with(&purchase, secret);
        scene
            .world
            .refuses(settle, &signers, GenerionError::SettleKeyInvalid);
    }
    settles(&mut scene, purchase);
}

/// A stored settle key that is no valid point settles with no secret. (No instruction stores such a key.)
#[test]
fn refuses_stored_keys_that_are_none() {
    let mut scene = Scene::new(11);
    let (_, purchase) = scene.locked(1);
    let secret = scene.world.settle_secret(&scene.patient, &purchase);
    let [_, not_canonical @ ..] = invalid_keys();
    for key in not_canonical {
        scene
            .world
            .edit::<Purchase>(&purchase, |purchase| purchase.settle_key = key);
        for secret in [secret, [0; 32], key] {
            let settle = scene.world.settle_with(&purchase, secret);
            scene.world.refuses(
                settle,
                &[&scene.stranger.wallet],
                GenerionError::SettleKeyInvalid,
            );
        }
    }
}

/// Anybody can submit the settlement, and the seller gets the whole price.
#[test]
fn anybody_settles_and_the_seller_is_paid() {
    let pays_fee = |pick: fn(&Scene) -> &generion_test_support::Person| {
        let mut scene = Scene::new(12);
        let (_, purchase) = scene.locked(1);
        let settle = scene.settle(&purchase);
        assert!(settle.accounts.iter().all(|meta| !meta.is_signer));
        let payer = pick(&scene).wallet.insecure_clone();
        let landed = scene.world.lands(settle, &[&payer]);
        let moved = paid(purchase, scene.patient.address(), PRICE).into();
        assert_eq!(landed.changes.moved, moved);
    };
    pays_fee(|scene| &scene.patient);
    pays_fee(|scene| &scene.buyer);
    pays_fee(|scene| &scene.stranger);
}

/// Counters at the ends of their ranges, and an escrow below the price, are refused.
#[test]
fn refuses_counters_and_escrows_that_leave_their_range() {
    let mut scene = Scene::new(13);
    let (order, purchase) = scene.locked(1);
    let settle = scene.settle(&purchase);
    let refuses = |scene: &mut Scene, settle: &Instruction| {
        let signers = [&scene.stranger.wallet.insecure_clone()];
        scene
            .world
            .refuses(settle.clone(), &signers, GenerionError::Arithmetic);
    };
    let spoilt: [fn(&mut Order); 2] = [
        |order| order.settled_purchases = u32::MAX,
        |order| order.pending_purchases = 0,
    ];
    for spoil in spoilt {
        let before = scene.world.svm.clone();
        scene.world.edit::<Order>(&order, spoil);
        refuses(&mut scene, &settle);
        scene.world.svm = before;
    }
    // An escrow that does not hold its price, which no instruction leads to.
    let before = scene.world.svm.clone();
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.price = u64::MAX);
    refuses(&mut scene, &settle);
    scene.world.svm = before;
    settles(&mut scene, purchase);
}
