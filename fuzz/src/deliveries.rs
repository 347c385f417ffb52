//! Delivery proofs: the verifier accepts only the proven statement, and agrees with a second
//! implementation of the formula.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
    traits::{IsIdentity, VartimeMultiscalarMul},
};
use generion::{
    constants::MAX_DELIVERY_BATCH,
    proof::{Capsule, delivery::DeliveryProof},
};
use generion_crypto::{
    capsule,
    delivery::{DeliveryRecord, deliver},
    keys::{EncryptionSecret, PurchaseSecret},
    record::RecordElement,
    settle::Sale,
};
use generion_reference_proofs::delivery::{Item, Statement, weights};
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::change::{Change, Shape, read};
use generion_native::world::{DEPLOYMENT, rng, secret};

// Program, purchase, deadline (8 bytes), terms, owner key, buyer key, settle key, e (16 bytes), s1, s2; then for each
// record its address, R, C, R', C'.
const DEADLINE: usize = 64;
const TERMS: usize = 72;
const OWNER_KEY: usize = 104;
const BUYER_KEY: usize = 136;
const SETTLE_KEY: usize = 168;
const CHALLENGE: usize = 200;
const OWNER_RESPONSE: usize = 216;
const EPHEMERAL_RESPONSE: usize = 248;
const ITEMS: usize = 280;
const ITEM: usize = 160;

/// Honest statements with their proofs, for every size of a batch.
static HONEST: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| (1..=MAX_DELIVERY_BATCH).map(honest).collect());

fn honest(count: usize) -> Vec<u8> {
    let rng = &mut rng(200 + count as u64);
    let (owner, buyer): (EncryptionSecret, PurchaseSecret) = (secret(8), secret(9));
    let records: Vec<_> = (0..count)
        .map(|index| DeliveryRecord {
            record: Address::new_from_array([100 + index as u8; 32]),
            capsule: capsule::seal(&RecordElement::random(rng), &owner.public_key(), rng).0,
        })
        .collect();
    let sale = Sale {
        deployment: DEPLOYMENT,
        purchase: Address::new_from_array([9; 32]),
        deadline: 1_790_000_000,
        buyer_key: buyer.public_key(),
        terms: [10; 32],
    };
    let delivery = deliver(&owner, &sale, &records, rng).expect("an honest batch");
    let mut bytes = [
        generion::ID.as_ref(),
        sale.purchase.as_ref(),
        &sale.deadline.to_le_bytes(),
        &sale.terms,
        &owner.public_key().to_bytes(),
        &sale.buyer_key.to_bytes(),
        &delivery.settle_key.to_bytes(),
        &delivery.proof.challenge,
        &delivery.proof.owner_response,
        &delivery.proof.ephemeral_response,
    ]
    .concat();
    for (record, delivered) in records.iter().zip(&delivery.capsules) {
        bytes.extend_from_slice(record.record.as_ref());
        bytes.extend_from_slice(record.capsule.as_bytes());
        bytes.extend_from_slice(delivered.as_bytes());
    }
    bytes
}

/// The number of records, and changes to the honest statement about them.
#[derive(Debug, Arbitrary)]
struct Input {
    count: u8,
    /// Whether to compute the formula even if the program refuses, which takes most of the time.
    compare: u8,
    moves: Vec<Move>,
}

#[derive(Debug, Arbitrary)]
enum Move {
    Change(Change),
    /// Two records exchanged, with all their fields.
    Exchange(u8, u8),
    /// A record left out.
    Drop(u8),
    /// A record twice.
    Repeat(u8),
}

/// Any bytes are an input: they select changes.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![Vec::new()];
    seeds.extend((1..=10).map(|count| vec![count, 0]));
    seeds.extend((0..=255).step_by(32).map(|byte| vec![byte; 24]));
    seeds
}

/// Changes an honest statement and verifies it.
pub fn run(input: &[u8]) {
    let Ok(Input {
        count,
        compare,
        moves,
    }) = Input::arbitrary_take_rest(Unstructured::new(input))
    else {
        return;
    };
    // Large batches take long, and batches of one and two reach most of the code: fewer numbers select larger ones.
    let count = match usize::from(count) {
        large @ 3..=10 => large,
        small => 1 + small % 2,
    };
    let honest = &HONEST[count - 1];
    let mut bytes = honest.clone();
    for change in moves.into_iter().take(8) {
        let items = (bytes.len() - ITEMS) / ITEM;
        let item = |index: u8| ITEMS + usize::from(index) % items * ITEM;
        match change {
            Move::Change(change) => change.apply(&mut bytes, &shape(items)),
            Move::Exchange(left, right) => {
                let (left, right) = (item(left), item(right));
                for offset in 0..ITEM {
                    bytes.swap(left + offset, right + offset);
                }
            }
            Move::Drop(index) if items > 1 => {
                bytes.drain(item(index)..item(index) + ITEM);
            }
            Move::Repeat(index) if items <= MAX_DELIVERY_BATCH => {
                bytes.extend_from_within(item(index)..item(index) + ITEM);
            }
            Move::Drop(_) | Move::Repeat(_) => {}
        }
    }

    let accepted = verify(&bytes);
    assert_eq!(accepted, bytes == *honest, "{count} records");
    if accepted || compare % 4 == 0 {
        assert_eq!(accepted, formula(&bytes).is_some(), "{count} records");
    }
}

fn shape(items: usize) -> Shape {
    let of_items = (0..items).flat_map(|item| {
        let start = ITEMS + item * ITEM;
        [32, 64, 96, 128].map(|offset| start + offset)
    });
    Shape {
        points: [OWNER_KEY, BUYER_KEY, SETTLE_KEY]
            .into_iter()
            .chain(of_items)
            .collect(),
        scalars: vec![OWNER_RESPONSE, EPHEMERAL_RESPONSE],
    }
}

/// The program's answer.
fn verify(bytes: &[u8]) -> bool {
    let proof = DeliveryProof {
        challenge: bytes[CHALLENGE..OWNER_RESPONSE]
            .try_into()
            .expect("16 bytes"),
        owner_response: read(bytes, OWNER_RESPONSE),
        ephemeral_response: read(bytes, EPHEMERAL_RESPONSE),
    };
    statement(bytes).verify(&proof).is_ok()
}

fn statement(bytes: &[u8]) -> Statement {
    let address = |bytes: &[u8], offset| Address::new_from_array(read(bytes, offset));
    let capsule = |item: &[u8], offset| Capsule {
        ephemeral: read(item, offset),
        masked: read(item, offset + 32),
    };
    let items = bytes[ITEMS..].chunks_exact(ITEM).map(|item| Item {
        record: address(item, 0),
        capsule: capsule(item, 32),
        delivered: capsule(item, 96),
    });
    Statement {
        program_id: address(bytes, 0),
        purchase: address(bytes, 32),
        deadline: i64::from_le_bytes(bytes[DEADLINE..TERMS].try_into().expect("8 bytes")),
        terms: read(bytes, TERMS),
        owner_key: read(bytes, OWNER_KEY),
        buyer_key: read(bytes, BUYER_KEY),
        settle_key: read(bytes, SETTLE_KEY),
        items: items.collect(),
    }
}

/// docs/PROTOCOL.md, section 6, with scalars that are reduced and sums taken one by one.
fn formula(bytes: &[u8]) -> Option<()> {
    let items: Vec<&[u8]> = bytes[ITEMS..].chunks_exact(ITEM).collect();
    if !(1..=10).contains(&items.len()) {
        return None;
    }
    let any = |bytes: &[u8], offset| CompressedRistretto(read(bytes, offset)).decompress();
    let valid = |bytes: &[u8], offset| any(bytes, offset).filter(|point| !point.is_identity());
    let scalar = |offset| Scalar::from_canonical_bytes(read(bytes, offset)).into_option();

    let owner_key = valid(bytes, OWNER_KEY)?;
    let delivery_key = valid(bytes, BUYER_KEY)? + valid(bytes, SETTLE_KEY)?;
    if delivery_key.is_identity() {
        return None;
    }
    let s1 = scalar(OWNER_RESPONSE).filter(|s1| *s1 != Scalar::ZERO)?;
    let s2 = scalar(EPHEMERAL_RESPONSE)?;
    let challenge = &bytes[CHALLENGE..OWNER_RESPONSE];
    let e = Scalar::from(u128::from_le_bytes(challenge.try_into().ok()?));

    let seed = statement(bytes).seed();
    let weights: Vec<_> = weights(&seed, items.len())
        .into_iter()
        .map(Scalar::from)
        .collect();

    let [mut ephemerals, mut delivered, mut differences] =
        [const { Vec::<RistrettoPoint>::new() }; 3];
    for item in items {
        ephemerals.push(any(item, 32)?);
        delivered.push(valid(item, 96)?);
        differences.push(any(item, 128)? - any(item, 64)?);
    }
    let weighted =
        |points: &[RistrettoPoint]| RistrettoPoint::vartime_multiscalar_mul(&weights, points);
    let t1 = RistrettoPoint::vartime_double_scalar_mul_basepoint(&e, &owner_key, &s1);
    let t2 = RistrettoPoint::vartime_double_scalar_mul_basepoint(&e, &weighted(&delivered), &s2);
    let t3 = RistrettoPoint::vartime_multiscalar_mul(
        [s2, -s1, e],
        [delivery_key, weighted(&ephemerals), weighted(&differences)],
    );
    let hash = Sha256::new()
        .chain_update(seed)
        .chain_update(t1.compress().as_bytes())
        .chain_update(t2.compress().as_bytes())
        .chain_update(t3.compress().as_bytes())
        .finalize();
    (hash[..16] == *challenge).then_some(())
}
