//! What holds across instructions: purchases outlive what they came from, and time and keys move on.

use generion::constants::REFUND_GRACE;
use generion_crypto::capsule;
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_program_tests::PRICE;

use crate::support::{Scene, paid};

#[test]
fn a_purchase_survives_its_order_and_records() {
    let mut scene = Scene::new(1);
    let (order, purchase) = scene.settled(3);
    // What a buyer's client saves before it pays.
    let saved: Vec<RecordAccount> = (0..3)
        .map(|id| {
            scene.world.read(
                &scene
                    .world
                    .instructions
                    .addresses
                    .record(&scene.patient.address(), id),
            )
        })
        .collect();
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    for id in 0..3 {
        let record = scene
            .world
            .instructions
            .addresses
            .record(&scene.patient.address(), id);
        let delete = scene.delete_record(&scene.patient, &record);
        scene.world.lands(delete, &[&scene.patient.wallet]);
    }

    let secret = scene.buyer.purchase_secret(&order);
    let delivered = scene.world.delivered(&purchase);
    assert_eq!(delivered.len(), saved.len());
    for (record, delivered) in saved.iter().zip(delivered) {
        let bought = capsule::open(&delivered, &secret).expect("opens");
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
        let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);
        assert_eq!(
            landed.changes.moved,
            paid(purchase, scene.patient.address(), PRICE).into()
        );
        let close = scene
            .world
            .instructions
            .close_purchase(scene.buyer.address(), purchase);
        scene.world.lands(close, &[&scene.buyer.wallet]);
        let state = scene.world.read::<OrderAccount>(&order).state;
        assert_eq!(
            (state.pending_purchases, state.settled_purchases),
            (0, settled)
        );
    }
}

#[test]
fn a_delivery_is_accepted_until_the_refund() {
    for late in [1, REFUND_GRACE, 1_000_000] {
        let mut scene = Scene::new(3);
        let (_, purchase) = scene.sold(1);
        let deadline = scene
            .world
            .read::<PurchaseAccount>(&purchase)
            .state
            .deadline;
        let deliver = scene.delivery(&purchase, 0, 1);
        scene.at(deadline + late);
        let landed = scene.world.lands(deliver, &[&scene.stranger.wallet]);
        assert_eq!(
            landed.changes.moved,
            paid(purchase, scene.patient.address(), PRICE).into()
        );
    }
}

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

#[test]
fn money_reaches_wallets_that_are_empty() {
    // The smallest price is the rent minimum of an empty account, so that it always makes a wallet.
    let mut scene = Scene::new(5);
    scene.record();
    let smallest = scene.world.svm.minimum_balance_for_rent_exemption(0);
    let create = scene.create_order(&[0], |args| args.price = smallest);
    let order = create.accounts[3].pubkey;
    scene
        .world
        .lands(create, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let (delivered, _) = scene.world.buy(&scene.buyer, &order);
    let (refunded, _) = scene.world.buy(&scene.doctor, &order);
    let deliver = scene.delivery(&delivered, 0, 1);
    let refund = scene.refund(&scene.stranger, &refunded);
    let escrow = scene.world.lamports(&refunded);
    let past_grace = scene
        .world
        .read::<PurchaseAccount>(&refunded)
        .state
        .deadline
        + REFUND_GRACE;
    scene.at(past_grace);
    for (person, instruction, lamports) in [
        (&scene.patient, deliver, smallest),
        (&scene.doctor, refund, escrow),
    ] {
        scene
            .world
            .replace(&person.address(), |account| account.lamports = 0);
        scene.world.lands(instruction, &[&scene.stranger.wallet]);
        assert_eq!(scene.world.lamports(&person.address()), lamports);
    }
}
