//! Rules across instructions: purchases outlive their orders and records, and time and keys move on.

use generion::constants::REFUND_GRACE;
use generion_crypto::capsule;
use generion_interface::accounts::{OrderAccount, RecordAccount};
use generion_program_tests::PRICE;

use crate::support::{Scene, paid};

/// The buyer can open a settled purchase after its order and its records are gone.
#[test]
fn a_purchase_survives_its_order_and_records() {
    let mut scene = Scene::new(1);
    let (order, purchase) = scene.settled(3);
    // What a buyer's client saves before it pays.
    let records = scene.listed(&order);
    let saved: Vec<RecordAccount> = records
        .iter()
        .map(|record| scene.world.read(record))
        .collect();
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    for record in &records {
        let delete = scene.delete_record(&scene.patient, record);
        scene.world.lands(delete, &[&scene.patient.wallet]);
    }

    let opened = scene.world.opened(&scene.buyer, &purchase);
    assert_eq!(opened.len(), saved.len());
    for (record, bought) in saved.iter().zip(opened) {
        let original =
            capsule::open(&record.state.capsule, &scene.patient.secret()).expect("opens");
        let key = |element: &generion_crypto::record::RecordElement| {
            element
                .record_key(&record.state.owner, &record.state.creator)
                .to_age_identity()
        };
        assert_eq!(
            *key(&bought),
            *key(&original),
            "the element is the record's own"
        );
        let public = bought
            .record_key(&record.state.owner, &record.state.creator)
            .data_public_key();
        assert_eq!(public.0, record.state.data_public_key);
    }
}

/// A buyer can buy the same order again after a refund, and after closing the purchase.
#[test]
fn a_buyer_buys_again_after_a_refund_and_after_closing() {
    let mut scene = Scene::new(2);
    let (order, purchase) = scene.sold(1);
    let refund = scene.refund(&scene.patient, &purchase);
    scene.world.lands(refund, &[&scene.patient.wallet]);
    for settled in 1..=2 {
        let (again, _) = scene.world.buy(&scene.buyer, &order);
        assert_eq!(again, purchase, "one address for each order and buyer");
        assert_eq!(
            scene.world.delivered(&purchase),
            [],
            "nothing is left of the purchase before"
        );
        let deliver = scene.delivery(&purchase, 0, 1);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let settle = scene.settle(&purchase);
        let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);
        assert_eq!(
            landed.changes.moved,
            paid(purchase, scene.patient.address(), PRICE).into()
        );
        let close = scene.close_purchase(purchase);
        scene.world.lands(close, &[&scene.buyer.wallet]);
        let state = scene.world.read::<OrderAccount>(&order).state;
        assert_eq!(
            (state.pending_purchases, state.settled_purchases),
            (0, settled)
        );
    }
}

/// At every moment around its deadlines, a purchase can be delivered, settled or refunded.
#[test]
fn every_moment_of_a_purchase_has_one_way_on() {
    let scene_at = |lock: bool, seconds: i64| {
        let mut scene = Scene::new(3);
        let (_, purchase) = if lock { scene.locked(1) } else { scene.sold(1) };
        let state = scene.purchase_state(&purchase);
        let deliver = match lock {
            true => None,
            false => Some(scene.delivery(&purchase, 0, 1)),
        };
        scene.at(state.deadline.max(state.settle_by) + seconds);
        (scene, purchase, deliver)
    };
    for seconds in [-1, 0, REFUND_GRACE - 1, REFUND_GRACE, 1_000_000] {
        let over = seconds >= REFUND_GRACE;
        // Pending: it is delivered until the refund opens, and then refunded.
        let (mut scene, purchase, deliver) = scene_at(false, seconds);
        let refund = scene.refund(&scene.buyer, &purchase);
        let signers = [&scene.buyer.wallet];
        let deliver = deliver.expect("pending");
        if over {
            let rule = generion::GenerionError::DeliveryTooLate;
            scene.world.refuses(deliver, &signers, rule);
            scene.world.lands(refund, &signers);
        } else {
            let rule = generion::GenerionError::RefundTooEarly;
            scene.world.refuses(refund, &signers, rule);
            scene.world.lands(deliver, &signers);
        }
        // Locked: whoever comes first once the refund is open, and only the seller before.
        let (mut scene, purchase, _) = scene_at(true, seconds);
        let (settle, refund) = (
            scene.settle(&purchase),
            scene.refund(&scene.buyer, &purchase),
        );
        let signers = [&scene.buyer.wallet];
        if over {
            scene.world.lands(refund, &signers);
        } else {
            let rule = generion::GenerionError::RefundTooEarly;
            scene.world.refuses(refund, &signers, rule);
            scene.world.lands(settle, &signers);
        }
    }
}

/// After a rotation, the seller delivers with the old key's secret; a delivery with the new one is refused.
#[test]
fn delivery_after_key_rotation() {
    let mut scene = Scene::new(4);
    let (_, purchase) = scene.sold(2);
    scene.patient.key_index = 1;
    scene.world.publish_key(&scene.patient);
    let with_new_key = scene.delivery(&purchase, 0, 2);
    let rule = generion::GenerionError::DeliveryProofInvalid;
    scene
        .world
        .refuses(with_new_key, &[&scene.stranger.wallet], rule);
    scene.patient.key_index = 0;
    let with_old_key = scene.delivery(&purchase, 0, 2);
    scene.world.lands(with_old_key, &[&scene.stranger.wallet]);
}

/// The smallest price reaches a seller whose wallet is empty, and a refund reaches an empty buyer.
#[test]
fn money_reaches_wallets_that_are_empty() {
    let mut scene = Scene::new(5);
    let records = scene.records(1);
    let smallest = scene.world.svm.minimum_balance_for_rent_exemption(0);
    let order = scene.order_of(&records, |args| args.price = smallest);
    let (delivered, _) = scene.world.buy(&scene.buyer, &order);
    let (refunded, _) = scene.world.buy(&scene.doctor, &order);
    let deliver = scene.delivery(&delivered, 0, 1);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    let settle = scene.settle(&delivered);
    let refund = scene.refund(&scene.stranger, &refunded);
    let escrow = scene.world.lamports(&refunded);
    let past_grace = scene.purchase_state(&refunded).deadline + REFUND_GRACE;
    scene.at(past_grace);
    for (person, instruction, lamports) in [
        (&scene.patient, settle, smallest),
        (&scene.doctor, refund, escrow),
    ] {
        scene
            .world
            .replace(&person.address(), |account| account.lamports = 0);
        assert_eq!(scene.world.lamports(&person.address()), 0);
        let landed = scene.world.lands(instruction, &[&scene.stranger.wallet]);
        assert_eq!(scene.world.lamports(&person.address()), lamports);
        assert!(landed.changes.moved.contains_key(&person.address()));
    }
}
