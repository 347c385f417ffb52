//! Attacks between lock and settlement.

use generion::{
    GenerionError,
    constants::{REFUND_GRACE, SETTLE_WINDOW},
};
use generion_crypto::{
    delivery::{self, DeliveryRecord},
    settle::{Sale, SettleSecret},
};
use generion_interface::accounts::{OrderAccount, RecordAccount};
use generion_program_tests::{PRICE, code_of};
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction::{advance_nonce_account, create_nonce_account};
use solana_transaction_error::TransactionError;

use crate::support::{Scene, paid, with_account};

/// A decline that was signed before the lock and held back is refused after the lock.
#[test]
fn a_decline_held_back_until_the_secret_is_shown() {
    let mut scene = Scene::new(1);
    let (_, purchase) = scene.sold(1);
    let decline = scene.refund(&scene.patient, &purchase);
    let deliver = scene.delivery(&purchase, 0, 1);
    let settle = scene.settle(&purchase);
    // Whoever lands it between lock and settlement, in the same transaction or in one of its own.
    let (seller, early) = ([&scene.patient.wallet], GenerionError::RefundTooEarly);
    let all = [deliver.clone(), decline.clone()];
    scene.world.refuses_at(&all, &seller, 1, code_of(early));
    scene.world.lands(deliver, &seller);
    scene.world.refuses(decline.clone(), &seller, early);
    let all = [decline.clone(), settle.clone()];
    scene.world.refuses_at(&all, &seller, 0, code_of(early));
    let landed = scene.world.lands(settle, &seller);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    scene
        .world
        .refuses(decline, &seller, GenerionError::AlreadySettled);
}

/// A decline signed on a durable nonce, which never expires, is refused after the lock.
#[test]
fn a_signed_decline_on_a_durable_nonce() {
    let mut scene = Scene::new(11);
    let (_, purchase) = scene.sold(1);
    let keeper = scene.stranger.address();
    let nonce = Keypair::new_from_array([7; 32]);
    let rent = scene.world.svm.minimum_balance_for_rent_exemption(80);
    let create = create_nonce_account(&keeper, &nonce.pubkey(), &keeper, rent);
    scene
        .world
        .send(&create, &[&scene.stranger.wallet, &nonce])
        .expect("lands");
    // Behind the versions of account and state: who may advance it, and the hash that transactions are signed with.
    let hash: [u8; 32] = scene.world.account(&nonce.pubkey()).data[40..72]
        .try_into()
        .expect("32 bytes");
    let decline = scene.refund(&scene.patient, &purchase);
    let instructions = [advance_nonce_account(&nonce.pubkey(), &keeper), decline];
    let message =
        vm_message::Message::new_with_blockhash(&instructions, Some(&keeper), &hash.into());
    let held = vm_transaction::Transaction::new(
        &[&scene.stranger.wallet, &scene.patient.wallet],
        message,
        hash.into(),
    );
    let send = |scene: &Scene| {
        let mut svm = scene.world.svm.clone();
        svm.expire_blockhash();
        let outcome = svm.send_transaction(held.clone());
        outcome.map(|_| ()).map_err(|failed| failed.err)
    };
    let refused = |rule| Err(TransactionError::InstructionError(1, code_of(rule)));
    assert_eq!(send(&scene), Ok(()), "before the lock it declines");
    let deliver = scene.delivery(&purchase, 0, 1);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    assert_eq!(send(&scene), refused(GenerionError::RefundTooEarly));
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
    assert_eq!(send(&scene), refused(GenerionError::AlreadySettled));
}

/// If a seller locks and never settles, the buyer gets everything back.
#[test]
fn a_seller_who_locks_and_vanishes() {
    let mut scene = Scene::new(2);
    let (order, purchase) = scene.locked(2);
    let state = scene.purchase_state(&purchase);
    let held = scene.world.lamports(&purchase);
    scene.at(state.settle_by.max(state.deadline) + REFUND_GRACE);
    let settle = scene.settle(&purchase);
    let refund = scene.refund(&scene.buyer, &purchase);
    let landed = scene.world.lands(refund, &[&scene.buyer.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.buyer.address(), held).into()
    );
    // What comes after that finds nothing, and the order is free again.
    scene.world.refuses_with(
        settle,
        &[&scene.patient.wallet],
        InstructionError::AccountDataTooSmall,
    );
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    assert!(scene.world.is_closed(&order));
}

/// After the time to settle, either the refund or the settlement succeeds, never both.
#[test]
fn refund_and_settlement_raced_at_the_end_of_the_day() {
    let race = |seconds: i64| {
        let mut scene = Scene::new(3);
        let (_, purchase) = scene.locked(1);
        let due = scene.purchase_state(&purchase).settle_by;
        let (settle, refund) = (
            scene.settle(&purchase),
            scene.refund(&scene.buyer, &purchase),
        );
        scene.at(due + seconds);
        (scene, settle, refund)
    };
    for seconds in [0, REFUND_GRACE - 1] {
        let (mut scene, settle, refund) = race(seconds);
        let buyer = [&scene.buyer.wallet];
        scene
            .world
            .refuses(refund.clone(), &buyer, GenerionError::RefundTooEarly);
        scene.world.lands(settle, &[&scene.patient.wallet]);
        scene
            .world
            .refuses(refund, &buyer, GenerionError::AlreadySettled);
    }
    let (mut scene, settle, refund) = race(REFUND_GRACE);
    scene.world.lands(settle, &[&scene.patient.wallet]);
    scene.world.refuses(
        refund,
        &[&scene.buyer.wallet],
        GenerionError::AlreadySettled,
    );
    let (mut scene, settle, refund) = race(REFUND_GRACE);
    scene.world.lands(refund, &[&scene.buyer.wallet]);
    scene.world.refuses_with(
        settle,
        &[&scene.patient.wallet],
        InstructionError::AccountDataTooSmall,
    );
}

/// A secret shown before the lock settles nothing. Whoever delivers after that takes a risk that the program can't
/// prevent.
#[test]
fn settlement_before_the_lock() {
    let mut scene = Scene::new(4);
    let (_, purchase) = scene.sold(2);
    let (one, other) = (
        scene.delivery(&purchase, 0, 1),
        scene.delivery(&purchase, 1, 1),
    );
    let settle = scene.settle(&purchase);
    let signers = [&scene.stranger.wallet];
    let rule = code_of(GenerionError::NotLocked);
    scene
        .world
        .refuses_at(&[settle.clone(), one.clone()], &signers, 0, rule.clone());
    let between = [one.clone(), settle.clone(), other.clone()];
    scene.world.refuses_at(&between, &signers, 1, rule);
    assert!(scene.world.delivered(&purchase).is_empty());
    let landed = scene
        .world
        .send(&[one, other, settle], &signers)
        .expect("lands");
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
}

/// A delivery and its settlement can be in one transaction, and log two events.
#[test]
fn delivery_and_settlement_in_one_transaction() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(3);
    let (deliver, settle) = (scene.delivery(&purchase, 0, 3), scene.settle(&purchase));
    let landed = scene
        .world
        .send(&[deliver, settle], &[&scene.stranger.wallet])
        .expect("lands");
    assert_eq!(
        landed.changes.moved,
        paid(purchase, scene.patient.address(), PRICE).into()
    );
    let names: Vec<_> = landed.events.iter().map(|event| event.name()).collect();
    assert_eq!(names, ["Delivered", "Settled"]);
    let state = scene.purchase_state(&purchase);
    assert_eq!(
        (state.is_settled(), state.settle_by),
        (true, scene.world.time() + SETTLE_WINDOW)
    );
    assert_eq!(scene.world.opened(&scene.buyer, &purchase).len(), 3);
}

/// The secret of one purchase settles no other: neither another buyer's, nor one of another order with the same
/// records.
#[test]
fn the_secret_of_another_purchase() {
    let mut scene = Scene::new(6);
    let (order, purchase) = scene.locked(1);
    let records = scene.listed(&order);
    let twin = scene.order_of(&records, |_| {});
    let others = [
        scene.world.buy(&scene.doctor, &order).0,
        scene.world.buy(&scene.buyer, &twin).0,
    ];
    for other in others {
        let deliver = scene.delivery(&other, 0, 1);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let [own, foreign] =
            [&purchase, &other].map(|of| scene.world.settle_secret(&scene.patient, of));
        assert_ne!(own, foreign);
        let settle = scene.world.settle_with(&purchase, foreign);
        scene.world.refuses(
            settle,
            &[&scene.stranger.wallet],
            GenerionError::SettleKeyInvalid,
        );
    }
    let settle = scene.settle(&purchase);
    scene.world.lands(settle, &[&scene.stranger.wallet]);
}

/// A settlement that names another wallet as the seller is refused, even a seller of another order.
#[test]
fn settlement_to_somebody_else() {
    let mut scene = Scene::new(7);
    let (_, purchase) = scene.locked(1);
    let settle = scene.settle(&purchase);
    let thieves = [
        scene.stranger.address(),
        scene.buyer.address(),
        scene.doctor.address(),
        scene.sponsor.address(),
    ];
    for thief in thieves {
        let stolen = with_account(&settle, 0, thief);
        scene.world.refuses(
            stolen,
            &[&scene.stranger.wallet],
            GenerionError::WrongSeller,
        );
    }
}

/// What a seller delivers who believes something else of a sale than the ledger says, and what that is.
fn delivered_believing(
    scene: &mut Scene,
    purchase: &Address,
    lie: impl FnOnce(&mut Sale),
) -> (Instruction, Sale) {
    let mut believed = scene.world.sale(purchase);
    lie(&mut believed);
    let state = scene.purchase_state(purchase);
    let records: Vec<DeliveryRecord> = scene
        .listed(&state.order)
        .iter()
        .map(|record| DeliveryRecord {
            record: *record,
            capsule: scene.world.read::<RecordAccount>(record).state.capsule,
        })
        .collect();
    let secret = scene.patient.secret();
    let delivery = delivery::deliver(&secret, &believed, &records, &mut scene.world.rng)
        .unwrap_or_else(|error| panic!("{error}"));
    (scene.world.deliver(purchase, 0, &delivery), believed)
}

/// A node that lies about a sale makes the seller deliver for another `S`, whose secret does not settle the true sale.
#[test]
fn a_seller_who_was_lied_to() {
    let mut scene = Scene::new(8);
    let (_, purchase) = scene.sold(1);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let another = scene.doctor.purchase_secret(&purchase).public_key();
    // About what the proof is of, so that the program refuses it.
    let lies: [&dyn Fn(&mut Sale); 5] = [
        &|sale| sale.deadline += 86_400,
        &|sale| sale.terms[0] ^= 1,
        &|sale| sale.buyer_key = another,
        &|sale| sale.purchase = Address::new_from_array([9; 32]),
        &|sale| sale.deployment.program_id = Address::new_from_array([9; 32]),
    ];
    for lie in lies {
        let (deliver, _) = delivered_believing(&mut scene, &purchase, lie);
        scene
            .world
            .refuses(deliver, &signers, GenerionError::DeliveryProofInvalid);
    }
    // About the cluster, which the program can't see. It locks, and the secret of what the seller believes is right; but it
    // is another one than the truth's, and a seller who learns the truth shows neither.
    let (deliver, believed) = delivered_believing(&mut scene, &purchase, |sale| {
        sale.deployment.genesis.0[0] ^= 1
    });
    scene.world.lands(deliver, &signers);
    let truth = scene.settle(&purchase);
    scene
        .world
        .refuses(truth, &signers, GenerionError::SettleKeyInvalid);
    let secret = SettleSecret::derive(&scene.patient.secret(), &believed)
        .unwrap_or_else(|error| panic!("{error}"));
    let as_believed = scene.world.settle_with(&purchase, *secret.to_bytes());
    scene.world.lands(as_believed, &signers);
}

/// Two agents of one seller derive the same `S`, so that batches of both fit together, in any order.
#[test]
fn two_agents_of_one_seller() {
    let mut scene = Scene::new(9);
    let (order, purchase) = scene.sold(4);
    let (one, other) = (
        [
            scene.delivery(&purchase, 0, 2),
            scene.delivery(&purchase, 2, 2),
        ],
        [
            scene.delivery(&purchase, 0, 3),
            scene.delivery(&purchase, 3, 1),
        ],
    );
    let [one_settles, other_settles] = [(), ()].map(|()| scene.settle(&purchase));
    assert_eq!(one_settles, other_settles);
    let signers = [&scene.patient.wallet.insecure_clone()];
    let [first, second] = one;
    let [overlapping, last] = other;
    scene.world.lands(first, &signers);
    scene
        .world
        .refuses(overlapping, &signers, GenerionError::AlreadyDelivered);
    scene.world.lands(last, &signers);
    scene
        .world
        .refuses(second, &signers, GenerionError::AlreadyDelivered);
    let rest = scene.delivery(&purchase, 2, 1);
    scene.world.lands(rest, &signers);
    scene.world.lands(one_settles, &signers);
    scene
        .world
        .refuses(other_settles, &signers, GenerionError::AlreadySettled);
    let state = scene.world.read::<OrderAccount>(&order).state;
    assert_eq!((state.pending_purchases, state.settled_purchases), (0, 1));
    assert_eq!(scene.world.opened(&scene.buyer, &purchase).len(), 4);
}

/// Lamports above the price go to the buyer: `settle` pays exactly the price.
#[test]
fn a_gift_to_a_locked_purchase_goes_to_the_buyer() {
    let mut scene = Scene::new(10);
    let (_, purchase) = scene.locked(1);
    let gift = solana_system_interface::instruction::transfer(
        &scene.stranger.address(),
        &purchase,
        7 * PRICE,
    );
    scene.world.lands(gift, &[&scene.stranger.wallet]);
    let held = scene.world.lamports(&purchase);
    let settle = scene.settle(&purchase);
    let landed = scene.world.lands(settle, &[&scene.stranger.wallet]);
    let (seller, buyer) = (scene.patient.address(), scene.buyer.address());
    assert_eq!(landed.changes.moved, paid(purchase, seller, PRICE).into());
    let close = scene.close_purchase(purchase);
    let landed = scene.world.lands(close, &[&scene.buyer.wallet]);
    assert_eq!(
        landed.changes.moved,
        paid(purchase, buyer, held - PRICE).into()
    );
}
