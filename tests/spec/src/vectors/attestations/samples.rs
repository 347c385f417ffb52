//! Statements, the lines that wallets sign, and their envelopes.

use ed25519_dalek::{Signer, SigningKey};
use generion_interface::{
    Deployment,
    attestation::{KeyAttestation, RecordAttestation},
    signed_line::{Envelope, LineError},
};
use serde_json::{Value, json};
use solana_address::Address;

use super::super::support::{
    address_of, base58, deployment, encryption_secret, genesis, hex, program, seed, wallet_address,
};

/// The envelopes and their names, in the order in which they are tried.
pub const ENVELOPES: [(&str, Envelope); 7] = [
    ("plain", Envelope::Plain),
    ("version_1", Envelope::Version1),
    ("version_1_with_length", Envelope::Version1WithLength),
    ("version_0", Envelope::Version0),
    ("version_0_without_domain", Envelope::Version0WithoutDomain),
    ("legacy", Envelope::Legacy),
    ("memo", Envelope::Memo),
];

pub const PREFIX: &[u8] = b"\xffsolana offchain";

pub fn key_statement(deployment: Deployment, name: &str, index: u32) -> KeyAttestation {
    KeyAttestation {
        deployment,
        wallet: wallet_address(name),
        index,
        key: encryption_secret(name, &deployment, index)
            .public_key()
            .to_bytes(),
    }
}

pub fn record_statement() -> RecordAttestation {
    RecordAttestation {
        deployment: deployment(),
        creator: wallet_address("clinic"),
        owner: wallet_address("patient"),
        data_public_key: seed("data public key"),
        document: seed("ciphertext"),
        facts_root: seed("facts root"),
    }
}

/// The line, built from the text of the protocol.
pub fn key_line(statement: &KeyAttestation) -> String {
    let line = format!(
        "Generion encryption key attestation v1. Sign only in the Generion app. genesis={} program={} index={} key={}",
        statement.deployment.genesis,
        statement.deployment.program_id,
        statement.index,
        hex::encode(statement.key),
    );
    assert_eq!(line, statement.line());
    line
}

/// The line, built from the text of the protocol.
pub fn record_line(statement: &RecordAttestation) -> String {
    let line = format!(
        "Generion record v1. genesis={} program={} owner={} key={} document={} facts={}",
        statement.deployment.genesis,
        statement.deployment.program_id,
        statement.owner,
        hex::encode(statement.data_public_key),
        hex::encode(statement.document),
        hex::encode(statement.facts_root),
    );
    assert_eq!(line, statement.line());
    line
}

/// The bytes that a wallet signs for a line, built from the text of the protocol.
pub fn enveloped(envelope: Envelope, line: &str, wallet: &Address) -> Vec<u8> {
    let (line, wallet, program) = (line.as_bytes(), wallet.to_bytes(), program().to_bytes());
    let length = (line.len() as u16).to_le_bytes();
    match envelope {
        Envelope::Plain => line.to_vec(),
        Envelope::Version1 => [PREFIX, &[1, 1], &wallet, line].concat(),
        Envelope::Version1WithLength => [PREFIX, &[1, 1], &wallet, &length, line].concat(),
        Envelope::Version0 => version_0(&program, &wallet, line),
        Envelope::Version0WithoutDomain => version_0(&[0; 32], &wallet, line),
        Envelope::Legacy => [PREFIX, &[0, 0], &length, line].concat(),
        Envelope::Memo => memo(&wallet, &[0; 32], line),
    }
}

pub fn version_0(domain: &[u8], wallet: &[u8], line: &[u8]) -> Vec<u8> {
    let length = (line.len() as u16).to_le_bytes();
    [PREFIX, &[0], domain, &[0, 1], wallet, &length, line].concat()
}

/// The legacy message of a transaction: one signer, one read-only account, two accounts; a block hash; one instruction
/// for the program in account 1, without accounts.
pub fn memo(wallet: &[u8], block_hash: &[u8; 32], line: &[u8]) -> Vec<u8> {
    let program: Address = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"
        .parse()
        .expect("an address");
    assert!((128..1 << 14).contains(&line.len()), "two bytes of length");
    let length = [line.len() as u8 | 0x80, (line.len() >> 7) as u8];
    let start = [&[1, 0, 1, 2], wallet, program.as_ref(), block_hash].concat();
    [&start[..], &[1, 1, 0], &length, line].concat()
}

pub fn key_json(statement: &KeyAttestation) -> Value {
    json!({
        "genesis": genesis(&statement.deployment),
        "program_id": base58(&statement.deployment.program_id),
        "wallet": base58(&statement.wallet),
        "index": statement.index,
        "key": hex(statement.key),
        "line": key_line(statement),
    })
}

pub fn record_json(statement: &RecordAttestation) -> Value {
    json!({
        "genesis": genesis(&statement.deployment),
        "program_id": base58(&statement.deployment.program_id),
        "creator": base58(&statement.creator),
        "owner": base58(&statement.owner),
        "data_public_key": hex(statement.data_public_key),
        "document": hex(statement.document),
        "facts_root": hex(statement.facts_root),
        "line": record_line(statement),
    })
}

/// One case per envelope, signed by `signer`.
pub fn in_each_envelope(
    statement: &Value,
    signer: &SigningKey,
    verify: impl Fn(&[u8; 64]) -> Result<Envelope, LineError>,
) -> Vec<Value> {
    let line = statement["line"].as_str().expect("a line");
    let cases = ENVELOPES.iter().map(|(name, envelope)| {
        let message = enveloped(*envelope, line, &address_of(signer));
        assert_eq!(
            message,
            envelope.wrap(line, &address_of(signer), &program())
        );
        let signature = signer.sign(&message).to_bytes();
        assert_eq!(verify(&signature), Ok(*envelope));
        let mut case = statement.clone();
        case["envelope"] = (*name).into();
        case["message"] = hex(message);
        case["signature"] = hex(signature);
        case
    });
    cases.collect()
}
