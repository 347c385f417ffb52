//! `vectors/known-answers.json` was made by `vectors/reference.py`, which shares no code with this crate. Its contents
//! must never change: otherwise people would lose their keys and records.

use std::collections::BTreeMap;

use generion::{
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    },
    state::{Order, RecordContents, Terms},
};
use generion_crypto::{
    capsule,
    delivery::open_settled,
    facts::{ContentFacts, FactsTree, Profile},
    keys::{encryption_key_line, purchase_key_line, study_key_line},
    letter, locator,
    record::{DataPublicKey, RecordElement, RecordKey},
    settle::{Sale, SettleSecret},
};
use generion_interface::{
    attestation::{KeyAttestation, RecordAttestation, StudyAttestation},
    facts::{Disclosure, Fact},
    signed_line::Envelope,
};
use serde::Deserialize;
use solana_address::Address;

use crate::support::{
    CREATOR, DEPLOYMENT, ORDER, OWNER, PROGRAM, PURCHASE, Repeat, STUDY, address, capsule_from,
    encryption_secret, purchase_secret, sale, study_secret, wallet, wallet_address,
};

#[derive(Deserialize)]
struct Answers {
    keys: BTreeMap<String, Key>,
    record: Record,
    capsule: String,
    capsule_proof: String,
    key_attestation: Attestation,
    record_attestation: Attestation,
    study_attestation: Attestation,
    /// By the length of the plain text.
    letters: BTreeMap<usize, String>,
    facts: Facts,
    locator: SealedLocator,
    contents: String,
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

/// A line, and the wallet's signatures over it, one for each envelope.
#[derive(Deserialize)]
struct Attestation {
    line: String,
    signatures: Signatures,
}

#[derive(Deserialize)]
struct Signatures {
    plain: String,
    version_1: String,
    version_1_with_length: String,
    version_0: String,
    version_0_without_domain: String,
    legacy: String,
    memo: String,
}

#[derive(Deserialize)]
struct Facts {
    facts: Vec<String>,
    root: String,
    disclosures: Vec<String>,
}

#[derive(Deserialize)]
struct SealedLocator {
    stores: Vec<String>,
    plain: String,
    sealed: String,
}

#[derive(Deserialize)]
struct Delivery {
    terms: String,
    settle_secret: String,
    settle_key: String,
    delivery_key: String,
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

fn array<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
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

fn element(record: &Record) -> RecordElement {
    RecordElement::random(&mut Repeat(&bytes(&record.uniform)))
}

fn record_key(record: &Record) -> RecordKey {
    element(record).record_key(&OWNER, &CREATOR)
}

impl Signatures {
    fn by_envelope(&self) -> [(Envelope, [u8; 64]); 7] {
        [
            (Envelope::Plain, &self.plain),
            (Envelope::Version1, &self.version_1),
            (Envelope::Version1WithLength, &self.version_1_with_length),
            (Envelope::Version0, &self.version_0),
            (
                Envelope::Version0WithoutDomain,
                &self.version_0_without_domain,
            ),
            (Envelope::Legacy, &self.legacy),
            (Envelope::Memo, &self.memo),
        ]
        .map(|(envelope, text)| (envelope, array(text)))
    }
}

#[test]
fn a_wallets_keys_are_known() {
    let keys = answers().keys;
    for index in [0, 1] {
        let (secret, expected) = (
            encryption_secret(1, index),
            &keys[&format!("encryption_{index}")],
        );
        assert_eq!(encryption_key_line(&DEPLOYMENT, index), expected.line);
        assert_eq!(hex::encode(*secret.to_bytes()), expected.secret);
        assert_eq!(hex::encode(secret.public_key().to_bytes()), expected.public);
    }
    let (secret, expected) = (purchase_secret(1, &ORDER), &keys["purchase"]);
    assert_eq!(purchase_key_line(&DEPLOYMENT, &ORDER), expected.line);
    assert_eq!(hex::encode(*secret.to_bytes()), expected.secret);
    assert_eq!(hex::encode(secret.public_key().to_bytes()), expected.public);
    let (secret, expected) = (study_secret(1, &STUDY), &keys["study"]);
    assert_eq!(study_key_line(&DEPLOYMENT, &STUDY), expected.line);
    assert_eq!(hex::encode(*secret.to_bytes()), expected.secret);
    assert_eq!(hex::encode(secret.public_key().to_bytes()), expected.public);
}

#[test]
fn a_records_key_is_known() {
    let record = answers().record;
    let key = record_key(&record);
    assert_eq!(hex::encode(key.data_public_key().0), record.data_public_key);
    // The secret leaves the crate only as an age identity.
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
fn anothers_attestations_are_taken_in_every_envelope() {
    let answers = answers();
    let key = KeyAttestation {
        deployment: DEPLOYMENT,
        wallet: wallet_address(&wallet(1)),
        index: 0,
        key: encryption_secret(1, 0).public_key().to_bytes(),
    };
    assert_eq!(key.line(), answers.key_attestation.line);
    let record = RecordAttestation {
        deployment: DEPLOYMENT,
        creator: wallet_address(&wallet(1)),
        owner: OWNER,
        data_public_key: array(&answers.record.data_public_key),
        document: [0xab; 32],
        facts_root: array(&answers.facts.root),
    };
    assert_eq!(record.line(), answers.record_attestation.line);
    for (envelope, signature) in answers.key_attestation.signatures.by_envelope() {
        assert_eq!(key.verify(&signature), Ok(envelope));
        assert!(record.verify(&signature).is_err());
    }
    let study = StudyAttestation {
        deployment: DEPLOYMENT,
        sponsor: wallet_address(&wallet(1)),
        study: STUDY,
        description: [0xab; 32],
    };
    assert_eq!(study.line(), answers.study_attestation.line);
    for (envelope, signature) in answers.study_attestation.signatures.by_envelope() {
        assert_eq!(study.verify(&signature), Ok(envelope));
        assert!(record.verify(&signature).is_err());
    }
    for (envelope, signature) in answers.record_attestation.signatures.by_envelope() {
        assert_eq!(record.verify(&signature), Ok(envelope));
        assert!(key.verify(&signature).is_err());
    }
}

#[test]
fn letters_are_known() {
    let letters = answers().letters;
    assert_eq!(letters.len(), 3);
    let study = study_secret(1, &STUDY);
    let envelope = letter::Envelope {
        application: address(12),
        order: ORDER,
    };
    for (length, expected) in letters {
        let plain = vec![(length % 251) as u8; length];
        let sealed = letter::seal(
            &plain,
            &envelope,
            &study.public_key(),
            &encryption_secret(1, 0),
            &mut Repeat(&[11]),
        );
        assert_eq!(hex::encode(sealed.unwrap()), expected);
        let opened = letter::open(&bytes(&expected), &envelope, &study).unwrap();
        assert_eq!(*opened, plain);
    }
}

#[test]
fn a_records_facts_are_known() {
    let answers = answers();
    let kind = "fhir:Observation/4548-4";
    let facts = Profile::Document1.facts(
        kind,
        "application/fhir+json",
        &[0xab; 32],
        &ContentFacts::default(),
    );
    let texts: Vec<_> = facts.iter().map(Fact::to_string).collect();
    assert_eq!(texts, answers.facts.facts);
    let data_public_key = DataPublicKey(array(&answers.record.data_public_key));
    let tree = FactsTree::new(&element(&answers.record), &data_public_key, facts).unwrap();
    let root = array(&answers.facts.root);
    assert_eq!(tree.root(), root);
    for (fact, expected) in tree.facts().iter().zip(&answers.facts.disclosures) {
        let disclosure = tree.disclose(fact).unwrap();
        assert_eq!(hex::encode(disclosure.to_bytes()), *expected);
        assert!(Disclosure::from_bytes(&array(expected)).verify(&root, &fact.hash()));
    }
}

#[test]
fn a_records_address_is_over_known_contents() {
    let answers = answers();
    let contents = RecordContents {
        owner: &OWNER,
        creator: &CREATOR,
        owner_key: &encryption_secret(1, 0).public_key().to_bytes(),
        data_public_key: &array(&answers.record.data_public_key),
        capsule: &capsule_from(&bytes(&answers.capsule)),
        facts_root: &array(&answers.facts.root),
        locator: &bytes(&answers.locator.sealed),
    };
    assert_eq!(hex::encode(contents.hash()), answers.contents);
}

/// The sale that the second implementation delivers.
fn known_sale(delivery: &Delivery) -> Sale {
    Sale {
        terms: array(&delivery.terms),
        ..sale(purchase_secret(1, &ORDER).public_key())
    }
}

#[test]
fn an_orders_terms_are_known() {
    let records: Vec<Address> = (16..20).map(address).collect();
    let terms = Terms {
        order: &ORDER,
        seller: &OWNER,
        price: 2_000_000_000,
        delivery_window: 3600,
        label: &Order::pad_label("Glucose, a year").unwrap(),
        only_buyer: &Address::default(),
        records: &records,
    };
    assert_eq!(hex::encode(terms.hash()), answers().delivery.terms);
}

#[test]
fn a_sales_secret_is_known() {
    let delivery = answers().delivery;
    let secret = SettleSecret::derive(&encryption_secret(1, 0), &known_sale(&delivery)).unwrap();
    assert_eq!(hex::encode(*secret.to_bytes()), delivery.settle_secret);
    let settle_key = secret.public_key();
    assert_eq!(hex::encode(settle_key.to_bytes()), delivery.settle_key);
    let buyer_key = purchase_secret(1, &ORDER).public_key();
    let delivery_key = settle_key.delivery_key(&buyer_key).unwrap();
    assert_eq!(hex::encode(delivery_key.to_bytes()), delivery.delivery_key);
}

#[test]
fn anothers_delivery_opens_once_it_is_settled() {
    let delivery = answers().delivery;
    let settled = SettleSecret::from_bytes(&array(&delivery.settle_secret)).unwrap();
    assert!(settled.is_of(&array(&delivery.settle_key)));
    let owner = encryption_secret(1, 0);
    let buyer = purchase_secret(1, &ORDER);
    let key = |element: RecordElement| element.record_key(&OWNER, &CREATOR).data_public_key();
    for (delivered, owned) in capsules(&delivery.delivered_capsules)
        .iter()
        .zip(&capsules(&delivery.record_capsules))
    {
        let opened = key(open_settled(delivered, &buyer, &settled).unwrap());
        assert_eq!(opened, key(capsule::open(owned, &owner).unwrap()));
    }
}

#[test]
fn anothers_delivery_is_accepted() {
    let delivery = answers().delivery;
    let Sale {
        deadline,
        buyer_key,
        terms,
        ..
    } = known_sale(&delivery);
    let Delivery {
        settle_key,
        record_capsules,
        delivered_capsules,
        proof,
        ..
    } = delivery;
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
        deadline,
        terms: &terms,
        owner_key: &encryption_secret(1, 0).public_key().to_bytes(),
        buyer_key: &buyer_key.to_bytes(),
        settle_key: &array(&settle_key),
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
    let stores: Vec<_> = locator.stores.iter().map(ToString::to_string).collect();
    assert_eq!(stores, answers.locator.stores);
    assert_eq!((locator.sha256, locator.size), ([0xab; 32], 4711));
    assert_eq!(locator.media_type, "application/fhir+json");
    assert_eq!(locator.kind, "fhir:Observation/4548-4");
    assert_eq!(locator.profile, "document/1");
    assert_eq!(locator.copy, Some([0xcd; 32]));
    let signature = array(&answers.record_attestation.signatures.plain);
    assert_eq!(locator.signature, Some(signature));
    assert_eq!(
        hex::encode(locator.encode().unwrap()),
        answers.locator.plain
    );
}
