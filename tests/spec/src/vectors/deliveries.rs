use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    proof::delivery::{self, DeliveryItem, DeliveryProof, DeliveryStatement},
};
use generion_crypto::{
    Capsule, capsule,
    delivery::{DeliveryRecord, deliver},
    keys::EncryptionSecret,
    record::RecordElement,
};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use solana_address::Address;

use super::support::{
    Tape, address, base58, compress, encryption_secret, hex, not_points, plus_order, program,
    purchase_secret, scalar, seed,
};

/// A delivery with its statement.
#[derive(Clone)]
struct Delivered {
    program_id: Address,
    purchase: Address,
    owner_key: [u8; 32],
    buyer_key: [u8; 32],
    records: Vec<(DeliveryRecord, Capsule)>,
    proof: DeliveryProof,
}

impl Delivered {
    fn with_statement<T>(&self, run: impl FnOnce(DeliveryStatement<'_>) -> T) -> T {
        let items = self.records.iter();
        let items: Vec<_> = items
            .map(
                |(DeliveryRecord { record, capsule }, delivered)| DeliveryItem {
                    record,
                    capsule,
                    delivered,
                },
            )
            .collect();
        run(DeliveryStatement {
            program_id: &self.program_id,
            purchase: &self.purchase,
            owner_key: &self.owner_key,
            buyer_key: &self.buyer_key,
            items: &items,
        })
    }

    fn verify(&self) -> Result<(), GenerionError> {
        self.with_statement(|statement| statement.verify(&self.proof))
    }

    fn to_json(&self, name: &str) -> Value {
        let records = self.records.iter().map(|(record, delivered)| {
            json!({
                "record": base58(&record.record),
                "capsule": hex(record.capsule.as_bytes()),
                "delivered": hex(delivered.as_bytes()),
            })
        });
        json!({
            "name": name,
            "program_id": base58(&self.program_id),
            "purchase": base58(&self.purchase),
            "owner_key": hex(self.owner_key),
            "buyer_key": hex(self.buyer_key),
            "records": records.collect::<Vec<_>>(),
            "challenge": hex(self.proof.challenge),
            "owner_response": hex(self.proof.owner_response),
            "ephemeral_response": hex(self.proof.ephemeral_response),
        })
    }
}

/// Records of a batch, with their elements.
fn records(
    owner: &EncryptionSecret,
    count: usize,
    tape: &mut Tape,
) -> Vec<(DeliveryRecord, RistrettoPoint)> {
    let records = (0..count).map(|index| {
        let element = RecordElement::random(tape);
        let point = RistrettoPoint::from_uniform_bytes(&tape.given());
        let (capsule, _) = capsule::seal(&element, &owner.public_key(), tape);
        tape.given::<64>();
        let record = address(&format!("delivered record {index}"));
        (DeliveryRecord { record, capsule }, point)
    });
    records.collect()
}

/// An honest delivery, and its vector: every intermediate value computed a second time.
fn delivered(count: usize) -> (Delivered, Value) {
    let name = format!("{count} of one order");
    let owner = encryption_secret("patient", &program(), 0);
    let buyer = purchase_secret("buyer", &program(), &address("order"));
    let purchase = address("purchase");
    let mut tape = Tape::new(&name);
    let (records, elements): (Vec<_>, Vec<_>) =
        records(&owner, count, &mut tape).into_iter().unzip();
    let delivery = deliver(
        &program(),
        &purchase,
        &owner,
        &buyer.public_key(),
        &records,
        &mut tape,
    )
    .expect("an honest batch");
    let random: [u8; 64] = tape.given();
    let delivered = Delivered {
        program_id: program(),
        purchase,
        owner_key: owner.public_key().to_bytes(),
        buyer_key: buyer.public_key().to_bytes(),
        records: records.into_iter().zip(delivery.capsules).collect(),
        proof: delivery.proof,
    };
    delivered.verify().expect("an honest proof");

    let (x, b) = (scalar(&owner.to_bytes()), scalar(&buyer.to_bytes()));
    let hedge = Hkdf::<Sha512>::new(None, &[owner.to_bytes().as_slice(), &random].concat());
    let hedged = |label: &[u8], index: u8, context: &[u8]| {
        let mut wide = [0; 64];
        hedge
            .expand_multi_info(&[purchase.as_ref(), label, &[index], context], &mut wide)
            .expect("64 bytes");
        Scalar::from_bytes_mod_order_wide(&wide)
    };
    let mut statement = [
        b"generion/delivery/v1".as_slice(),
        program().as_ref(),
        purchase.as_ref(),
        &delivered.owner_key,
        &delivered.buyer_key,
        &[count as u8],
    ]
    .concat();
    let mut ephemerals = Vec::new();
    for (index, ((record, delivered_capsule), element)) in
        delivered.records.iter().zip(&elements).enumerate()
    {
        let context = [
            delivered.buyer_key.as_slice(),
            record.record.as_ref(),
            record.capsule.as_bytes(),
        ]
        .concat();
        let ephemeral = hedged(b"ephemeral", index as u8, &context);
        assert_eq!(
            delivered_capsule.ephemeral,
            compress(&RistrettoPoint::mul_base(&ephemeral))
        );
        let shared = b * RistrettoPoint::mul_base(&ephemeral);
        assert_eq!(delivered_capsule.masked, compress(&(element + shared)));
        ephemerals.push(ephemeral);
        statement.extend_from_slice(record.record.as_ref());
        statement.extend_from_slice(record.capsule.as_bytes());
        statement.extend_from_slice(delivered_capsule.as_bytes());
    }
    let seed: [u8; 32] = Sha256::digest(&statement).into();
    let weights = weights_of(&seed, count);
    let folded: RistrettoPoint = delivered
        .records
        .iter()
        .zip(&weights)
        .map(|((record, _), weight)| {
            let point = CompressedRistretto(record.capsule.ephemeral).decompress();
            Scalar::from(*weight) * point.expect("a point")
        })
        .sum();
    let folded_scalar: Scalar = ephemerals
        .iter()
        .zip(&weights)
        .map(|(scalar, weight)| Scalar::from(*weight) * scalar)
        .sum();
    let [k1, k2] = [1, 2].map(|index| hedged(b"commitment", index, &seed));
    let buyer_point = RistrettoPoint::mul_base(&b);
    let commitments = [
        RistrettoPoint::mul_base(&k1),
        RistrettoPoint::mul_base(&k2),
        k2 * buyer_point - k1 * folded,
    ]
    .map(|point| compress(&point));
    let hash = Sha256::digest([seed.as_slice(), commitments.as_flattened()].concat());
    assert_eq!(delivered.proof.challenge, hash[..16]);
    let e = Scalar::from(u128::from_le_bytes(delivered.proof.challenge));
    assert_eq!(delivered.proof.owner_response, (k1 - e * x).to_bytes());
    let ephemeral_response = (k2 - e * folded_scalar).to_bytes();
    assert_eq!(delivered.proof.ephemeral_response, ephemeral_response);

    let scalars = |scalars: &[Scalar]| -> Vec<Value> {
        scalars
            .iter()
            .map(|scalar| hex(scalar.to_bytes()))
            .collect()
    };
    let mut case = delivered.to_json(&name);
    case["owner_secret"] = hex(*owner.to_bytes());
    case["buyer_secret"] = hex(*buyer.to_bytes());
    case["random"] = hex(random);
    case["elements"] = elements.iter().map(|point| hex(compress(point))).collect();
    case["ephemeral_scalars"] = scalars(&ephemerals).into();
    case["statement"] = hex(&statement);
    case["seed"] = hex(seed);
    case["weights"] = weights
        .iter()
        .map(|weight| hex(weight.to_le_bytes()))
        .collect();
    case["commitment_scalars"] = scalars(&[k1, k2]).into();
    case["commitments"] = commitments.map(hex).to_vec().into();
    (delivered, case)
}

/// The weights as the protocol's text has them.
fn weights_of(seed: &[u8; 32], count: usize) -> Vec<u128> {
    let weight = |index: usize| {
        if index == 0 {
            return 1;
        }
        let hash = Sha256::digest([seed.as_slice(), &[((index - 1) / 2) as u8]].concat());
        let half = if index % 2 == 1 {
            &hash[..16]
        } else {
            &hash[16..]
        };
        u128::from_le_bytes(half.try_into().expect("16 bytes")) & (u128::MAX >> 4)
    };
    let weights: Vec<_> = (0..count).map(weight).collect();
    assert!(delivery::weights(seed, count).eq(weights.iter().copied()));
    weights
}

pub(super) fn weights() -> Value {
    let cases = ["one seed", "another seed"].map(|name| {
        let seed = seed(name);
        let weights = weights_of(&seed, 10).into_iter();
        json!({
            "seed": hex(seed),
            "weights": weights.map(|weight| hex(weight.to_le_bytes())).collect::<Vec<_>>(),
        })
    });
    json!({
        "about": "Weights of a batch of ten (docs/PROTOCOL.md, section 6), 16 bytes each, little-endian. A smaller batch \
                  takes the first of them.",
        "cases": cases,
    })
}

pub(super) fn all() -> Value {
    let cases: Vec<_> = [1, 2, 3, 9, 10]
        .into_iter()
        .map(|count| delivered(count).1)
        .collect();
    json!({
        "about": "Deliveries (docs/PROTOCOL.md, section 6): with the seller's `owner_secret` and `random` a prover makes \
                  exactly these capsules and proofs. `seed` is the hash of `statement`. What is refused, is with this error \
                  of the program.",
        "cases": cases,
        "refused": refused(),
    })
}

fn refused() -> Vec<Value> {
    let (honest, _) = delivered(3);
    let (one, _) = delivered(1);
    let changed = |change: &dyn Fn(&mut Delivered)| {
        let mut changed = honest.clone();
        change(&mut changed);
        changed
    };
    let other_owner = encryption_secret("doctor", &program(), 0)
        .public_key()
        .to_bytes();
    let other_buyer = purchase_secret("buyer", &program(), &address("another order"))
        .public_key()
        .to_bytes();
    let mut cases = vec![
        (
            "another program",
            changed(&|d| d.program_id = address("another program")),
        ),
        (
            "another purchase",
            changed(&|d| d.purchase = address("another purchase")),
        ),
        ("another owner key", changed(&|d| d.owner_key = other_owner)),
        ("another buyer key", changed(&|d| d.buyer_key = other_buyer)),
        (
            "another record's address",
            changed(&|d| d.records[1].0.record = address("another record")),
        ),
        (
            "another record's capsule",
            changed(&|d| d.records[1].0.capsule = d.records[0].0.capsule),
        ),
        ("records swapped", changed(&|d| d.records.swap(0, 1))),
        (
            "delivered capsules swapped",
            changed(&|d| {
                let first = d.records[0].1;
                d.records[0].1 = d.records[1].1;
                d.records[1].1 = first;
            }),
        ),
        (
            "one record fewer",
            changed(&|d| {
                d.records.pop();
            }),
        ),
        (
            "another delivered ephemeral half",
            changed(&|d| d.records[2].1.ephemeral = d.records[0].1.ephemeral),
        ),
        (
            "another delivered masked half",
            changed(&|d| shift(&mut d.records[2].1.masked, 1)),
        ),
        (
            "errors that cancel without weights",
            changed(&|d| {
                shift(&mut d.records[0].1.masked, 1);
                shift(&mut d.records[1].1.masked, -1);
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
            changed(&|d| d.owner_key = [0; 32]),
        ),
        (
            "buyer key: the identity",
            changed(&|d| d.buyer_key = [0; 32]),
        ),
        (
            "delivered ephemeral half: the identity",
            changed(&|d| d.records[0].1.ephemeral = [0; 32]),
        ),
        ("no records", changed(&|d| d.records.clear())),
        (
            "eleven records",
            changed(&|d| d.records = vec![d.records[0]; 11]),
        ),
    ];
    for (name, bytes) in not_points() {
        cases.push((name, changed(&|d| d.records[1].1.masked = bytes)));
        cases.push((name, changed(&|d| d.records[1].1.ephemeral = bytes)));
    }
    let refused = cases.into_iter().map(|(name, changed)| {
        let mut case = changed.to_json(name);
        case["error"] = format!("{:?}", changed.verify().expect_err(name)).into();
        case
    });
    refused.collect()
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
