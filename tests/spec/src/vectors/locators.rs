use generion_crypto::{
    locator::{self, SealedLocatorError},
    record::{RecordElement, RecordKey},
};
use generion_interface::locator::{Locator, LocatorError, PADDED_LENGTHS};
use serde_json::{Value, json};

use super::support::{Tape, bytes_of_64, decimal, hex, seed, wallet_address};

/// A typical locator.
pub(super) fn short_locator() -> Locator {
    Locator {
        stores: vec!["https://store.example".parse().expect("an address")],
        sha256: seed("ciphertext"),
        size: 4711,
        media_type: "application/fhir+json".to_owned(),
        kind: "fhir:Observation/4548-4".to_owned(),
        profile: "document/1".to_owned(),
        copy: None,
        signature: None,
    }
}

/// A locator with all fields, of the long length.
pub(super) fn long_locator() -> Locator {
    let stores = [
        "https://store.example/generion",
        "http://[2001:db8::1]:8787",
        "file:///srv/store",
    ];
    Locator {
        stores: stores.map(|url| url.parse().expect("an address")).to_vec(),
        copy: Some(seed("research copy")),
        signature: Some(bytes_of_64("signature")),
        ..short_locator()
    }
}

/// A locator whose encoding has this length before padding.
fn of_length(length: usize) -> Locator {
    let mut locator = short_locator();
    let missing = length - encoded(&locator).len();
    locator.kind.push_str(&"x".repeat(missing));
    assert_eq!(encoded(&locator).len(), length);
    locator
}

/// The encoding without padding, built from the table of the protocol.
fn encoded(locator: &Locator) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let stores: Vec<_> = locator
        .stores
        .iter()
        .map(|store| text(store.as_str()))
        .collect();
    [
        &[2][..],
        &(stores.len() as u32).to_le_bytes(),
        &stores.concat(),
        &locator.sha256,
        &locator.size.to_le_bytes(),
        &text(&locator.media_type),
        &text(&locator.kind),
        &text(&locator.profile),
        &locator.copy.unwrap_or([0; 32]),
        &locator.signature.unwrap_or([0; 64]),
    ]
    .concat()
}

fn fields(locator: &Locator) -> Value {
    json!({
        "stores": locator.stores.iter().map(|store| store.as_str()).collect::<Vec<_>>(),
        "sha256": hex(locator.sha256),
        "size": decimal(locator.size),
        "media_type": locator.media_type,
        "kind": locator.kind,
        "profile": locator.profile,
        "copy": locator.copy.map(hex),
        "signature": locator.signature.map(hex),
    })
}

fn record_key() -> RecordKey {
    RecordElement::random(&mut Tape::new("locator's record"))
        .record_key(&wallet_address("patient"), &wallet_address("clinic"))
}

/// The X25519 secret, which the client exports only as an age identity.
fn secret(key: &RecordKey) -> [u8; 32] {
    let (_, bytes) = bech32::decode(&key.to_age_identity()).expect("Bech32");
    bytes.try_into().expect("32 bytes")
}

pub(super) fn all() -> Value {
    let key = record_key();
    let [short, long] = PADDED_LENGTHS;
    let unicode = Locator {
        sha256: [0xff; 32],
        size: u64::MAX,
        media_type: "text/plain; charset=utf-8".to_owned(),
        kind: "Größe/体重/🫀".to_owned(),
        ..short_locator()
    };
    let empty = Locator {
        stores: vec!["http://a".parse().expect("an address")],
        sha256: [0; 32],
        size: 0,
        media_type: String::new(),
        kind: String::new(),
        profile: String::new(),
        copy: None,
        signature: None,
    };
    let with_copy = Locator {
        copy: Some(seed("research copy")),
        ..short_locator()
    };
    let signed = Locator {
        signature: long_locator().signature,
        ..short_locator()
    };
    let cases = [
        ("usual", short_locator()),
        ("with a research copy", with_copy),
        ("signed by its creator", signed),
        ("three stores, a copy and a signature", long_locator()),
        ("the longest in the short length", of_length(short)),
        ("the shortest in the long length", of_length(short + 1)),
        ("the longest", of_length(long)),
        ("beyond ASCII", unicode),
        ("next to nothing in it", empty),
    ];
    let cases = cases.map(|(name, locator)| {
        let padded = locator.encode().expect("short enough");
        let unpadded = encoded(&locator);
        assert_eq!(padded[..unpadded.len()], unpadded, "{name}");
        assert!(padded[unpadded.len()..].iter().all(|byte| *byte == 0));
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
            "length": unpadded.len(),
            "encoded": hex(padded),
            "documents": locator.documents().collect::<Vec<_>>(),
            "ephemeral_secret": hex(ephemeral),
            "sealed": hex(sealed),
        })
    });
    json!({
        "about": "Locators of version 2 (docs/PROTOCOL.md, section 3): `encoded` is Borsh, `length` bytes, padded with zeros; \
                  `sealed` is libsodium's sealed box to `data_public_key` with this ephemeral X25519 secret, and opens with \
                  `record_key`. `documents` are the addresses of the ciphertext. `refused_locators` can't be encoded, \
                  `refused_encodings` and `refused_seals` not be read.",
        "record_key": hex(secret(&key)),
        "data_public_key": hex(key.data_public_key().0),
        "padded_lengths": PADDED_LENGTHS,
        "cases": cases,
        "refused_locators": refused_locators(),
        "refused_encodings": refused_encodings(),
        "refused_seals": refused_seals(&key),
    })
}

fn error(refusal: LocatorError) -> &'static str {
    match refusal {
        LocatorError::TooLong(_) => "too_long",
        LocatorError::Stores(_) => "stores",
        LocatorError::Malformed => "malformed",
        LocatorError::Version1 => "version_1",
        LocatorError::UnknownVersion(_) => "unknown_version",
    }
}

fn refused_locators() -> Vec<Value> {
    let usual = short_locator();
    let stores = |urls: &[&str]| Locator {
        stores: urls
            .iter()
            .map(|url| url.parse().expect("an address"))
            .collect(),
        ..usual.clone()
    };
    let cases = [
        ("a byte too long", of_length(PADDED_LENGTHS[1] + 1)),
        ("no store", stores(&[])),
        (
            "four stores",
            stores(&["http://a", "http://b", "http://c", "http://d"]),
        ),
        (
            "a store twice",
            stores(&["http://a", "http://b", "http://a"]),
        ),
        (
            "a copy of zeros, which would be none",
            Locator {
                copy: Some([0; 32]),
                ..usual.clone()
            },
        ),
        (
            "a signature of zeros, which would be none",
            Locator {
                signature: Some([0; 64]),
                ..usual.clone()
            },
        ),
    ];
    let refused = cases.into_iter().map(|(name, locator)| {
        let refusal = locator.encode().expect_err(name);
        json!({"name": name, "locator": fields(&locator), "error": error(refusal)})
    });
    refused.collect()
}

fn refused_encodings() -> Vec<Value> {
    let usual = short_locator();
    let good = usual.encode().expect("short enough");
    let length = encoded(&usual).len();
    let with = |position: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[position..position + bytes.len()].copy_from_slice(bytes);
        changed
    };
    // Stores that the type of stores can't represent.
    let with_stores = |urls: &[&str]| {
        let stores: Vec<_> = urls
            .iter()
            .map(|url| [&(url.len() as u32).to_le_bytes(), url.as_bytes()].concat())
            .collect();
        let rest = 5 + 4 + usual.stores[0].as_str().len();
        let count = (urls.len() as u32).to_le_bytes();
        let mut changed = [&[2], &count[..], &stores.concat(), &good[rest..length]].concat();
        changed.resize(PADDED_LENGTHS[0], 0);
        changed
    };
    let [short, long] = PADDED_LENGTHS;
    let padded_too_far = {
        let mut changed = good.clone();
        changed.resize(long, 0);
        changed
    };
    let cases = [
        ("version 0", with(0, &[0])),
        ("version 1", with(0, &[1])),
        ("version 3", with(0, &[3])),
        ("padding that is not zero", with(short - 1, &[1])),
        (
            "more stores than the encoding is long",
            with(1, &u32::MAX.to_le_bytes()),
        ),
        ("no store", with_stores(&[])),
        (
            "four stores",
            with_stores(&["http://a", "http://b", "http://c", "http://d"]),
        ),
        ("a store twice", with_stores(&["http://a", "http://a"])),
        (
            "a store that is not in canonical form",
            with_stores(&["https://store.example/"]),
        ),
        ("a store of another scheme", with_stores(&["ftp://a"])),
        (
            "a text longer than the encoding",
            with(5, &u32::MAX.to_le_bytes()),
        ),
        ("a store that is not UTF-8", with(9, &[0xff])),
        (
            "a media type that is not UTF-8",
            with(5 + 4 + usual.stores[0].as_str().len() + 32 + 8 + 4, &[0xff]),
        ),
        ("no padding", good[..length].to_vec()),
        ("a byte short of a length", good[..short - 1].to_vec()),
        ("a byte past a length", [&good[..], &[0]].concat()),
        ("the long length where the short one fits", padded_too_far),
        ("the version alone", vec![2]),
        ("nothing", vec![]),
    ];
    let refused = cases.into_iter().map(|(name, encoded)| {
        let error = error(Locator::decode(&encoded).expect_err(name));
        json!({"name": name, "encoded": hex(encoded), "error": error})
    });
    refused.collect()
}

fn refused_seals(key: &RecordKey) -> Vec<Value> {
    let other_key = RecordElement::random(&mut Tape::new("another record"))
        .record_key(&wallet_address("patient"), &wallet_address("clinic"));
    let mut tape = Tape::new("refused seals");
    let usual = short_locator();
    let good = locator::seal(&usual, &key.data_public_key(), &mut tape).expect("short");
    let for_another =
        locator::seal(&usual, &other_key.data_public_key(), &mut tape).expect("short");
    let mut sealed = |plain: &[u8]| {
        crypto_box::PublicKey::from_bytes(key.data_public_key().0)
            .seal(&mut tape, plain)
            .expect("a seal")
    };
    let no_locator = sealed(&[7; PADDED_LENGTHS[0]]);
    let before_this = sealed(&[&[1][..], &[0; PADDED_LENGTHS[0] - 1]].concat());
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
        ("a locator of version 1 in it", before_this),
    ];
    let refused = cases.into_iter().map(|(name, sealed)| {
        let error = match locator::open(&sealed, key).expect_err(name) {
            SealedLocatorError::WrongKey => "wrong_key",
            SealedLocatorError::Locator(refusal) => error(refusal),
        };
        json!({"name": name, "sealed": hex(sealed), "error": error})
    });
    refused.collect()
}
