use base64::{Engine, prelude::BASE64_STANDARD};
use generion_crypto::{
    document::{DocumentError, decrypt},
    record::{RecordElement, RecordKey},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::{Tape, hex, wallet_address};

/// Encrypted once to the key below with the `age` tool, because each encryption gives another file.
const PLAIN: &str = "{\"resourceType\":\"Observation\",\"status\":\"final\"}\n";
const ENCRYPTED: &[u8] = include_bytes!("document.age");

fn key(name: &str) -> RecordKey {
    RecordElement::random(&mut Tape::new(name))
        .record_key(&wallet_address("patient"), &wallet_address("clinic"))
}

pub(super) fn all() -> Value {
    let (key, other_key) = (key("document's record"), key("another record"));
    let mut plain = Vec::new();
    decrypt(ENCRYPTED, &mut plain, &key).expect("the document's own key");
    assert_eq!(plain, PLAIN.as_bytes());

    let mut damaged = ENCRYPTED.to_vec();
    *damaged.last_mut().expect("not empty") ^= 1;
    let cut_short = ENCRYPTED[..ENCRYPTED.len() - 1].to_vec();
    let refused = [
        ("another record's key", &other_key, ENCRYPTED.to_vec()),
        ("a changed byte", &key, damaged),
        ("cut short", &key, cut_short),
        ("no age file", &key, PLAIN.into()),
    ];
    let refused = refused.map(|(name, key, ciphertext)| {
        let error = match decrypt(ciphertext.as_slice(), std::io::sink(), key) {
            Err(DocumentError::WrongKey) => "wrong_key",
            Err(DocumentError::Damaged) => "damaged",
            Err(error) => panic!("{name}: {error}"),
            Ok(_) => panic!("{name} opens"),
        };
        json!({
            "name": name,
            "age_identity": *key.to_age_identity(),
            "ciphertext": BASE64_STANDARD.encode(ciphertext),
            "error": error,
        })
    });
    json!({
        "about": "An encrypted document (docs/PROTOCOL.md, section 3), base64, made once: age files are never the same twice.",
        "age_identity": *key.to_age_identity(),
        "data_public_key": hex(key.data_public_key().0),
        "plain": PLAIN,
        "ciphertext": BASE64_STANDARD.encode(ENCRYPTED),
        "sha256": hex(Sha256::digest(ENCRYPTED)),
        "refused": refused,
    })
}
