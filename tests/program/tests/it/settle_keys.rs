//! The settle key `S`: which keys a delivery can be made for, and which secrets settle it. The prover can cheat.

use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{GenerionError, constants::REFUND_GRACE};

use crate::{
    delivery_proofs::{refuses, scene},
    prover::{Prover, bytes, point},
    support::{Scene, invalid_keys},
};

/// A proof under another key than `B + S` is refused, because the program computes the sum itself.
#[test]
fn refuses_proofs_under_another_key_than_the_sum() {
    let (mut scene, purchase, mut prover) = scene(10);
    let (buyer, settle) = (
        point(&prover.statement.buyer_key),
        point(&prover.statement.settle_key),
    );
    for key in [buyer, settle, buyer - settle, buyer + settle + settle] {
        prover.reseal_for(key);
        for under in [key, prover.capsule_key()] {
            let proof = prover.prove_for(under, &mut scene.world.rng);
            let instruction = prover.instruction_with(&scene, purchase, proof);
            scene.world.refuses(
                instruction,
                &[&scene.stranger.wallet],
                GenerionError::DeliveryProofInvalid,
            );
        }
    }
    prover.reseal();
    let instruction = prover.instruction(&mut scene, purchase);
    scene.world.lands(instruction, &[&scene.stranger.wallet]);
}

/// `S` must be a valid point, and neither `S` nor `B + S` the identity. With `S = -B`, every capsule would show its
/// element to everybody.
#[test]
fn refuses_settle_keys_that_hide_nothing() {
    let (mut scene, purchase, honest) = scene(11);
    let rule = GenerionError::SettleKeyInvalid;
    let b = *scene
        .buyer
        .purchase_secret(&scene.purchase_state(&purchase).order)
        .to_bytes();
    let b = Scalar::from_canonical_bytes(b).expect("canonical");
    // Proofs that hold but for the rule: of S = 0, where K is B, and of S = -B, where K is nothing.
    for settle_secret in [Scalar::ZERO, -b] {
        let mut prover = Prover::new(&mut scene, purchase, 1, 2);
        prover.settle_with(settle_secret);
        prover.reseal();
        refuses(&mut scene, purchase, &prover, rule);
    }
    // Encodings that are no points, under a proof that was honest.
    let valid = honest.instruction(&mut scene, purchase);
    for encoding in invalid_keys() {
        let mut spoilt = valid.clone();
        spoilt.data[1..33].copy_from_slice(&encoding);
        scene.world.refuses(spoilt, &[&scene.stranger.wallet], rule);
    }
    scene.world.lands(valid, &[&scene.stranger.wallet]);
}

/// All batches must name the `S` of the first, so that one `s` opens all capsules.
#[test]
fn refuses_another_settle_key_in_a_later_batch() {
    let mut scene = Scene::new(13);
    let (_, purchase) = scene.sold(3);
    let signers = [&scene.stranger.wallet.insecure_clone()];
    let first = Prover::new(&mut scene, purchase, 1, 1);
    let instruction = first.instruction(&mut scene, purchase);
    scene.world.lands(instruction, &signers);
    // Another prover draws another `s`: nothing is wrong with its proof.
    let other = Prover::new(&mut scene, purchase, 0, 1);
    assert_ne!(first.statement.settle_key, other.statement.settle_key);
    let honest_but_other = other.instruction(&mut scene, purchase);
    let mut zeros = honest_but_other.clone();
    zeros.data[1..33].fill(0);
    let mut one_bit = honest_but_other.clone();
    one_bit.data[1..33].copy_from_slice(&first.statement.settle_key);
    one_bit.data[32] ^= 1;
    let derived = scene.delivery(&purchase, 2, 1);
    for instruction in [honest_but_other, zeros, one_bit, derived] {
        scene
            .world
            .refuses(instruction, &signers, GenerionError::SettleKeyChanged);
    }
    // With the first one's key it goes on.
    for position in [0, 2] {
        let mut rest = Prover::new(&mut scene, purchase, position, 1);
        rest.settle_with(first.settle_secret);
        rest.reseal();
        let instruction = rest.instruction(&mut scene, purchase);
        scene.world.lands(instruction, &signers);
    }
    let settle = scene
        .world
        .settle_with(&purchase, first.settle_secret.to_bytes());
    scene.world.lands(settle, &signers);
    assert_eq!(scene.world.opened(&scene.buyer, &purchase).len(), 3);
}

/// Secrets at both ends of the canonical range settle.
#[test]
fn takes_secrets_at_the_ends_of_their_range() {
    for (seed, secret) in [(8, Scalar::ONE), (9, -Scalar::ONE)] {
        let mut scene = Scene::new(seed);
        let (_, purchase) = scene.sold(2);
        let mut prover = Prover::new(&mut scene, purchase, 0, 2);
        prover.settle_with(secret);
        prover.reseal();
        let deliver = prover.instruction(&mut scene, purchase);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let settle = scene.world.settle_with(&purchase, secret.to_bytes());
        scene.world.lands(settle, &[&scene.stranger.wallet]);
        let state = scene.purchase_state(&purchase);
        assert_eq!(
            (state.is_settled(), state.settle_key),
            (true, secret.to_bytes())
        );
        assert_eq!(scene.world.opened(&scene.buyer, &purchase).len(), 2);
    }
}

/// A purchase locked for an `S` with an unknown secret can't be settled, and is refunded.
#[test]
fn a_key_that_nobody_knows_the_secret_of_is_never_settled() {
    let mut scene = Scene::new(10);
    let (_, purchase) = scene.sold(1);
    let mut prover = Prover::new(&mut scene, purchase, 0, 1);
    // S = kG - B: K is kG, so that whoever knows k opens the capsules. That is the seller, who could before.
    let k = Scalar::from(7_u8);
    let settle_key = RistrettoPoint::mul_base(&k) - point(&prover.statement.buyer_key);
    prover.statement.settle_key = bytes(settle_key);
    prover.reseal();
    let deliver = prover.instruction(&mut scene, purchase);
    scene.world.lands(deliver, &[&scene.stranger.wallet]);
    assert!(scene.purchase_state(&purchase).is_locked());
    for secret in [k, -k, prover.settle_secret, prover.secret] {
        let settle = scene.world.settle_with(&purchase, secret.to_bytes());
        scene.world.refuses(
            settle,
            &[&scene.stranger.wallet],
            GenerionError::SettleKeyInvalid,
        );
    }
    // The buyer waits a day, and has the price back.
    let due = scene.purchase_state(&purchase).settle_by + REFUND_GRACE;
    scene.at(due);
    let refund = scene.refund(&scene.buyer, &purchase);
    scene.world.lands(refund, &[&scene.buyer.wallet]);
}

/// A delivery that names another `S` than its proof is refused.
#[test]
fn refuses_another_settle_key_than_the_proofs() {
    let (mut scene, purchase, prover) = scene(14);
    let valid = prover.instruction(&mut scene, purchase);
    let own = [scene.doctor.key(), scene.patient.key()].map(|key| key.to_bytes());
    for key in own.into_iter().chain([prover.statement.buyer_key]) {
        let mut other = valid.clone();
        other.data[1..33].copy_from_slice(&key);
        scene.world.refuses(
            other,
            &[&scene.stranger.wallet],
            GenerionError::DeliveryProofInvalid,
        );
    }
    scene.world.lands(valid, &[&scene.stranger.wallet]);
}

/// The program accepts any `S` with a known secret, and the buyer can open the records after the settlement.
#[test]
fn any_settle_key_with_a_known_secret_will_do() {
    let picks: [fn(&Prover) -> Scalar; 2] = [|prover| prover.secret, |_| Scalar::from(2_u8)];
    for pick in picks {
        let (mut scene, purchase, _) = scene(12);
        let mut prover = Prover::new(&mut scene, purchase, 0, 3);
        prover.settle_with(pick(&prover));
        prover.reseal();
        let deliver = prover.instruction(&mut scene, purchase);
        scene.world.lands(deliver, &[&scene.stranger.wallet]);
        let secret = prover.settle_secret.to_bytes();
        let settle = scene.world.settle_with(&purchase, secret);
        scene.world.lands(settle, &[&scene.stranger.wallet]);
        assert_eq!(scene.world.opened(&scene.buyer, &purchase).len(), 3);
    }
}
