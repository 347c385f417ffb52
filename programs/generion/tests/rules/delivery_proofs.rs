//! The delivery proof: what the verifier accepts, and every statement and proof that it refuses.

mod prover;

use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::{
        delivery::{challenge, weights},
        scalar::{multiply, negate},
    },
};
use sha2::{Digest, Sha256};

use crate::{
    reference_proofs::{
        delivery::{self, Item},
        group_order::plus_order,
    },
    support::{NO_POINTS, address, bytes, key, point, scalar},
};
use prover::Made;

const INVALID: GenerionError = GenerionError::DeliveryProofInvalid;

#[test]
fn a_second_provers_proof_holds_for_every_batch() {
    for count in 1..=10 {
        assert_eq!(Made::of(count).verify(), Ok(()), "{count}");
    }
}

#[test]
fn a_batch_has_one_to_ten_records() {
    let mut none = Made::of(1);
    none.statement.items.clear();
    assert_eq!(none.verify(), Err(GenerionError::BatchLength));
    let mut eleven = Made::of(10);
    eleven.statement.items.push(eleven.statement.items[0]);
    eleven.prove();
    assert_eq!(eleven.verify(), Err(GenerionError::BatchLength));
    assert_eq!(
        eleven.statement.with(|statement| statement.seed()),
        Err(GenerionError::BatchLength)
    );
}

#[test]
fn it_holds_for_nothing_else() {
    for count in [1, 2, 3, 5] {
        let made = Made::of(count);
        made.refused(|made| made.statement.program_id = address(9), INVALID);
        made.refused(|made| made.statement.purchase = address(9), INVALID);
        for bit in 0..64 {
            made.refused(|made| made.statement.deadline ^= 1 << bit, INVALID);
        }
        for byte in 0..32 {
            made.refused(|made| made.statement.terms[byte] ^= 1, INVALID);
        }
        made.refused(|made| made.statement.owner_key = key("y"), INVALID);
        made.refused(|made| made.statement.buyer_key = key("y"), INVALID);
        made.refused(|made| made.statement.settle_key = key("y"), INVALID);
        for index in 0..usize::from(count) {
            let item = |change: fn(&mut Item)| {
                move |made: &mut Made| change(&mut made.statement.items[index])
            };
            made.refused(item(|item| item.record = address(9)), INVALID);
            made.refused(item(|item| item.capsule.ephemeral = key("y")), INVALID);
            made.refused(item(|item| item.capsule.masked = key("y")), INVALID);
            made.refused(item(|item| item.delivered.ephemeral = key("y")), INVALID);
            made.refused(item(|item| item.delivered.masked = key("y")), INVALID);
        }
        for byte in 0..16 {
            made.refused(|made| made.proof.challenge[byte] ^= 1, INVALID);
        }
        made.refused(|made| made.proof.owner_response[0] ^= 1, INVALID);
        made.refused(|made| made.proof.ephemeral_response[0] ^= 1, INVALID);
    }
}

#[test]
fn responses_must_be_canonical() {
    fn order(response: &mut [u8; 32]) {
        *response = plus_order(response);
    }
    for count in [1, 3] {
        let made = Made::of(count);
        made.refused(|made| order(&mut made.proof.owner_response), INVALID);
        made.refused(|made| order(&mut made.proof.ephemeral_response), INVALID);
        made.refused(|made| made.proof.owner_response = [0; 32], INVALID);
        made.refused(|made| made.proof.owner_response = [0xff; 32], INVALID);
        made.refused(|made| made.proof.ephemeral_response = [0xff; 32], INVALID);
    }
}

/// What a cheating seller proves after changing the statement: the hash then fits, and only the equations refuse it.
#[test]
fn a_false_statement_can_not_be_proven() {
    for count in [1_u8, 2, 4] {
        let made = Made::of(count);
        made.refused(
            |made| {
                made.statement.owner_key = key("y");
                made.prove();
            },
            INVALID,
        );
        for index in 0..usize::from(count) {
            made.refused(
                |made| {
                    made.statement.items[index].delivered.masked = key("something else");
                    made.prove();
                },
                INVALID,
            );
            made.refused(
                |made| {
                    made.statement.items[index].delivered.ephemeral = key("another r'");
                    made.prove();
                },
                INVALID,
            );
        }
    }
}

/// Errors that cancel in a plain sum don't under weights that are drawn after them.
#[test]
fn errors_do_not_cancel() {
    for count in 2..=10 {
        let made = Made::of(count);
        for other in 1..usize::from(count) {
            made.refused(
                |made| {
                    let mut add = |index: usize, error: RistrettoPoint| {
                        let masked = &mut made.statement.items[index].delivered.masked;
                        let before = curve25519_dalek::ristretto::CompressedRistretto(*masked);
                        *masked = bytes(before.decompress().unwrap() + error);
                    };
                    add(0, point(&scalar("error")));
                    add(other, -point(&scalar("error")));
                    made.prove();
                },
                INVALID,
            );
        }
    }
}

#[test]
fn records_can_not_be_swapped() {
    let made = Made::of(3);
    made.refused(|made| made.statement.items.swap(0, 1), INVALID);
    made.refused(
        |made| {
            let first = made.statement.items[0].delivered;
            made.statement.items[0].delivered = made.statement.items[2].delivered;
            made.statement.items[2].delivered = first;
            made.prove();
        },
        INVALID,
    );
}

#[test]
fn keys_and_ephemeral_halves_are_not_the_identity() {
    let no_point = GenerionError::InvalidPoint;
    for count in [1, 3] {
        let made = Made::of(count);
        made.refused(|made| made.statement.owner_key = IDENTITY, no_point);
        made.refused(|made| made.statement.buyer_key = IDENTITY, no_point);
        for index in 0..usize::from(count) {
            made.refused(
                |made| made.statement.items[index].delivered.ephemeral = IDENTITY,
                no_point,
            );
            for bad in NO_POINTS {
                made.refused(
                    |made| made.statement.items[index].delivered.masked = bad,
                    no_point,
                );
                made.refused(
                    |made| made.statement.items[index].capsule.masked = bad,
                    no_point,
                );
                made.refused(
                    |made| made.statement.items[index].delivered.ephemeral = bad,
                    INVALID,
                );
                made.refused(
                    |made| made.statement.items[index].capsule.ephemeral = bad,
                    INVALID,
                );
            }
        }
        for bad in NO_POINTS {
            made.refused(|made| made.statement.owner_key = bad, INVALID);
        }
    }
}

const NO_SETTLE_KEY: GenerionError = GenerionError::SettleKeyInvalid;

#[test]
fn the_settle_key_is_a_point_and_does_not_cancel_the_buyers() {
    for count in [1, 3] {
        let made = Made::of(count);
        made.refused(|made| made.statement.settle_key = IDENTITY, NO_SETTLE_KEY);
        // S = -B: the capsules would be made for nobody, and show their elements to everybody.
        let minus_b = bytes(-point(&scalar("b")));
        made.refused(|made| made.statement.settle_key = minus_b, NO_SETTLE_KEY);
        for bad in NO_POINTS {
            made.refused(|made| made.statement.settle_key = bad, NO_SETTLE_KEY);
            made.refused(|made| made.statement.buyer_key = bad, NO_SETTLE_KEY);
        }
        // Where several keys are wrong, those that the ledger holds answer first.
        let both = |made: &mut Made| {
            (made.statement.buyer_key, made.statement.settle_key) = (IDENTITY, IDENTITY)
        };
        made.refused(both, GenerionError::InvalidPoint);
        let both = |made: &mut Made| {
            (made.statement.owner_key, made.statement.settle_key) = (IDENTITY, [0xff; 32])
        };
        made.refused(both, GenerionError::InvalidPoint);
    }
}

/// The prover of all keys at once: what it makes is right for whatever `S` it chose, its own, the buyer's, or the owner's.
#[test]
fn any_settle_key_that_the_seller_knows_will_do() {
    for name in ["another", "b", "x"] {
        for count in [1, 4] {
            let mut made = Made::of(count);
            made.statement.settle_key = key(name);
            made.capsule_scalar = scalar("b") + scalar(name);
            made.reseal();
            made.prove();
            assert_eq!(made.verify(), Ok(()), "{name}");
        }
    }
}

/// Capsules made for `B` alone, for `S` alone, or for some of each, are not for `B + S`: nothing is shown before the
/// seller settles, and something can be opened after.
#[test]
fn capsules_for_another_sum_are_refused() {
    let (b, s) = (scalar("b"), scalar("s"));
    let sums = [b, s, b - s, b + s + s, b + b + s, Scalar::ZERO];
    for count in [1_u8, 3] {
        for sum in sums {
            // All of them, then the last one alone.
            let mut all = Made::of(count);
            all.capsule_scalar = sum;
            all.reseal();
            let mut mixed = Made::of(count);
            let last = usize::from(count) - 1;
            mixed.statement.items[last].delivered = all.statement.items[last].delivered;
            for (mut made, scalars) in [(all, [sum, b + s]), (mixed, [b + s, sum])] {
                for scalar in scalars {
                    made.capsule_scalar = scalar;
                    made.prove();
                    assert_eq!(made.verify(), Err(INVALID));
                }
            }
        }
    }
}

/// With the identity as key everything opens to everybody, and the equations hold: only the rules stand against it.
#[test]
fn a_proof_under_the_identity_is_refused_by_the_rules() {
    let refused = |buyer_key, settle_key, capsule_scalar: Scalar, error| {
        let mut made = Made::of(2);
        (made.statement.buyer_key, made.statement.settle_key) = (buyer_key, settle_key);
        made.capsule_scalar = capsule_scalar;
        made.reseal();
        made.prove();
        assert_eq!(made.verify(), Err(error));
    };
    let (b, s) = (scalar("b"), scalar("s"));
    refused(IDENTITY, key("s"), s, GenerionError::InvalidPoint);
    refused(key("b"), IDENTITY, b, NO_SETTLE_KEY);
    refused(key("b"), bytes(-point(&b)), Scalar::ZERO, NO_SETTLE_KEY);
}

#[test]
fn weights_are_one_and_then_124_bits_each() {
    let made = Made::of(10);
    let seed = made.statement.with(|statement| statement.seed()).unwrap();
    assert_eq!(seed, made.statement.seed());
    let drawn: Vec<_> = weights(&seed, 10).collect();
    assert_eq!(drawn, delivery::weights(&seed, 10));
    assert!(weights(&seed, 10).all(|weight| weight < 1 << 124));
    assert_eq!(weights(&seed, 0).count(), 0);
}

#[test]
fn the_challenge_is_the_first_half_of_a_hash() {
    let commitments = [[1; 32], [2; 32], [3; 32]];
    let hash = Sha256::digest([[9; 32], [1; 32], [2; 32], [3; 32]].concat());
    assert_eq!(challenge(&[9; 32], &commitments), hash[..16]);
}

/// Limbs of all ones, single bits, and bytes that differ everywhere.
fn numbers() -> Vec<u128> {
    let mut numbers = vec![
        0,
        1,
        2,
        3,
        u128::MAX >> 4,
        0x0123_4567_89ab_cdef_0fed_cba9_8765_4321,
    ];
    numbers.extend([31, 32, 33, 63, 64, 65, 95, 96, 97, 123].map(|bit| 1 << bit));
    numbers.extend([32, 64, 96, 124].map(|bits| (1_u128 << bits) - 1));
    numbers.extend([32, 64, 96].map(|bits| 0xffff_ffff << (bits - 1)));
    numbers
}

#[test]
fn products_are_those_of_the_group() {
    for weight in numbers().into_iter().filter(|weight| *weight < 1 << 124) {
        for challenge in numbers()
            .into_iter()
            .chain([u128::MAX, u128::MAX - 1, 1 << 127])
        {
            let product = Scalar::from(challenge) * Scalar::from(weight);
            assert_eq!(
                multiply(challenge, weight),
                product.to_bytes(),
                "{challenge:x} {weight:x}"
            );
        }
    }
}

#[test]
fn a_negated_scalar_and_the_scalar_are_zero_together() {
    let one = Scalar::ONE;
    let small = numbers().into_iter().skip(1).map(Scalar::from);
    let shifted = numbers()
        .into_iter()
        .skip(1)
        .map(|number| Scalar::from(number) * Scalar::from(1_u128 << 124));
    let others = ["a", "b", "c", "d"].map(scalar);
    for scalar in small
        .chain(shifted)
        .chain(others)
        .chain([one, -one, -one - one])
    {
        assert_eq!(
            negate(&scalar.to_bytes()),
            (-scalar).to_bytes(),
            "{scalar:?}"
        );
    }
}
