//! The delivery proof: what it proves, and what the program refuses. The prover (`prover`) can cheat: it knows all
//! secrets and draws every challenge anew, so that the program refuses the false statement, not a stale hash.

use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    GenerionError, curve,
    proof::delivery::DeliveryProof,
    state::{Purchase, Record},
};
use generion_crypto::{delivery, settle::SettleSecret};
use generion_interface::accounts::PurchaseAccount;
use generion_reference_proofs::group_order::{GROUP_ORDER, plus_order};
use solana_address::Address;

use crate::{
    prover::{Prover, bytes, point, random_scalar},
    support::{Scene, invalid_keys},
};

/// A purchase of three records, two of which the prover is about to deliver.
pub fn scene(seed: u64) -> (Scene, Address, Prover) {
    let mut scene = Scene::new(seed);
    let (_, purchase) = scene.sold(3);
    let prover = Prover::new(&mut scene, purchase, 1, 2);
    (scene, purchase, prover)
}

#[track_caller]
pub fn refuses(scene: &mut Scene, purchase: Address, prover: &Prover, rule: GenerionError) {
    let instruction = prover.instruction(scene, purchase);
    scene
        .world
        .refuses(instruction, &[&scene.stranger.wallet], rule);
}

/// The program accepts the proof of a second, independent prover, and the buyer opens the records.
#[test]
fn a_second_honest_prover_is_believed_and_the_buyer_opens_the_records() {
    let (mut scene, purchase, prover) = scene(1);
    let instruction = prover.instruction(&mut scene, purchase);
    scene.world.lands(instruction, &[&scene.stranger.wallet]);
    let PurchaseAccount { state, capsules } = scene.world.read(&purchase);
    let bought = scene.buyer.purchase_secret(&state.order);
    let settled =
        SettleSecret::from_bytes(&prover.settle_secret.to_bytes()).expect("a canonical scalar");
    for (item, delivered) in prover.statement.items.iter().zip(&capsules[1..]) {
        let record = crate::support::record_state(&scene.world, &item.record);
        let delivered = delivered.expect("delivered");
        let element = delivery::open_settled(&delivered, &bought, &settled).expect("opens");
        let key = element
            .record_key(&record.owner, &record.creator)
            .data_public_key();
        assert_eq!(key.0, record.data_public_key);
    }
    assert_eq!(capsules[0], None);
}

/// Makes a prover cheat.
type Cheat = fn(&mut Scene, &mut Prover);
/// Has a prover prove something else.
type Change<'a> = &'a dyn Fn(&mut Prover);

/// Every kind of false statement is refused: wrong scalars, wrong keys, swapped capsules, errors that cancel across the
/// batch.
#[test]
fn refuses_every_false_statement() {
    let changes: [(&str, Cheat); 14] = [
        ("r' of R' is not that of C'", |_, prover| {
            prover.statement.items[1].delivered.ephemeral =
                bytes(RistrettoPoint::mul_base(&Scalar::from(7_u8)));
        }),
        ("another r' in R' and proof than in C'", |_, prover| {
            prover.ephemerals[0] += Scalar::ONE;
            prover.statement.items[0].delivered.ephemeral =
                bytes(RistrettoPoint::mul_base(&prover.ephemerals[0]));
        }),
        ("another x", |_, prover| {
            prover.secret += Scalar::ONE;
            prover.reseal();
        }),
        ("another x in the proof alone", |_, prover| {
            prover.secret += Scalar::ONE
        }),
        ("another buyer's key", |scene, prover| {
            prover.statement.buyer_key = bytes(RistrettoPoint::mul_base(&random_scalar(
                &mut scene.world.rng,
            )));
            prover.reseal();
        }),
        (
            "another buyer's key in the capsules alone",
            |scene, prover| {
                let stranger = RistrettoPoint::mul_base(&random_scalar(&mut scene.world.rng));
                prover.reseal_for(stranger + point(&prover.statement.settle_key));
            },
        ),
        ("capsules for the buyer's key alone", |_, prover| {
            prover.reseal_for(point(&prover.statement.buyer_key))
        }),
        ("capsules for the settle key alone", |_, prover| {
            prover.reseal_for(point(&prover.statement.settle_key))
        }),
        ("capsules for the difference of both", |_, prover| {
            prover.reseal_for(
                point(&prover.statement.buyer_key) - point(&prover.statement.settle_key),
            )
        }),
        ("one capsule for the buyer's key alone", |_, prover| {
            let key = point(&prover.statement.buyer_key);
            prover.reseal_one(1, key);
        }),
        ("another element", |_, prover| {
            prover.add_error(0, RistrettoPoint::mul_base(&Scalar::ONE))
        }),
        (
            "an error in each record that cancels out",
            |scene, prover| {
                let error = RistrettoPoint::mul_base(&random_scalar(&mut scene.world.rng));
                prover.add_error(0, error);
                prover.add_error(1, -error);
            },
        ),
        ("capsules of two records swapped", |_, prover| {
            let (zeroth, first) = (
                prover.statement.items[0].delivered,
                prover.statement.items[1].delivered,
            );
            (
                prover.statement.items[0].delivered,
                prover.statement.items[1].delivered,
            ) = (first, zeroth);
        }),
        ("one record's element for both", |_, prover| {
            prover.statement.items[1].delivered = prover.statement.items[0].delivered;
        }),
    ];
    let (mut scene, purchase, _) = scene(2);
    for (what, change) in changes {
        let mut prover = Prover::new(&mut scene, purchase, 1, 2);
        change(&mut scene, &mut prover);
        println!("{what}");
        refuses(
            &mut scene,
            purchase,
            &prover,
            GenerionError::DeliveryProofInvalid,
        );
    }
}

/// A valid proof about another program, purchase, deadline, terms or record, or about records in another order, is
/// refused.
#[test]
fn refuses_a_true_statement_about_something_else() {
    let (mut scene, purchase, honest) = scene(3);
    let other_buyers = scene
        .world
        .buy(
            &scene.doctor,
            &scene.world.read::<PurchaseAccount>(&purchase).state.order,
        )
        .0;
    let changes: [(&str, Change); 7] = [
        ("another program", &|prover| {
            prover.statement.program_id = Address::new_from_array([3; 32])
        }),
        ("another purchase", &|prover| {
            prover.statement.purchase = other_buyers
        }),
        ("other terms", &|prover| prover.statement.terms[31] ^= 0x80),
        ("a deadline a second later", &|prover| {
            prover.statement.deadline += 1
        }),
        ("a deadline a second earlier", &|prover| {
            prover.statement.deadline -= 1
        }),
        ("another record", &|prover| {
            prover.statement.items[0].record = Address::new_from_array([4; 32])
        }),
        ("records in another order", &|prover| {
            prover.statement.items.swap(0, 1)
        }),
    ];
    for (what, change) in changes {
        let mut prover = Prover::new(&mut scene, purchase, 1, 2);
        change(&mut prover);
        println!("{what}");
        refuses(
            &mut scene,
            purchase,
            &prover,
            GenerionError::DeliveryProofInvalid,
        );
    }
    // And a proof that did land for one buyer is nothing to another.
    let landed = honest.instruction(&mut scene, purchase);
    scene.world.lands(landed.clone(), &[&scene.stranger.wallet]);
    let mut replayed = landed;
    replayed.accounts[1].pubkey = other_buyers;
    scene.world.refuses(
        replayed,
        &[&scene.stranger.wallet],
        GenerionError::DeliveryProofInvalid,
    );
}

/// A delivery with one flipped bit in its settle key, proof or capsules is refused.
#[test]
fn refuses_a_flipped_bit_in_every_byte() {
    let (mut scene, purchase, prover) = scene(4);
    let valid = prover.instruction(&mut scene, purchase);
    let capsules = 34 + size_of::<DeliveryProof>();
    // But for the batch's first position, which says the records.
    let bytes = (1..valid.data.len()).filter(|at| *at != 33);
    for at in bytes {
        let mut flipped = valid.clone();
        flipped.data[at] ^= 1 << (at % 8);
        let settle_key = flipped.data[1..33].try_into().expect("32 bytes");
        let half = at.checked_sub(capsules).map(|at| at / 32);
        let decodes = half.is_none_or(|half| {
            let start = capsules + half * 32;
            curve::decodes(
                &flipped.data[start..start + 32]
                    .try_into()
                    .expect("32 bytes"),
            )
        });
        // A masked half goes through a subtraction, which tells that it does not decode.
        let masked = half.is_some_and(|half| half % 2 == 1);
        let rule = match masked && !decodes {
            true => GenerionError::InvalidPoint,
            false if !curve::decodes(&settle_key) => GenerionError::SettleKeyInvalid,
            false => GenerionError::DeliveryProofInvalid,
        };
        scene
            .world
            .refuses(flipped, &[&scene.stranger.wallet], rule);
    }
    scene.world.lands(valid, &[&scene.stranger.wallet]);
}

/// The proof is refused if any field differs that the statement takes from the ledger.
#[test]
fn refuses_another_value_in_every_field_of_the_ledger() {
    let (mut scene, purchase, prover) = scene(9);
    let valid = prover.instruction(&mut scene, purchase);
    let other = bytes(RistrettoPoint::mul_base(&Scalar::from(7_u8)));
    let edits: [fn(&mut Record, [u8; 32]); 3] = [
        |record, other| record.owner_key = other,
        |record, other| record.capsule.ephemeral = other,
        |record, other| record.capsule.masked = other,
    ];
    let rule = GenerionError::DeliveryProofInvalid;
    let signers = [&scene.stranger.wallet];
    for edit in edits {
        let before = scene.world.svm.clone();
        // All records of an order are made for one key, which is read from the batch's first.
        let edit = |record: &mut Record| edit(record, other);
        scene
            .world
            .edit::<Record>(&prover.statement.items[0].record, edit);
        scene.world.refuses(valid.clone(), &signers, rule);
        scene.world.svm = before;
    }
    let edits: [fn(&mut Purchase, [u8; 32]); 4] = [
        |purchase, other| purchase.buyer_key = other,
        |purchase, other| purchase.terms = other,
        |purchase, _| purchase.deadline += 1,
        |purchase, _| purchase.deadline -= 1,
    ];
    for edit in edits {
        let before = scene.world.svm.clone();
        let edit = |purchase: &mut Purchase| edit(purchase, other);
        scene.world.edit::<Purchase>(&purchase, edit);
        scene.world.refuses(valid.clone(), &signers, rule);
        scene.world.svm = before;
    }
    scene.world.lands(valid, &signers);
}

/// Scalars that are not reduced are refused.
#[test]
fn refuses_scalars_that_are_not_canonical() {
    let (mut scene, purchase, prover) = scene(5);
    let valid = prover.prove(&mut scene.world.rng);
    let (s1, s2) = (valid.owner_response, valid.ephemeral_response);
    let above = plus_order(Scalar::ONE.as_bytes());
    let owner_responses =
        [[0; 32], GROUP_ORDER, above, [0xff; 32], plus_order(&s1)].map(|owner_response| {
            DeliveryProof {
                owner_response,
                ..valid
            }
        });
    let ephemeral_responses =
        [[0; 32], GROUP_ORDER, above, [0xff; 32], plus_order(&s2)].map(|ephemeral_response| {
            DeliveryProof {
                ephemeral_response,
                ..valid
            }
        });
    for proof in owner_responses.into_iter().chain(ephemeral_responses) {
        let instruction = prover.instruction_with(&scene, purchase, proof);
        scene.world.refuses(
            instruction,
            &[&scene.stranger.wallet],
            GenerionError::DeliveryProofInvalid,
        );
    }
    let instruction = prover.instruction_with(&scene, purchase, valid);
    scene.world.lands(instruction, &[&scene.stranger.wallet]);
}

/// Non-canonical encodings of points are refused.
#[test]
fn refuses_points_that_are_not_canonical() {
    let (mut scene, purchase, prover) = scene(6);
    let proof = prover.prove(&mut scene.world.rng);
    let [_, not_canonical @ ..] = invalid_keys();
    for encoding in not_canonical {
        for (index, masked) in [(0, false), (0, true), (1, false), (1, true)] {
            let mut spoilt = Prover::new(&mut scene, purchase, 1, 2);
            spoilt.statement.items.clone_from(&prover.statement.items);
            let delivered = &mut spoilt.statement.items[index].delivered;
            *(if masked {
                &mut delivered.masked
            } else {
                &mut delivered.ephemeral
            }) = encoding;
            let instruction = spoilt.instruction_with(&scene, purchase, proof);
            let rule = if masked {
                GenerionError::InvalidPoint
            } else {
                GenerionError::DeliveryProofInvalid
            };
            scene
                .world
                .refuses(instruction, &[&scene.stranger.wallet], rule);
        }
    }
}

/// Identity points are refused, even with a valid proof.
#[test]
fn refuses_identity_points_though_the_proof_holds() {
    let (mut scene, purchase, mut prover) = scene(7);
    // r' = 0 would show the element to everybody, and look like an empty slot of the purchase.
    prover.ephemerals[1] = Scalar::ZERO;
    prover.reseal();
    refuses(&mut scene, purchase, &prover, GenerionError::InvalidPoint);

    // No instruction stores such keys; the proof is refused all the same.
    let original = scene.world.account(&purchase);
    scene
        .world
        .edit::<Purchase>(&purchase, |purchase| purchase.buyer_key = [0; 32]);
    let prover = Prover::new(&mut scene, purchase, 1, 2);
    refuses(&mut scene, purchase, &prover, GenerionError::InvalidPoint);
    scene
        .world
        .svm
        .set_account(purchase, original)
        .expect("no sysvar");
    let mut prover = Prover::new(&mut scene, purchase, 1, 2);
    for item in &prover.statement.items {
        scene
            .world
            .edit::<Record>(&item.record, |record| record.owner_key = [0; 32]);
    }
    (prover.secret, prover.statement.owner_key) = (Scalar::ZERO, [0; 32]);
    prover.reseal();
    refuses(&mut scene, purchase, &prover, GenerionError::InvalidPoint);
}
