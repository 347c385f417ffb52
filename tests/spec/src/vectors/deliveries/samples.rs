//! Deliveries with their statements, and a second prover.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    proof::delivery::{self, DeliveryProof},
};
use generion_crypto::{
    Capsule, capsule,
    delivery::{DeliveryRecord, deliver, open_settled},
    keys::{EncryptionSecret, PurchaseSecret},
    record::RecordElement,
    settle::SettleSecret,
};
use generion_reference_proofs::delivery::{self as reference, Item, Secrets, Statement};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

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
    pub statement: Statement,
    pub proof: DeliveryProof,
}

impl Delivered {
    pub fn verify(&self) -> Result<(), GenerionError> {
        self.statement.verify(&self.proof)
    }

    pub fn to_json(&self, name: &str) -> Value {
        let statement = &self.statement;
        let records = statement.items.iter().map(|item| {
            json!({
                "record": base58(&item.record),
                "capsule": hex(item.capsule.as_bytes()),
                "delivered": hex(item.delivered.as_bytes()),
            })
        });
        json!({
            "name": name,
            "program_id": base58(&statement.program_id),
            "purchase": base58(&statement.purchase),
            "deadline": decimal(statement.deadline),
            "terms": hex(statement.terms),
            "owner_key": hex(statement.owner_key),
            "buyer_key": hex(statement.buyer_key),
            "settle_key": hex(statement.settle_key),
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
    let items = records.into_iter().zip(delivery.capsules);
    let items = items.map(|(DeliveryRecord { record, capsule }, delivered)| Item {
        record,
        capsule,
        delivered,
    });
    let delivered = Delivered {
        statement: Statement {
            program_id: program(),
            purchase: sale.purchase,
            deadline: sale.deadline,
            terms: sale.terms,
            owner_key: owner.public_key().to_bytes(),
            buyer_key: buyer.public_key().to_bytes(),
            settle_key: delivery.settle_key.to_bytes(),
            items: items.collect(),
        },
        proof: delivery.proof,
    };
    let statement = &delivered.statement;
    delivered.verify().expect("an honest proof");

    let (x, b) = (scalar(&owner.to_bytes()), scalar(&buyer.to_bytes()));
    let settle_secret = SettleSecret::derive(&owner, &sale).expect("a usable key");
    let s = scalar(&settle_secret.to_bytes());
    assert_eq!(
        statement.settle_key,
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
    let mut ephemerals = Vec::new();
    for (index, (item, element)) in statement.items.iter().zip(&elements).enumerate() {
        let context = [
            statement.buyer_key.as_slice(),
            &statement.settle_key,
            item.record.as_ref(),
            item.capsule.as_bytes(),
        ]
        .concat();
        let ephemeral = hedged(b"ephemeral", index as u8, &context);
        assert_eq!(
            item.delivered.ephemeral,
            compress(&RistrettoPoint::mul_base(&ephemeral))
        );
        let shared = ephemeral * delivery_key;
        assert_eq!(item.delivered.masked, compress(&(element + shared)));
        assert_opens(&item.delivered, &buyer, &settle_secret, element);
        ephemerals.push(ephemeral);
    }
    let seed = statement.seed();
    let nonces = [1, 2].map(|index| hedged(b"commitment", index, &seed));
    let (commitments, proof) = statement.prove(&Secrets {
        owner: x,
        delivery_key,
        ephemerals: &ephemerals,
        nonces,
    });
    assert_eq!(delivered.proof, proof);

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
    case["statement"] = hex(statement.to_bytes());
    case["seed"] = hex(seed);
    case["weights"] = weights_of(&seed, count)
        .iter()
        .map(|weight| hex(weight.to_le_bytes()))
        .collect();
    case["commitment_scalars"] = scalars(&nonces).into();
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

/// The weights, which the program draws as the reference does.
pub fn weights_of(seed: &[u8; 32], count: usize) -> Vec<u128> {
    let weights = reference::weights(seed, count);
    assert!(delivery::weights(seed, count).eq(weights.iter().copied()));
    weights
}
