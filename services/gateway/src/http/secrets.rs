//! Recognizes data that must never be sent to a gateway: secret keys, seed phrases, documents.
//!
//! A client that sends such data by mistake gets a refusal that says so. The request goes no further, and none of it is logged.
//! A secret that was sent over a network must be considered known all the same.

use std::{collections::HashSet, sync::LazyLock};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use curve25519_dalek::{Scalar, constants::ED25519_BASEPOINT_TABLE, scalar::clamp_integer};
use serde_json::Value;
use sha2::{Digest, Sha512};

/// The words of seed phrases (BIP-39, English).
const WORDS: &str = include_str!("bip39-english.txt");
static LISTED: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.lines().collect());
/// The bytes of a keypair: secret key and public key.
const KEYPAIR_BYTES: usize = 64;
/// The fewest words of a seed phrase.
const PHRASE_WORDS: usize = 12;
/// The beginning of a secret key of age, in capitals.
const AGE_SECRET_KEY: &str = "AGE-SECRET-KEY-";
/// The beginning of a webhook's signing key.
const WEBHOOK_SECRET_KEY: &str = "whsk_";
/// The member that every document of FHIR has.
const FHIR_TYPE: &str = "resourceType";
/// Letters of a keypair in base58, base64 or hex.
const KEYPAIR_LETTERS: std::ops::RangeInclusive<usize> = 64..=130;
/// Letters of the shortest text in base64 that is read.
const SHORTEST_ENCODED: usize = 24;
/// Names that only a field with a secret has: in lower case, without separators.
const SECRET_NAMES: [&str; 14] = [
    "secret",
    "secretkey",
    "privatekey",
    "privkey",
    "keypair",
    "seed",
    "seedphrase",
    "mnemonic",
    "recoveryphrase",
    "passphrase",
    "password",
    "settlesecret",
    "purchasesecret",
    "encryptionsecret",
];
/// Names that only a field with a document has.
const DOCUMENT_NAMES: [&str; 7] = [
    "document",
    "plaintext",
    "plaindocument",
    "content",
    "contents",
    "fhir",
    "resourcetype",
];

/// The kind of secret that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Secret {
    #[error(
        "the body has a secret key in it: consider the key known to others, and move to a new one"
    )]
    Key,
    #[error("the body has a seed phrase in it: consider it known to others, and move to a new one")]
    SeedPhrase,
    #[error("the body has a secret key of age in it: consider the key known to others")]
    AgeKey,
    #[error("the body has a field for a secret: this gateway takes none")]
    NamedField,
    #[error(
        "the body has a document in it: encrypt documents yourself, and give them to a document store"
    )]
    Document,
}

/// Whether there is a secret anywhere in a body.
pub(super) fn find(body: &Value) -> Option<Secret> {
    match body {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            of_name(name)
                .or_else(|| of_text(name))
                .or_else(|| find(value))
        }),
        Value::Array(items) => of_numbers(items).or_else(|| items.iter().find_map(find)),
        Value::String(text) => of_text(text),
        _ => None,
    }
}

/// Whether there is a secret in bytes that are no JSON.
pub(super) fn find_in_text(text: &str) -> Option<Secret> {
    of_text(text)
}

fn of_name(name: &str) -> Option<Secret> {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if SECRET_NAMES.contains(&plain.as_str()) {
        return Some(Secret::NamedField);
    }
    DOCUMENT_NAMES
        .contains(&plain.as_str())
        .then_some(Secret::Document)
}

fn of_text(text: &str) -> Option<Secret> {
    let text = text.trim();
    if text.to_ascii_uppercase().contains(AGE_SECRET_KEY) {
        return Some(Secret::AgeKey);
    }
    if text.contains(WEBHOOK_SECRET_KEY) {
        return Some(Secret::Key);
    }
    // Tools write keypairs as JSON, and JSON may be in a text.
    if text.starts_with(['[', '{', '"'])
        && let Ok(inner) = serde_json::from_str::<Value>(text)
    {
        return find(&inner);
    }
    if text.contains(FHIR_TYPE) {
        return Some(Secret::Document);
    }
    if has_keypair(text) || has_keypair_of_numbers(text) {
        return Some(Secret::Key);
    }
    if has_phrase(text) {
        return Some(Secret::SeedPhrase);
    }
    // A value that is text once it is decoded. A document in base64 is as plain as without.
    words(text)
        .filter(|word| word.len() >= SHORTEST_ENCODED)
        .filter_map(|word| String::from_utf8(BASE64_STANDARD_NO_PAD.decode(word).ok()?).ok())
        .find_map(|decoded| of_text(&decoded))
}

/// The parts of a text that may be bytes in base58, base64 or hex.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| {
        !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '/' | '-' | '_')
    })
}

/// Whether a word of the text is a keypair, in one of the forms in which tools write it.
fn has_keypair(text: &str) -> bool {
    words(text)
        .filter(|word| KEYPAIR_LETTERS.contains(&word.len()))
        .any(|word| {
            let decoded = [
                // Longer words would take long to decode.
                (word.len() <= 88).then(|| bs58::decode(word).into_vec().ok()),
                Some(BASE64_STANDARD_NO_PAD.decode(word).ok()),
                Some(BASE64_URL_SAFE_NO_PAD.decode(word).ok()),
                Some(hex::decode(word.trim_start_matches("0x")).ok()),
            ];
            decoded
                .iter()
                .flatten()
                .flatten()
                .any(|bytes| is_keypair(bytes))
        })
}

/// Whether there are as many numbers of a byte in a row as a keypair has. Their values are not computed: a long text has
/// thousands of such rows.
fn has_keypair_of_numbers(text: &str) -> bool {
    let mut run = 0;
    for word in
        text.split(|letter: char| matches!(letter, ',' | '[' | ']') || letter.is_whitespace())
    {
        match word.parse::<u8>() {
            Ok(_) => run += 1,
            Err(_) if word.is_empty() => {}
            Err(_) => run = 0,
        }
        if run >= KEYPAIR_BYTES {
            return true;
        }
    }
    false
}

/// A keypair as the Solana tools write it: 64 numbers. No parameter of any route is a list of so many numbers.
fn of_numbers(items: &[Value]) -> Option<Secret> {
    let is_byte = |item: &Value| item.as_u64().is_some_and(|number| number <= 255);
    (matches!(items.len(), 32 | 64) && items.iter().all(is_byte)).then_some(Secret::Key)
}

/// Whether the second half is the public key of the first: a signature of as many bytes is none.
fn is_keypair(bytes: &[u8]) -> bool {
    let Ok(bytes) = <&[u8; 64]>::try_from(bytes) else {
        return false;
    };
    let (seed, public) = bytes.split_at(32);
    let hash = Sha512::digest(seed);
    let Some(half) = hash.first_chunk::<32>() else {
        return false;
    };
    let scalar = Scalar::from_bytes_mod_order(clamp_integer(*half));
    (&scalar * ED25519_BASEPOINT_TABLE).compress().as_bytes() == public
}

/// Whether there are as many words of the list in a row as a seed phrase has.
fn has_phrase(text: &str) -> bool {
    let mut run = 0;
    for word in text
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !word.is_empty())
    {
        let word = word.to_lowercase();
        run = match LISTED.contains(word.as_str()) {
            true => run + 1,
            false => 0,
        };
        if run >= PHRASE_WORDS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;
    use ed25519_dalek::SigningKey;
    use serde_json::json;

    use super::*;

    const PHRASE: &str =
        "legal winner thank year wave sausage worth useful legal winner thank yellow";

    fn keypair() -> [u8; 64] {
        SigningKey::from_bytes(&[7; 32]).to_keypair_bytes()
    }

    /// A secret key is recognized in every form that tools write it in, however deep it is in a body.
    #[test]
    fn secret_keys_are_found_in_every_form() {
        let pair = keypair();
        let numbers = serde_json::to_string(&pair.to_vec()).unwrap();
        for text in [
            bs58::encode(pair).into_string(),
            BASE64_STANDARD.encode(pair),
            hex::encode(pair),
            format!("0x{}", hex::encode(pair)),
            numbers.clone(),
            format!(" {} ", bs58::encode(pair).into_string()),
            format!("my key is {}.", bs58::encode(pair).into_string()),
            format!("key={};", BASE64_STANDARD.encode(pair)),
            format!("<{}>", BASE64_URL_SAFE_NO_PAD.encode(pair)),
            format!("(0x{})", hex::encode(pair)),
            format!("id.json: {numbers}, keep it"),
            BASE64_STANDARD.encode(format!("my key is {}.", bs58::encode(pair).into_string())),
            "whsk_AAAA".to_owned(),
        ] {
            let body = json!({ "a": [{ "b": text }] });
            assert_eq!(find(&body), Some(Secret::Key), "{body}");
        }
        let body = json!({ "a": [pair.to_vec()] });
        assert_eq!(find(&body), Some(Secret::Key));
        assert_eq!(find(&json!(vec![1; 32])), Some(Secret::Key));
    }

    /// As many numbers as a keypair has count as one: to try each row of a long text as a key would take too much time.
    #[test]
    fn rows_of_numbers_are_refused_as_they_are() {
        let numbers = format!("[{}", "1,".repeat(64));
        assert_eq!(find(&json!({ "label": numbers })), Some(Secret::Key));
        let fewer = format!("[{}", "1,".repeat(63));
        assert_eq!(find(&json!({ "label": fewer })), None);
    }

    /// Signatures and public keys have the length of secret keys, and are let through.
    #[test]
    fn public_bytes_are_no_secret_keys() {
        use ed25519_dalek::Signer;
        let key = SigningKey::from_bytes(&[7; 32]);
        let signature = key.sign(b"text").to_bytes();
        let public = key.verifying_key().to_bytes();
        let body = json!({
            "attestation": bs58::encode(signature).into_string(),
            "capsule": BASE64_STANDARD.encode(signature),
            "wallet": bs58::encode(public).into_string(),
            "key": hex::encode(public),
            "numbers": vec![1; 31],
            "label": "blood pressure of twelve months in a town with a hospital nearby, 2026",
            "encryption_key": hex::encode(public),
        });
        assert_eq!(find(&body), None);
    }

    #[test]
    fn seed_phrases_are_found() {
        for text in [
            PHRASE.to_owned(),
            format!("my phrase is: {PHRASE}!"),
            PHRASE.to_uppercase(),
            PHRASE.replace(' ', "\n"),
            PHRASE.replace(' ', ","),
        ] {
            assert_eq!(find(&json!({ "label": text })), Some(Secret::SeedPhrase));
        }
        let short = PHRASE.rsplit_once(' ').unwrap().0;
        assert_eq!(find(&json!({ "label": short })), None);
        assert_eq!(WORDS.lines().count(), 2_048);
    }

    #[test]
    fn secret_keys_of_age_are_found() {
        for text in [
            "AGE-SECRET-KEY-1QQQ",
            "age-secret-key-1qqq",
            "x AGE-SECRET-KEY-PQ-1Q",
        ] {
            assert_eq!(find(&json!([text])), Some(Secret::AgeKey));
            assert_eq!(find_in_text(text), Some(Secret::AgeKey));
            assert_eq!(find(&json!({ text: 1 })), Some(Secret::AgeKey));
        }
    }

    #[test]
    fn fields_are_recognized_by_name() {
        for name in [
            "secret_key",
            "secretKey",
            "SEED",
            "seed-phrase",
            "mnemonic",
            "private_key",
        ] {
            assert_eq!(
                find(&json!({ name: "" })),
                Some(Secret::NamedField),
                "{name}"
            );
        }
        for name in ["document", "plain_text", "resourceType", "FHIR"] {
            assert_eq!(find(&json!({ name: {} })), Some(Secret::Document), "{name}");
        }
        assert_eq!(find(&json!({ "settle_key": "", "buyer_key": "" })), None);
    }

    /// A document is one within a text, and in base64 too.
    #[test]
    fn documents_are_found_in_texts() {
        let document = r#"{"resourceType": "Observation"}"#;
        for text in [
            document.to_owned(),
            format!("see: {document}"),
            BASE64_STANDARD.encode(document),
        ] {
            assert_eq!(
                find(&json!({ "label": text })),
                Some(Secret::Document),
                "{text}"
            );
            assert_eq!(find_in_text(&text), Some(Secret::Document), "{text}");
        }
    }
}
