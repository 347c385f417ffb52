//! Deliveries with their statements, and a second prover.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    proof::delivery::{self, DeliveryItem, DeliveryProof, DeliveryStatement},
};
use generion_crypto::{
    Capsule, capsule,
    delivery::{DeliveryRecord, deliver, open_settled},
    keys::{EncryptionSecret, PurchaseSecret},
    record::RecordElement,
    settle::SettleSecret,
};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use solana_address::Address;

use super::super::{
    settle_keys::sale,
    support::{
        Tape, address, base58, compress, decimal, deployment, encryption_secret, genesis, hex,
        program, purchase_secret, scalar, wallet_address,
    },
};

/// A delivery with its statement.
#[derive(Clone)]
pub struct Delivered {
    pub program_id: Address,
    pub purchase: Address,
    pub deadline: i64,
    pub terms: [u8; 32],
    pub owner_key: [u8; 32],
    pub buyer_key: [u8; 32],
    pub settle_key: [u8; 32],
    pub records: Vec<(DeliveryRecord, Capsule)>,
    pub proof: DeliveryProof,
}

impl Delivered {
    pub fn with_statement<T>(&self, run: impl FnOnce(DeliveryStatement<'_>) -> T) -> T {
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
            deadline: self.deadline,
            terms: &self.terms,
            owner_key: &self.owner_key,
            buyer_key: &self.buyer_key,
            settle_key: &self.settle_key,
            items: &items,
        })
    }

    pub fn verify(&self) -> Result<(), GenerionError> {
        self.with_statement(|statement| statement.verify(&self.proof))
    }

    pub fn to_json(&self, name: &str) -> Value {
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
            "deadline": decimal(self.deadline),
            "terms": hex(self.terms),
            "owner_key": hex(self.owner_key),
            "buyer_key": hex(self.buyer_key),
            "settle_key": hex(self.settle_key),
            "records": records.collect::<Vec<_>>(),
            "challenge": hex(self.proof.challenge),
            "owner_response": hex(self.proof.owner_response),
            "ephemeral_response": hex(self.proof.ephemeral_response),
        })
    }
}

/// The records of a batch with their elements.
pub fn records(
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

/// An honest delivery and its vector, with every intermediate value computed independently.
pub fn delivered(count: usize) -> (Delivered, Value) {
    let name = format!("{count} of one order");
    let owner = encryption_secret("patient", &deployment(), 0);
    let buyer = purchase_secret("buyer", &deployment(), &address("order"));
    let sale = sale();
    let mut tape = Tape::new(&name);
    let (records, elements): (Vec<_>, Vec<_>) =
        records(&owner, count, &mut tape).into_iter().unzip();
    let delivery = deliver(&owner, &sale, &records, &mut tape).expect("an honest batch");
    let random: [u8; 64] = tape.given();
    let delivered = Delivered {
        program_id: program(),
        purchase: sale.purchase,
        deadline: sale.deadline,
        terms: sale.terms,
        owner_key: owner.public_key().to_bytes(),
        buyer_key: buyer.public_key().to_bytes(),
        settle_key: delivery.settle_key.to_bytes(),
        records: records.into_iter().zip(delivery.capsules).collect(),
        proof: delivery.proof,
    };
    delivered.verify().expect("an honest proof");

    let (x, b) = (scalar(&owner.to_bytes()), scalar(&buyer.to_bytes()));
    let settle_secret = SettleSecret::derive(&owner, &sale).expect("a usable key");
    let s = scalar(&settle_secret.to_bytes());
    assert_eq!(
        delivered.settle_key,
        compress(&RistrettoPoint::mul_base(&s))
    );
    // K, whose secret no party knows alone.
    let delivery_key = RistrettoPoint::mul_base(&(b + s));
    let hedge = Hkdf::<Sha512>::new(None, &[owner.to_bytes().as_slice(), &random].concat());
    let hedged = |label: &[u8], index: u8, context: &[u8]| {
        let mut wide = [0; 64];
        hedge
            .expand_multi_info(
                &[sale.purchase.as_ref(), label, &[index], context],
                &mut wide,
            )
            .expect("64 bytes");
        Scalar::from_bytes_mod_order_wide(&wide)
    };
    let mut statement = [
        b"generion/delivery/v1".as_slice(),
        program().as_ref(),
        sale.purchase.as_ref(),
        &sale.deadline.to_le_bytes(),
        &sale.terms,
        &delivered.owner_key,
        &delivered.buyer_key,
        &delivered.settle_key,
        &[count as u8],
    ]
    .concat();
    let mut ephemerals = Vec::new();
    for (index, ((record, delivered_capsule), element)) in
        delivered.records.iter().zip(&elements).enumerate()
    {
        let context = [
            delivered.buyer_key.as_slice(),
            &delivered.settle_key,
            record.record.as_ref(),
            record.capsule.as_bytes(),
        ]
        .concat();
        let ephemeral = hedged(b"ephemeral", index as u8, &context);
        assert_eq!(
            delivered_capsule.ephemeral,
            compress(&RistrettoPoint::mul_base(&ephemeral))
        );
        let shared = ephemeral * delivery_key;
        assert_eq!(delivered_capsule.masked, compress(&(element + shared)));
        assert_opens(delivered_capsule, &buyer, &settle_secret, element);
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
    let commitments = [
        RistrettoPoint::mul_base(&k1),
        RistrettoPoint::mul_base(&k2),
        k2 * delivery_key - k1 * folded,
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
    case["genesis"] = genesis(&sale.deployment);
    case["settle_secret"] = hex(s.to_bytes());
    case["delivery_key"] = hex(compress(&delivery_key));
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

/// Only the buyer's secret and the settle secret together decrypt the element of a capsule, from which the keys follow.
pub fn assert_opens(
    capsule: &Capsule,
    buyer: &PurchaseSecret,
    settle_secret: &SettleSecret,
    element: &RistrettoPoint,
) {
    let point = |half: [u8; 32]| CompressedRistretto(half).decompress().expect("a point");
    let (ephemeral, masked) = (point(capsule.ephemeral), point(capsule.masked));
    let (b, s) = (scalar(&buyer.to_bytes()), scalar(&settle_secret.to_bytes()));
    assert_eq!(masked - (b + s) * ephemeral, *element);
    assert_ne!(masked - b * ephemeral, *element);

    let (owner, creator) = (wallet_address("patient"), wallet_address("clinic"));
    let opened = open_settled(capsule, buyer, settle_secret).expect("an honest capsule");
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(b"generion/record-key/v1"), &compress(element))
        .expand(&[owner.to_bytes(), creator.to_bytes()].concat(), &mut key)
        .expect("32 bytes");
    let public = crypto_box::SecretKey::from_bytes(key).public_key();
    let opened = opened.record_key(&owner, &creator).data_public_key();
    assert_eq!(opened.0, public.to_bytes());
}

/// The weights, computed from the text of the protocol.
pub fn weights_of(seed: &[u8; 32], count: usize) -> Vec<u128> {
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
