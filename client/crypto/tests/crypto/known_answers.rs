//! `vectors/known-answers.json` was made by `vectors/reference.py`, which shares no code with this crate. What is in it
//! must never change: keys and records that people have would be lost.

use std::collections::BTreeMap;

use generion::proof::{
    Capsule,
    capsule::{CapsuleProof, CapsuleStatement},
    delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
};
use generion_crypto::{
    capsule,
    keys::{encryption_key_line, purchase_key_line},
    locator,
    record::{RecordElement, RecordKey},
};
use serde::Deserialize;
use solana_address::Address;

use crate::support::{
    CREATOR, ORDER, OWNER, PROGRAM, PURCHASE, Repeat, address, capsule_from, encryption_secret,
    purchase_secret,
};

#[derive(Deserialize)]
struct Answers {
    keys: BTreeMap<String, Key>,
    record: Record,
    capsule: String,
    capsule_proof: String,
    locator: SealedLocator,
    delivery: Delivery,
}

#[derive(Deserialize)]
struct Key {
    line: String,
    secret: String,
    public: String,
}

#[derive(Deserialize)]
struct Record {
    uniform: String,
    key: String,
    data_public_key: String,
}

#[derive(Deserialize)]
struct SealedLocator {
    url: String,
    sealed: String,
}

#[derive(Deserialize)]
struct Delivery {
    record_capsules: Vec<String>,
    delivered_capsules: Vec<String>,
    proof: String,
}

fn answers() -> Answers {
    serde_json::from_str(include_str!("../vectors/known-answers.json")).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The fields of a hex string, by their lengths in bytes.
fn split<const N: usize>(text: &str, lengths: [usize; N]) -> [Vec<u8>; N] {
    let mut rest = bytes(text);
    let fields = lengths.map(|length| rest.drain(..length).collect());
    assert!(rest.is_empty());
    fields
}

fn capsules(texts: &[String]) -> Vec<Capsule> {
    texts
        .iter()
        .map(|text| capsule_from(&bytes(text)))
        .collect()
}

fn record_key(record: &Record) -> RecordKey {
    RecordElement::random(&mut Repeat(&bytes(&record.uniform))).record_key(&OWNER, &CREATOR)
}

#[test]
fn a_wallets_keys_are_known() {
    let keys = answers().keys;
    for index in [0, 1] {
        let (secret, expected) = (
            encryption_secret(1, index),
            &keys[&format!("encryption_{index}")],
        );
        assert_eq!(encryption_key_line(&PROGRAM, index), expected.line);
        assert_eq!(hex::encode(*secret.to_bytes()), expected.secret);
        assert_eq!(hex::encode(secret.public_key().to_bytes()), expected.public);
    }
    let (secret, expected) = (purchase_secret(1, &ORDER), &keys["purchase"]);
    assert_eq!(purchase_key_line(&PROGRAM, &ORDER), expected.line);
    assert_eq!(hex::encode(*secret.to_bytes()), expected.secret);
    assert_eq!(hex::encode(secret.public_key().to_bytes()), expected.public);
}

#[test]
fn a_records_key_is_known() {
    let record = answers().record;
    let key = record_key(&record);
    assert_eq!(hex::encode(key.data_public_key().0), record.data_public_key);
    // The identity is how the secret leaves the crate.
    let (_, secret) = bech32::decode(&key.to_age_identity()).unwrap();
    assert_eq!(hex::encode(secret), record.key);
}

#[test]
fn anothers_capsule_opens() {
    let answers = answers();
    let element = capsule::open(
        &capsule_from(&bytes(&answers.capsule)),
        &encryption_secret(1, 0),
    )
    .unwrap();
    let key = element.record_key(&OWNER, &CREATOR).data_public_key();
    assert_eq!(hex::encode(key.0), answers.record.data_public_key);
}

#[test]
fn anothers_capsule_proof_is_accepted() {
    let answers = answers();
    let [challenge, response] = split(&answers.capsule_proof, [16, 32]);
    CapsuleStatement {
        program_id: &PROGRAM,
        record: &address(7),
        creator: &CREATOR,
        owner_key: &encryption_secret(1, 0).public_key().to_bytes(),
        data_public_key: &bytes(&answers.record.data_public_key).try_into().unwrap(),
        capsule: &capsule_from(&bytes(&answers.capsule)),
    }
    .verify(&CapsuleProof {
        challenge: challenge.try_into().unwrap(),
        response: response.try_into().unwrap(),
    })
    .unwrap();
}

#[test]
fn anothers_delivery_is_accepted() {
    let Delivery {
        record_capsules,
        delivered_capsules,
        proof,
    } = answers().delivery;
    let (record_capsules, delivered_capsules) =
        (capsules(&record_capsules), capsules(&delivered_capsules));
    let records: Vec<Address> = (16..).map(address).take(record_capsules.len()).collect();
    let items: Vec<_> = records
        .iter()
        .zip(&record_capsules)
        .zip(&delivered_capsules)
        .map(|((record, capsule), delivered)| DeliveryItem {
            record,
            capsule,
            delivered,
        })
        .collect();
    let [challenge, owner_response, ephemeral_response] = split(&proof, [16, 32, 32]);
    let proof = DeliveryProof {
        challenge: challenge.try_into().unwrap(),
        owner_response: owner_response.try_into().unwrap(),
        ephemeral_response: ephemeral_response.try_into().unwrap(),
    };
    DeliveryStatement {
        program_id: &PROGRAM,
        purchase: &PURCHASE,
        owner_key: &encryption_secret(1, 0).public_key().to_bytes(),
        buyer_key: &purchase_secret(1, &ORDER).public_key().to_bytes(),
        items: &items,
    }
    .verify(&proof)
    .unwrap();
}

#[test]
fn libsodiums_sealed_box_opens() {
    let answers = answers();
    let locator = locator::open(
        &bytes(&answers.locator.sealed),
        &record_key(&answers.record),
    )
    .unwrap();
    assert_eq!(locator.url, answers.locator.url);
    assert_eq!((locator.sha256, locator.size), ([0xab; 32], 4711));
    assert_eq!(locator.media_type, "application/fhir+json");
    assert_eq!(locator.kind, "fhir:Observation/4548-4");
}
