use ed25519_dalek::Signer;
use generion_interface::{
    Deployment,
    attestation::KeyAttestation,
    card::{Card, CardError},
    signed_line::LineError,
};
use serde_json::{Value, json};

use super::{
    attestations::samples::{ENVELOPES, key_json, key_statement},
    support::{deployment, hex, on_mainnet, wallet},
};

pub(super) fn all() -> Value {
    let cards = [
        (deployment(), "patient", 0),
        (deployment(), "patient", 1),
        (deployment(), "doctor", u32::MAX),
        (on_mainnet(), "patient", 0),
    ];
    let cards = cards.map(|(deployment, name, index)| {
        let statement = key_statement(deployment, name, index);
        let card = signed(&statement, name);
        let mut json = key_json(&statement);
        let envelope = ENVELOPES.iter().find(|(_, is)| *is == card.envelope());
        json["attestation"] = hex(card.attestation());
        json["envelope"] = envelope.expect("one of them").0.into();
        json["card"] = line(&card).into();
        json
    });
    json!({
        "about": "Cards (docs/PROTOCOL.md, section 2): a wallet's attested key as one line of text. `index` is a number.",
        "cards": cards,
        "refused": refused(),
    })
}

fn signed(statement: &KeyAttestation, name: &str) -> Card {
    let signature = wallet(name).sign(statement.line().as_bytes()).to_bytes();
    Card::new(*statement, signature).expect("the wallet's own")
}

/// The line, built from the text of the protocol.
fn line(card: &Card) -> String {
    let Deployment {
        genesis,
        program_id,
    } = card.deployment();
    let line = [
        "generion-card-v1".to_owned(),
        card.wallet().to_string(),
        genesis.to_string(),
        program_id.to_string(),
        card.index().to_string(),
        hex::encode(card.key()),
        bs58::encode(card.attestation()).into_string(),
    ]
    .join(":");
    assert_eq!(line, card.to_string());
    line
}

fn refused() -> Vec<Value> {
    let statement = key_statement(deployment(), "patient", 3);
    let card = signed(&statement, "patient");
    let text = line(&card);
    let key = hex::encode(card.key());
    let attestation = bs58::encode(card.attestation()).into_string();
    let mut other = *card.attestation();
    other[40] ^= 1;
    let changed = bs58::encode(other).into_string();
    let nothing = bs58::encode([0; 64]).into_string();
    let others = signed(&key_statement(deployment(), "doctor", 3), "doctor");
    let mainnet = on_mainnet().genesis.to_string();
    let cases = [
        ("nothing", String::new()),
        ("a wallet", card.wallet().to_string()),
        ("another title", text.replace("card-v1", "key-v1")),
        ("a title in capitals", text.replace("generion", "Generion")),
        ("a version to come", text.replace("card-v1", "card-v2")),
        (
            "without the attestation",
            text.replace(&format!(":{attestation}"), ""),
        ),
        ("with an eighth field", format!("{text}:")),
        ("without a colon", text.replacen(':', "", 2)),
        ("an index with a sign", text.replace(":3:", ":+3:")),
        (
            "an index with a zero before it",
            text.replace(":3:", ":03:"),
        ),
        ("an index of 33 bits", text.replace(":3:", ":4294967296:")),
        ("a key in capitals", text.replace(&key, &key.to_uppercase())),
        ("a key of 31 bytes", text.replace(&key, &key[2..])),
        ("a space within", text.replace(":3:", ": 3:")),
        ("another index", text.replace(":3:", ":4:")),
        (
            "another cluster",
            text.replace(&deployment().genesis.to_string(), &mainnet),
        ),
        (
            "another wallet",
            text.replace(&card.wallet().to_string(), &others.wallet().to_string()),
        ),
        ("another signature", text.replace(&attestation, &changed)),
        ("no signature", text.replace(&attestation, &nothing)),
    ];
    let cases = cases.map(|(name, text)| {
        let error = match text.parse::<Card>() {
            Err(CardError::NoCard | CardError::Malformed) => "malformed",
            Err(CardError::UnknownVersion) => "unknown_version",
            Err(CardError::Attestation(LineError::Missing)) => "missing",
            Err(CardError::Attestation(LineError::NotTheWallets(_))) => "not_the_wallets",
            other => panic!("{name}: {other:?}"),
        };
        json!({"name": name, "card": text, "error": error})
    });
    cases.to_vec()
}
