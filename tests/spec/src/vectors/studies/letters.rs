use curve25519_dalek::{RistrettoPoint, Scalar};
use generion_crypto::letter as sealed;
use generion_interface::facts::Disclosure;
use generion_studies::letter::{Document, Letter, LetterError, Shown};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::super::support::{
    Tape, address, base58, compress, deployment, encryption_secret, hex, not_points, scalar, seed,
    study_secret,
};

pub fn letters() -> Vec<Value> {
    let x = encryption_secret("patient", &deployment(), 0);
    let b = study_secret("sponsor", &address("study"));
    let (key, application, order) = (b.public_key(), address("application"), address("order"));
    let envelope = sealed::Envelope { application, order };
    let cases = sealed::PLAIN_LENGTHS.map(|length| {
        let plain: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
        let mut tape = Tape::new(&format!("a letter of {length} bytes"));
        let letter = sealed::seal(&plain, &envelope, &key, &x, &mut tape).expect("its length");
        let random: [u8; 64] = tape.given();
        // r, R and rB, with curve25519-dalek and HKDF alone.
        let mut wide = [0; 64];
        Hkdf::<Sha512>::new(None, &[&x.to_bytes()[..], &random].concat())
            .expand_multi_info(
                &[
                    application.as_array(),
                    &key.to_bytes(),
                    &Sha256::digest(&plain),
                ],
                &mut wide,
            )
            .expect("64 bytes");
        let r = Scalar::from_bytes_mod_order_wide(&wide);
        let point = compress(&RistrettoPoint::mul_base(&r));
        assert_eq!(letter[..32], point);
        let shared = compress(&RistrettoPoint::mul_base(&(r * scalar(&b.to_bytes()))));
        assert_eq!(*sealed::open(&letter, &envelope, &b).expect("opens"), plain);
        json!({
            "participant_secret": hex(x.to_bytes()),
            "random": hex(random),
            "study_secret": hex(b.to_bytes()),
            "study_key": hex(key.to_bytes()),
            "application": base58(&application),
            "order": base58(&order),
            "plain": hex(&plain),
            "r": hex(r.to_bytes()),
            "shared": hex(shared),
            "letter": hex(letter),
        })
    });
    cases.to_vec()
}

pub fn refused_letters() -> Vec<Value> {
    let x = encryption_secret("patient", &deployment(), 0);
    let b = study_secret("sponsor", &address("study"));
    let (application, order) = (address("application"), address("order"));
    let envelope = sealed::Envelope { application, order };
    let mut tape = Tape::new("a letter that is spoiled");
    let letter = sealed::seal(&[7; 256], &envelope, &b.public_key(), &x, &mut tape);
    let letter = letter.expect("its length");
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = letter.clone();
        change(&mut changed);
        changed
    };
    let mut cases = vec![
        ("nothing".to_owned(), Vec::new(), envelope),
        ("a byte less".to_owned(), letter[..303].to_vec(), envelope),
        (
            "a byte more".to_owned(),
            with(&|letter| letter.push(0)),
            envelope,
        ),
        (
            "another tag".to_owned(),
            with(&|letter| letter[303] ^= 1),
            envelope,
        ),
        (
            "another text".to_owned(),
            with(&|letter| letter[32] ^= 1),
            envelope,
        ),
        (
            "the identity as R".to_owned(),
            with(&|letter| letter[..32].fill(0)),
            envelope,
        ),
        (
            "another application".to_owned(),
            letter.clone(),
            sealed::Envelope {
                application: address("another application"),
                order,
            },
        ),
        (
            "another order".to_owned(),
            letter.clone(),
            sealed::Envelope {
                application,
                order: address("another order"),
            },
        ),
    ];
    for (reason, bytes) in not_points() {
        let spoiled = with(&|letter| letter[..32].copy_from_slice(&bytes));
        cases.push((format!("R: {reason}"), spoiled, envelope));
    }
    let cases = cases.into_iter().map(|(name, letter, envelope)| {
        let error = match sealed::open(&letter, &envelope, &b) {
            Err(sealed::LetterError::Length(_)) => "length",
            Err(sealed::LetterError::WrongKey) => "wrong_key",
            Ok(_) => panic!("{name} opens"),
        };
        json!({
            "name": name,
            "study_secret": hex(b.to_bytes()),
            "application": base58(&envelope.application),
            "order": base58(&envelope.order),
            "letter": hex(letter),
            "error": error,
        })
    });
    cases.collect()
}

fn disclosure(name: &str) -> Disclosure {
    Disclosure {
        salt: seed(name),
        siblings: core::array::from_fn(|level| seed(&format!("{name}, sibling {level}"))),
    }
}

fn letter(shown: usize, words: &str) -> Letter {
    let store = |text: &str| text.parse().expect("a store's address");
    Letter {
        documents: vec![Document {
            stores: vec![
                store("https://a.example"),
                store("https://b.example:8443/documents"),
            ],
            sha256: seed("ciphertext"),
            ciphertext: disclosure("the ciphertext's"),
            shown: (0..shown)
                .map(|index| Shown {
                    requirement: index as u8,
                    disclosure: disclosure(&format!("fact {index}")),
                })
                .collect(),
        }],
        words: words.to_owned(),
    }
}

/// The text, written from the layout alone.
fn written(letter: &Letter) -> Vec<u8> {
    let mut bytes = vec![1, letter.documents.len() as u8];
    for document in &letter.documents {
        bytes.push(document.stores.len() as u8);
        for store in &document.stores {
            bytes.push(store.as_str().len() as u8);
            bytes.extend(store.as_str().bytes());
        }
        bytes.extend(document.sha256);
        bytes.extend(document.ciphertext.to_bytes());
        bytes.push(document.shown.len() as u8);
        for shown in &document.shown {
            bytes.push(shown.requirement);
            bytes.extend(shown.disclosure.to_bytes());
        }
    }
    bytes.push(letter.words.len() as u8);
    bytes.extend(letter.words.bytes());
    let length = [256, 560, 688]
        .into_iter()
        .find(|length| bytes.len() <= *length);
    bytes.resize(length.expect("it fits"), 0);
    bytes
}

pub fn texts() -> Vec<Value> {
    let without = Letter {
        documents: Vec::new(),
        words: "No documents.".to_owned(),
    };
    let cases = [
        ("one fact", letter(1, "I would like to take part. \u{e4}")),
        ("no fact", letter(0, "")),
        ("two facts", letter(2, "")),
        ("no document", without),
    ];
    let cases = cases.map(|(name, letter)| {
        let plain = written(&letter);
        assert_eq!(letter.encode().expect("it fits"), plain);
        assert_eq!(Letter::decode(&plain), Ok(letter.clone()));
        let documents = letter.documents.iter().map(|document| {
            let shown = document.shown.iter().map(|shown| {
                json!({
                    "requirement": shown.requirement,
                    "disclosure": hex(shown.disclosure.to_bytes()),
                })
            });
            let stores = document.stores.iter().map(|store| store.as_str());
            json!({
                "stores": stores.collect::<Vec<_>>(),
                "sha256": hex(document.sha256),
                "ciphertext": hex(document.ciphertext.to_bytes()),
                "shown": shown.collect::<Vec<_>>(),
            })
        });
        json!({
            "name": name,
            "documents": documents.collect::<Vec<_>>(),
            "words": letter.words,
            "plain": hex(plain),
        })
    });
    cases.to_vec()
}

pub fn refused_texts() -> Vec<Value> {
    let plain = written(&letter(1, "Hello"));
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = plain.clone();
        change(&mut changed);
        changed
    };
    let end = plain.iter().rposition(|byte| *byte != 0).expect("words");
    let cases = [
        ("nothing", Vec::new()),
        ("another version", with(&|plain| plain[0] = 2)),
        ("a document more", with(&|plain| plain[1] = 2)),
        ("no store", with(&|plain| plain[2] = 0)),
        (
            "a store's address in capitals",
            with(&|plain| plain[4] = b'H'),
        ),
        (
            "a store's address that is not UTF-8",
            with(&|plain| plain[4] = 0xff),
        ),
        ("words that are not UTF-8", with(&|plain| plain[end] = 0xff)),
        ("words beyond the end", with(&|plain| plain[end - 5] = 255)),
        (
            "padding with something else",
            with(&|plain| *plain.last_mut().expect("a byte") = 1),
        ),
        (
            "padding to the next length",
            with(&|plain| plain.resize(688, 0)),
        ),
        ("without padding", plain[..=end].to_vec()),
    ];
    let cases = cases.map(|(name, plain)| {
        let error = match Letter::decode(&plain) {
            Err(LetterError::Malformed) => "malformed",
            Err(LetterError::Stores(_)) => "stores",
            Err(LetterError::UnknownVersion(_)) => "unknown_version",
            other => panic!("{name}: {other:?}"),
        };
        json!({"name": name, "plain": hex(plain), "error": error})
    });
    cases.to_vec()
}
