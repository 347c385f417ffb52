use generion_crypto::{
    locator::{self, SealedLocatorError},
    record::{RecordElement, RecordKey},
};
use generion_interface::locator::{Locator, LocatorError, PADDED_LENGTHS};
use serde_json::{Value, json};

use super::support::{Tape, decimal, hex, seed, wallet_address};

fn locator(url_length: usize) -> Locator {
    let url = "https://store.example/v1/documents/0123456789abcdef";
    Locator {
        url: url.chars().cycle().take(url_length).collect(),
        sha256: seed("ciphertext"),
        size: 4711,
        media_type: "application/fhir+json".to_owned(),
        kind: "fhir:Observation/4548-4".to_owned(),
    }
}

fn fields(locator: &Locator) -> Value {
    json!({
        "url": locator.url,
        "sha256": hex(locator.sha256),
        "size": decimal(locator.size),
        "media_type": locator.media_type,
        "kind": locator.kind,
    })
}

fn record_key() -> RecordKey {
    RecordElement::random(&mut Tape::new("locator's record"))
        .record_key(&wallet_address("patient"), &wallet_address("clinic"))
}

/// The X25519 secret, which leaves the client as an age identity alone.
fn secret(key: &RecordKey) -> [u8; 32] {
    let (_, bytes) = bech32::decode(&key.to_age_identity()).expect("Bech32");
    bytes.try_into().expect("32 bytes")
}

pub(super) fn all() -> Value {
    let key = record_key();
    let unicode = Locator {
        url: "https://speicher.example/übung?q=ü".to_owned(),
        sha256: [0xff; 32],
        size: u64::MAX,
        media_type: "text/plain; charset=utf-8".to_owned(),
        kind: "Größe/体重/🫀".to_owned(),
    };
    let empty = Locator {
        url: String::new(),
        sha256: [0; 32],
        size: 0,
        media_type: String::new(),
        kind: String::new(),
    };
    let cases = [
        ("usual", locator(86)),
        ("the longest in the short length", locator(95)),
        ("the shortest in the long length", locator(96)),
        ("the longest", locator(351)),
        ("beyond ASCII", unicode),
        ("nothing in it", empty),
    ];
    let cases = cases.map(|(name, locator)| {
        let encoded = locator.encode().expect("short enough");
        let mut tape = Tape::new(name);
        let sealed = locator::seal(&locator, &key.data_public_key(), &mut tape).expect(name);
        let ephemeral: [u8; 32] = tape.given();
        assert_eq!(
            sealed[..32],
            crypto_box::SecretKey::from_bytes(ephemeral)
                .public_key()
                .to_bytes()
        );
        assert_eq!(locator::open(&sealed, &key).as_ref(), Ok(&locator));
        json!({
            "name": name,
            "locator": fields(&locator),
            "encoded": hex(encoded),
            "ephemeral_secret": hex(ephemeral),
            "sealed": hex(sealed),
        })
    });
    json!({
        "about": "Locators (docs/PROTOCOL.md, section 3): `encoded` is Borsh, padded with zeros; `sealed` is libsodium's \
                  sealed box to `data_public_key` with this ephemeral X25519 secret, and opens with `record_key`.",
        "record_key": hex(secret(&key)),
        "data_public_key": hex(key.data_public_key().0),
        "cases": cases,
        "too_long": too_long(),
        "refused_encodings": refused_encodings(),
        "refused_seals": refused_seals(&key),
    })
}

fn too_long() -> Value {
    let locator = locator(352);
    assert_eq!(locator.encode(), Err(LocatorError::TooLong(449)));
    json!({"locator": fields(&locator), "length": 449})
}

fn refused_encodings() -> Vec<Value> {
    let good = locator(30).encode().expect("short enough");
    let with = |position: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[position..position + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let unpadded = {
        let end = good.iter().rposition(|byte| *byte != 0).expect("a locator");
        good[..=end].to_vec()
    };
    let cases = [
        ("version 0", with(0, &[0])),
        ("version 2", with(0, &[2])),
        (
            "padding that is not zero",
            with(PADDED_LENGTHS[0] - 1, &[1]),
        ),
        (
            "a text longer than the encoding",
            with(1, &u32::MAX.to_le_bytes()),
        ),
        ("a text that is not UTF-8", with(5, &[0xff])),
        ("no padding", unpadded),
        ("a byte short of a length", good[..191].to_vec()),
        ("a byte past a length", [&good[..], &[0]].concat()),
        ("twice the short length", [&good[..], &[0; 192]].concat()),
        ("the version alone", vec![1]),
        ("nothing", vec![]),
    ];
    let refused = cases.into_iter().map(|(name, encoded)| {
        let error = match Locator::decode(&encoded).expect_err(name) {
            LocatorError::UnknownVersion(_) => "unknown_version",
            LocatorError::Malformed => "malformed",
            LocatorError::TooLong(_) => unreachable!("decoding never says so"),
        };
        json!({"name": name, "encoded": hex(encoded), "error": error})
    });
    refused.collect()
}

fn refused_seals(key: &RecordKey) -> Vec<Value> {
    let other_key = RecordElement::random(&mut Tape::new("another record"))
        .record_key(&wallet_address("patient"), &wallet_address("clinic"));
    let mut tape = Tape::new("refused seals");
    let good = locator::seal(&locator(30), &key.data_public_key(), &mut tape).expect("short");
    let for_another =
        locator::seal(&locator(30), &other_key.data_public_key(), &mut tape).expect("short");
    let no_locator = crypto_box::PublicKey::from_bytes(key.data_public_key().0)
        .seal(&mut tape, &[7; 192])
        .expect("a seal");
    let flipped = |position: usize| {
        let mut changed = good.clone();
        changed[position] ^= 1;
        changed
    };
    let cases = [
        ("for another record", for_another),
        ("another ephemeral key", flipped(0)),
        ("another tag", flipped(32)),
        ("another last byte", flipped(good.len() - 1)),
        ("cut short", good[..good.len() - 1].to_vec()),
        ("shorter than an empty seal", good[..47].to_vec()),
        ("nothing", vec![]),
        ("no locator in it", no_locator),
    ];
    let refused = cases.into_iter().map(|(name, sealed)| {
        let error = match locator::open(&sealed, key).expect_err(name) {
            SealedLocatorError::WrongKey => "wrong_key",
            SealedLocatorError::Locator(LocatorError::UnknownVersion(_)) => "unknown_version",
            SealedLocatorError::Locator(_) => "malformed",
        };
        json!({"name": name, "sealed": hex(sealed), "error": error})
    });
    refused.collect()
}
