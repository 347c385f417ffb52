//! Invalid attestations.

use curve25519_dalek::{
    EdwardsPoint, Scalar, constants::EIGHT_TORSION, edwards::CompressedEdwardsY,
};
use ed25519_dalek::{Signer, SigningKey};
use generion_crypto::keys::encryption_key_line;
use generion_interface::{
    Addresses,
    attestation::{KeyAttestation, RecordAttestation},
    signed_line::{Envelope, LineError},
};
use generion_reference_proofs::group_order::plus_order;
use serde_json::Value;
use solana_address::Address;

use super::{
    super::{
        signatures::{Forged, holds_with_cofactor, joined, sign_with_nonce},
        support::{
            address, address_of, deployment, hex, on_mainnet, program, seed, wallet, wallet_address,
        },
    },
    samples::{PREFIX, key_json, key_statement, memo, record_json, record_statement, version_0},
};

/// A refused signature over the first key's statement, with the signed text if there is one.
struct Refused {
    name: &'static str,
    wallet: Address,
    message: Option<Vec<u8>>,
    signature: [u8; 64],
}

pub(super) fn keys() -> Vec<Value> {
    let mut cases = other_texts();
    cases.extend(other_envelopes());
    cases.extend(other_signatures());
    let cases = cases.into_iter().map(|case| {
        let statement = KeyAttestation {
            wallet: case.wallet,
            ..key_statement(deployment(), "patient", 0)
        };
        let mut value = key_json(&statement);
        value["name"] = case.name.into();
        value["message"] = case.message.map(hex).into();
        value["signature"] = hex(case.signature);
        value["error"] = error(statement.verify(&case.signature), case.name).into();
        value
    });
    cases.collect()
}

fn error(verified: Result<Envelope, LineError>, name: &str) -> &'static str {
    match verified {
        Err(LineError::Missing) => "missing",
        Err(LineError::CanNotSign(_)) => "can_not_sign",
        Err(LineError::NotTheWallets(_)) => "not_the_wallets",
        Ok(_) => panic!("{name} is not refused"),
    }
}

/// The wallet signs another text.
fn other_texts() -> Vec<Refused> {
    let patient = wallet("patient");
    let statement = key_statement(deployment(), "patient", 0);
    let with = |change: &dyn Fn(&mut KeyAttestation)| {
        let mut changed = statement;
        change(&mut changed);
        changed.line()
    };
    let line = statement.line();
    let texts = [
        ("another index", with(&|s| s.index = 1)),
        ("another key", with(&|s| s.key = seed("encryption key"))),
        (
            "another cluster",
            with(&|s| s.deployment.genesis = on_mainnet().genesis),
        ),
        (
            "another program",
            with(&|s| s.deployment.program_id = address("another program")),
        ),
        ("a line break at the end", format!("{line}\n")),
        ("a space less", line.replacen(". S", ".S", 1)),
        (
            "the key in upper-case hex",
            line.replace(
                &hex::encode(statement.key),
                &hex::encode_upper(statement.key),
            ),
        ),
        (
            "the index with a zero before it",
            line.replace("index=0", "index=00"),
        ),
        (
            "the line that the secret follows from",
            encryption_key_line(&deployment(), 0),
        ),
        ("a record's line", record_statement().line()),
    ];
    let texts = texts.into_iter().map(|(name, text)| {
        assert_ne!(text, line, "{name}");
        Refused {
            name,
            wallet: address_of(&patient),
            signature: patient.sign(text.as_bytes()).to_bytes(),
            message: Some(text.into_bytes()),
        }
    });
    texts.collect()
}

/// The wallet signs the line in an unknown envelope.
fn other_envelopes() -> Vec<Refused> {
    let patient = wallet("patient");
    let (own, other) = (
        address_of(&patient).to_bytes(),
        wallet_address("doctor").to_bytes(),
    );
    let text = key_statement(deployment(), "patient", 0).line();
    let line = text.as_bytes();
    let domain = program().to_bytes();
    let length = (line.len() as u16).to_le_bytes();
    let (short, big) = (
        (line.len() as u16 - 1).to_le_bytes(),
        (line.len() as u16).to_be_bytes(),
    );
    let utf8_format = [PREFIX, &[0], &domain, &[1, 1], &own, &length, line].concat();
    let big_endian = [PREFIX, &[0], &domain, &[0, 1], &own, &big, line].concat();
    let second_instruction = {
        let mut message = memo(&own, &[0; 32], line);
        message[4 + 96] = 2;
        message.extend_from_slice(&[1, 0, 0]);
        message
    };
    let messages = [
        (
            "version 1 for another wallet",
            [PREFIX, &[1, 1], &other, line].concat(),
        ),
        (
            "version 1 for two wallets",
            [PREFIX, &[1, 2], &own, &other, line].concat(),
        ),
        (
            "version 1 with a length that is too short",
            [PREFIX, &[1, 1], &own, &short, line].concat(),
        ),
        ("version 2", [PREFIX, &[2, 1], &own, line].concat()),
        (
            "version 0 for another application",
            version_0(address("another program").as_ref(), &own, line),
        ),
        (
            "version 0 for another wallet",
            version_0(&domain, &other, line),
        ),
        ("version 0 in the format for UTF-8", utf8_format),
        ("version 0 with a big-endian length", big_endian),
        (
            "legacy in the format for UTF-8",
            [PREFIX, &[0, 1], &length, line].concat(),
        ),
        (
            "another first byte",
            [b"\xfesolana offchain", &[1, 1][..], &own, line].concat(),
        ),
        (
            "a memo in a transaction that can land",
            memo(&own, &seed("block hash"), line),
        ),
        ("a memo beside another instruction", second_instruction),
        (
            "a memo in a versioned transaction",
            [&[0x80][..], &memo(&own, &[0; 32], line), &[0]].concat(),
        ),
        (
            "a memo that another wallet pays for",
            memo(&other, &[0; 32], line),
        ),
    ];
    let messages = messages.into_iter().map(|(name, message)| Refused {
        name,
        wallet: address_of(&patient),
        signature: patient.sign(&message).to_bytes(),
        message: Some(message),
    });
    messages.collect()
}

/// The correct line with an invalid signature, or with a non-canonical encoding.
fn other_signatures() -> Vec<Refused> {
    let patient = wallet("patient");
    let own = address_of(&patient);
    let statement = key_statement(deployment(), "patient", 0);
    let line = statement.line();
    let line = line.as_bytes();
    let good = patient.sign(line).to_bytes();
    let (commitment, response) = good.split_at(32);
    let flipped = |position: usize| {
        let mut changed = good;
        changed[position] ^= 1;
        changed
    };
    let torsion = EIGHT_TORSION[1];
    let nonce = Scalar::from(4711u32);
    let identity = CompressedEdwardsY::default().to_bytes();
    // y = p + 1: the identity in a non-canonical encoding.
    let mut identity_again = [0xff; 32];
    (identity_again[0], identity_again[31]) = (0xee, 0x7f);
    let forged = |commitment: [u8; 32], nonce: Scalar, wallet: [u8; 32], secret: Scalar| {
        Forged {
            commitment,
            nonce,
            wallet,
            secret,
            message: line,
        }
        .signature()
    };
    let commitment_of = |nonce: &Scalar| EdwardsPoint::mul_base(nonce);
    let mixed_commitment = (commitment_of(&nonce) + torsion).compress().to_bytes();
    let secret = patient.to_scalar();
    let plain_commitment = commitment_of(&nonce).compress().to_bytes();
    let (mixed_wallet, by_mixed_wallet) = by_wallet_of_mixed_order(&patient, line);
    let vault = Addresses::new(program()).order(&own, 0);
    let cases = [
        ("no signature: zeros", own, [0; 64]),
        (
            "a wallet that is no point, as a multisig vault is none",
            vault,
            good,
        ),
        (
            "another wallet's signature",
            own,
            wallet("doctor").sign(line).to_bytes(),
        ),
        ("a changed commitment", own, flipped(0)),
        ("a changed response", own, flipped(32)),
        (
            "the response with the group order added",
            own,
            joined(
                commitment,
                &plus_order(response.first_chunk().expect("32 bytes")),
            ),
        ),
        (
            "a commitment of mixed order: with the cofactor it would hold",
            own,
            forged(mixed_commitment, nonce, own.to_bytes(), secret),
        ),
        (
            "a commitment of small order, the identity: the equation holds",
            own,
            forged(identity, Scalar::ZERO, own.to_bytes(), secret),
        ),
        (
            "a commitment that is not canonical, the identity again",
            own,
            forged(identity_again, Scalar::ZERO, own.to_bytes(), secret),
        ),
        (
            "a wallet of small order, the identity: the equation holds for anybody's signature",
            identity.into(),
            forged(plain_commitment, nonce, identity, Scalar::ZERO),
        ),
        (
            "a wallet of small order, of order 8: with the cofactor it would hold",
            torsion.compress().to_bytes().into(),
            forged(
                plain_commitment,
                nonce,
                torsion.compress().to_bytes(),
                Scalar::ZERO,
            ),
        ),
        (
            "a wallet that is not canonical, the identity again",
            identity_again.into(),
            forged(plain_commitment, nonce, identity_again, Scalar::ZERO),
        ),
        (
            "a wallet of mixed order: with the cofactor it would hold",
            mixed_wallet.into(),
            by_mixed_wallet,
        ),
    ];
    // Only the order or the encoding of these is invalid, so other verifiers accept them.
    for (name, wallet, signature) in &cases {
        if name.contains("order: ") || name.contains("of order 8: ") || name.contains("canonical, ")
        {
            assert!(
                holds_with_cofactor(wallet.as_array(), signature, line),
                "{name}"
            );
        }
    }
    let forged = forged(plain_commitment, nonce, own.to_bytes(), secret);
    assert_eq!(sign_with_nonce(&patient, &nonce, line), forged);
    assert!(statement.verify(&forged).is_ok());
    let cases = cases.into_iter().map(|(name, wallet, signature)| Refused {
        name,
        wallet,
        message: None,
        signature,
    });
    cases.collect()
}

/// A wallet with a component of order 8, and a signature that is valid except for that component: the challenge is not a
/// multiple of 8, whether reduced or not.
fn by_wallet_of_mixed_order(of: &SigningKey, message: &[u8]) -> ([u8; 32], [u8; 64]) {
    let secret = of.to_scalar();
    let wallet = (EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[1])
        .compress()
        .to_bytes();
    let forged = (1u32..)
        .map(|nonce| {
            let nonce = Scalar::from(nonce);
            Forged {
                commitment: EdwardsPoint::mul_base(&nonce).compress().to_bytes(),
                nonce,
                wallet,
                secret,
                message,
            }
        })
        .find(|forged| {
            let challenge = forged.challenge();
            let reduced = Scalar::from_bytes_mod_order_wide(&challenge).to_bytes();
            !challenge[0].is_multiple_of(8) && !reduced[0].is_multiple_of(8)
        })
        .expect("seven of eight are");
    (wallet, forged.signature())
}

/// Records whose line was signed by another wallet than the creator, or whose line differs.
pub(super) fn records() -> Vec<Value> {
    let statement = record_statement();
    let signature = wallet("clinic")
        .sign(statement.line().as_bytes())
        .to_bytes();
    let by_owner = wallet("patient")
        .sign(statement.line().as_bytes())
        .to_bytes();
    let changed = |change: &dyn Fn(&mut RecordAttestation)| {
        let mut changed = statement;
        change(&mut changed);
        changed
    };
    let cases = [
        (
            "signed by the owner, who did not write it",
            statement,
            by_owner,
        ),
        (
            "another creator",
            changed(&|s| s.creator = wallet_address("laboratory")),
            signature,
        ),
        (
            "another owner",
            changed(&|s| s.owner = wallet_address("doctor")),
            signature,
        ),
        (
            "another data public key",
            changed(&|s| s.data_public_key[0] ^= 1),
            signature,
        ),
        (
            "another document",
            changed(&|s| s.document[31] ^= 1),
            signature,
        ),
        (
            "other facts",
            changed(&|s| s.facts_root = [0; 32]),
            signature,
        ),
        (
            "another cluster",
            changed(&|s| s.deployment.genesis = on_mainnet().genesis),
            signature,
        ),
        ("no signature: zeros", statement, [0; 64]),
    ];
    let cases = cases.into_iter().map(|(name, statement, signature)| {
        let mut case = record_json(&statement);
        case["name"] = name.into();
        case["signature"] = hex(signature);
        case["error"] = error(statement.verify(&signature), name).into();
        case
    });
    cases.collect()
}
