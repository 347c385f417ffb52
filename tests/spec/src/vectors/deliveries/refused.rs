//! Deliveries that the program refuses.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::GenerionError;
use generion_reference_proofs::group_order::plus_order;
use serde_json::Value;

use super::{
    super::support::{
        Half, address, compress, deployment, encryption_secret, not_points, purchase_secret,
        spoiled_halves,
    },
    samples::{Delivered, delivered},
};

pub(super) fn all() -> Vec<Value> {
    let (honest, _) = delivered(3);
    let (one, _) = delivered(1);
    let changed = |change: &dyn Fn(&mut Delivered)| {
        let mut changed = honest.clone();
        change(&mut changed);
        changed
    };
    let other_owner = encryption_secret("doctor", &deployment(), 0)
        .public_key()
        .to_bytes();
    let other_buyer = purchase_secret("buyer", &deployment(), &address("another order"))
        .public_key()
        .to_bytes();
    let point = |bytes: [u8; 32]| CompressedRistretto(bytes).decompress().expect("a point");
    let cases = [
        (
            "another program",
            changed(&|d| d.statement.program_id = address("another program")),
        ),
        (
            "another purchase",
            changed(&|d| d.statement.purchase = address("another purchase")),
        ),
        (
            "another owner key",
            changed(&|d| d.statement.owner_key = other_owner),
        ),
        (
            "another buyer key",
            changed(&|d| d.statement.buyer_key = other_buyer),
        ),
        (
            "another settle key",
            changed(&|d| d.statement.settle_key = other_buyer),
        ),
        (
            "another buyer key and settle key, of the same sum",
            changed(&|d| {
                shift(&mut d.statement.buyer_key, 1);
                shift(&mut d.statement.settle_key, -1);
            }),
        ),
        (
            "buyer key and settle key in each other's place",
            changed(&|d| core::mem::swap(&mut d.statement.buyer_key, &mut d.statement.settle_key)),
        ),
        ("other terms", changed(&|d| d.statement.terms[0] ^= 1)),
        (
            "a deadline a second later",
            changed(&|d| d.statement.deadline += 1),
        ),
        (
            "another record's address",
            changed(&|d| d.statement.items[1].record = address("another record")),
        ),
        (
            "another record's capsule",
            changed(&|d| d.statement.items[1].capsule = d.statement.items[0].capsule),
        ),
        (
            "records swapped",
            changed(&|d| d.statement.items.swap(0, 1)),
        ),
        (
            "delivered capsules swapped",
            changed(&|d| {
                let first = d.statement.items[0].delivered;
                d.statement.items[0].delivered = d.statement.items[1].delivered;
                d.statement.items[1].delivered = first;
            }),
        ),
        (
            "one record fewer",
            changed(&|d| {
                d.statement.items.pop();
            }),
        ),
        (
            "another delivered ephemeral half",
            changed(&|d| {
                d.statement.items[2].delivered.ephemeral = d.statement.items[0].delivered.ephemeral
            }),
        ),
        (
            "another delivered masked half",
            changed(&|d| shift(&mut d.statement.items[2].delivered.masked, 1)),
        ),
        (
            "errors that cancel without weights",
            changed(&|d| {
                shift(&mut d.statement.items[0].delivered.masked, 1);
                shift(&mut d.statement.items[1].delivered.masked, -1);
            }),
        ),
        ("another challenge", changed(&|d| d.proof.challenge[0] ^= 1)),
        (
            "another response for the owner",
            changed(&|d| d.proof.owner_response[0] ^= 1),
        ),
        (
            "another response for the ephemerals",
            changed(&|d| d.proof.ephemeral_response[0] ^= 1),
        ),
        ("another batch's proof", changed(&|d| d.proof = one.proof)),
        (
            "the owner's response with the group order added",
            changed(&|d| {
                d.proof.owner_response = plus_order(&d.proof.owner_response);
            }),
        ),
        (
            "the ephemerals' response with the group order added",
            changed(&|d| {
                d.proof.ephemeral_response = plus_order(&d.proof.ephemeral_response);
            }),
        ),
        (
            "the owner's response zero",
            changed(&|d| d.proof.owner_response = [0; 32]),
        ),
        (
            "owner key: the identity",
            changed(&|d| d.statement.owner_key = [0; 32]),
        ),
        (
            "buyer key: the identity",
            changed(&|d| d.statement.buyer_key = [0; 32]),
        ),
        (
            "settle key: the identity",
            changed(&|d| d.statement.settle_key = [0; 32]),
        ),
        (
            "settle key: the buyer's negated, so that the sum is the identity",
            changed(&|d| d.statement.settle_key = compress(&-point(d.statement.buyer_key))),
        ),
        (
            "delivered ephemeral half: the identity",
            changed(&|d| d.statement.items[0].delivered.ephemeral = [0; 32]),
        ),
        ("no records", changed(&|d| d.statement.items.clear())),
        (
            "eleven records",
            changed(&|d| d.statement.items = vec![d.statement.items[0]; 11]),
        ),
    ];
    let cases = cases
        .into_iter()
        .map(|(name, changed)| (name.to_owned(), changed));
    let cases = cases.chain(spoiled(&honest)).chain(spoiled(&one));
    let refused = cases.map(|(name, changed)| {
        let mut case = changed.to_json(&name);
        case["error"] = format!("{:?}", changed.verify().expect_err(&name)).into();
        case
    });
    refused.collect()
}

/// Deliveries in which one key or one half of a capsule is not a point. The error of the program depends on the operation
/// that reads the bytes first.
fn spoiled(honest: &Delivered) -> Vec<(String, Delivered)> {
    let last = honest.statement.items.len() - 1;
    let batch = match last {
        0 => "of one record",
        _ => "of several records",
    };
    let mut cases = Vec::new();
    for (half, name, bytes) in spoiled_halves() {
        let mut changed = honest.clone();
        *half.of(&mut changed.statement.items[last].delivered) = bytes;
        assert_eq!(
            changed.verify(),
            Err(match half {
                Half::Ephemeral => GenerionError::DeliveryProofInvalid,
                Half::Masked => GenerionError::InvalidPoint,
            })
        );
        cases.push((format!("delivered {name} ({batch})"), changed));

        let mut changed = honest.clone();
        *half.of(&mut changed.statement.items[last].capsule) = bytes;
        cases.push((format!("the record's {name} ({batch})"), changed));
    }
    for (reason, bytes) in not_points() {
        let with = |place: &str, change: &dyn Fn(&mut Delivered)| {
            let mut changed = honest.clone();
            change(&mut changed);
            (format!("{place}: {reason} ({batch})"), changed)
        };
        cases.push(with("owner key", &|d| d.statement.owner_key = bytes));
        cases.push(with("buyer key", &|d| d.statement.buyer_key = bytes));
        cases.push(with("settle key", &|d| d.statement.settle_key = bytes));
    }
    cases
}

/// Adds a multiple of the generator.
fn shift(point: &mut [u8; 32], by: i8) {
    let generator = RistrettoPoint::mul_base(&Scalar::from(by.unsigned_abs()));
    let shifted = CompressedRistretto(*point).decompress().expect("a point");
    *point = compress(&if by < 0 {
        shifted - generator
    } else {
        shifted + generator
    });
}
