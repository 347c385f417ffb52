use curve25519_dalek::{RistrettoPoint, Scalar, edwards::CompressedEdwardsY};
use ed25519_dalek::Signer;
use generion_crypto::keys::{
    DerivationError, Encryption, EncryptionKey, EncryptionSecret, ForPurchase, WalletKeyUse,
    encryption_key_line, purchase_key_line,
};
use generion_interface::{Deployment, attestation::KeyAttestation};
use generion_reference_proofs::group_order::plus_order;
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha512;
use solana_address::Address;

use super::{
    signatures::{joined, sign_with_nonce},
    support::{
        address, address_of, base58, compress, deployment, encryption_secret, genesis, hex,
        not_points, on_mainnet, purchase_secret, scalar, seed, wallet,
    },
};

/// The common middle of all lines whose signature is a secret, from the text of the protocol.
const WARNING: &str = "WARNING: whoever has this signature can read all your health records. Sign only in the Generion app.";

pub(super) fn all() -> Value {
    let (here, mainnet) = (deployment(), on_mainnet());
    let of_another_program = Deployment {
        program_id: address("another program"),
        ..here
    };
    let encryption = [
        ("patient", here, 0),
        ("patient", here, 1),
        ("patient", here, u32::MAX),
        ("patient", of_another_program, 0),
        ("patient", mainnet, 0),
        ("doctor", here, 0),
    ];
    let encryption = encryption.map(|(name, deployment, index)| {
        let line = encryption_key_line(&deployment, index);
        let text = format!(
            "Generion encryption key v1. {WARNING} genesis={} program={} index={index}",
            deployment.genesis, deployment.program_id
        );
        assert_eq!(line, text);
        let secret = encryption_secret(name, &deployment, index);
        let mut case = derived::<Encryption>(name, &line, &secret.to_bytes());
        assert_eq!(case["public_key"], hex(secret.public_key().to_bytes()));
        case["genesis"] = genesis(&deployment);
        case["program_id"] = base58(&deployment.program_id);
        case["index"] = index.into();
        case
    });
    let purchase = [
        ("buyer", here, "order"),
        ("buyer", here, "another order"),
        ("buyer", mainnet, "order"),
        ("patient", here, "order"),
    ];
    let purchase = purchase.map(|(name, deployment, order)| {
        let order = address(order);
        let line = purchase_key_line(&deployment, &order);
        let text = format!(
            "Generion purchase key v1. {WARNING} genesis={} program={} order={order}",
            deployment.genesis, deployment.program_id
        );
        assert_eq!(line, text);
        let secret = purchase_secret(name, &deployment, &order);
        let mut case = derived::<ForPurchase>(name, &line, &secret.to_bytes());
        assert_eq!(case["public_key"], hex(secret.public_key().to_bytes()));
        case["genesis"] = genesis(&deployment);
        case["program_id"] = base58(&deployment.program_id);
        case["order"] = base58(&order);
        case
    });
    json!({
        "about": "Keys derived from a wallet's signature over a line (docs/PROTOCOL.md, section 2). The wallet is the \
                  Ed25519 key of `wallet_seed`; `wide` is what HKDF-SHA512 gives and is reduced to `secret`.",
        "encryption": encryption,
        "purchase": purchase,
        "refused_signers": refused_signers(),
        "refused_secrets": refused_secrets(),
        "refused_public_keys": refused_public_keys(),
    })
}

/// Derives the same values independently of the client.
fn derived<U: WalletKeyUse>(name: &str, line: &str, secret: &[u8; 32]) -> Value {
    let wallet = wallet(name);
    let signature = wallet.sign(line.as_bytes()).to_bytes();
    let mut wide = [0; 64];
    Hkdf::<Sha512>::new(Some(U::SALT), &signature)
        .expand(&[], &mut wide)
        .expect("64 bytes");
    assert_eq!(Scalar::from_bytes_mod_order_wide(&wide).to_bytes(), *secret);
    json!({
        "wallet_seed": hex(seed(name)),
        "wallet": base58(&address_of(&wallet)),
        "line": line,
        "salt": std::str::from_utf8(U::SALT).expect("a text"),
        "signature": hex(signature),
        "wide": hex(wide),
        "secret": hex(secret),
        "public_key": hex(compress(&RistrettoPoint::mul_base(&scalar(secret)))),
    })
}

/// Pairs of signatures over the line of the first key, and why a client derives no key from them.
fn refused_signers() -> Vec<Value> {
    let patient = wallet("patient");
    let patient_address = address_of(&patient);
    let line = encryption_key_line(&deployment(), 0);
    let good = patient.sign(line.as_bytes()).to_bytes();
    let hedged = sign_with_nonce(&patient, &Scalar::from(4711u32), line.as_bytes());
    let wrapped = patient
        .sign(&[b"\xffsolana offchain", line.as_bytes()].concat())
        .to_bytes();
    let of_another_cluster = patient
        .sign(encryption_key_line(&on_mainnet(), 0).as_bytes())
        .to_bytes();
    let attestation = KeyAttestation {
        deployment: deployment(),
        wallet: patient_address,
        index: 0,
        key: encryption_secret("patient", &deployment(), 0)
            .public_key()
            .to_bytes(),
    };
    let attestation = patient.sign(attestation.line().as_bytes()).to_bytes();
    let others = wallet("doctor").sign(line.as_bytes()).to_bytes();
    let next = encryption_key_line(&deployment(), 1);
    let other_line = patient.sign(next.as_bytes()).to_bytes();
    let response = good.last_chunk().expect("64 bytes");
    let second_encoding = joined(&good[..32], &plus_order(response));
    let small_order_commitment = sign_with_nonce(&patient, &Scalar::ZERO, line.as_bytes());
    let identity = CompressedEdwardsY::default().to_bytes();
    let mut small_order_signature = [0; 64];
    small_order_signature[..32].copy_from_slice(&identity);

    let cases = [
        (
            "a second signature with another nonce",
            patient_address,
            [good, hedged],
        ),
        (
            "the text is wrapped before it is signed",
            patient_address,
            [wrapped; 2],
        ),
        ("another wallet's signature", patient_address, [others; 2]),
        (
            "a signature over another line",
            patient_address,
            [other_line; 2],
        ),
        (
            "a signature over the line of another cluster",
            patient_address,
            [of_another_cluster; 2],
        ),
        (
            "the attestation of the key, which is public",
            patient_address,
            [attestation; 2],
        ),
        (
            "the response with the group order added",
            patient_address,
            [second_encoding; 2],
        ),
        (
            "a commitment of small order",
            patient_address,
            [small_order_commitment; 2],
        ),
        (
            "a wallet of small order",
            Address::new_from_array(identity),
            [small_order_signature; 2],
        ),
    ];
    let refused = cases.into_iter().map(|(name, wallet, signatures)| {
        let mut given = signatures.into_iter();
        let derived =
            EncryptionSecret::derive_from_wallet::<()>(&wallet, &deployment(), 0, |asked| {
                assert_eq!(asked, line.as_bytes());
                Ok(given.next().expect("a line is signed twice"))
            });
        let error = match derived {
            Err(DerivationError::NotDeterministic(_)) => "not_deterministic",
            Err(DerivationError::NotPlain(_)) => "not_plain",
            Err(DerivationError::Signer(())) | Ok(_) => panic!("{name} is not refused"),
        };
        json!({
            "name": name,
            "wallet": base58(&wallet),
            "line": line,
            "signatures": signatures.map(hex),
            "error": error,
        })
    });
    refused.collect()
}

fn refused_secrets() -> Vec<Value> {
    let one = Scalar::ONE.to_bytes();
    let cases = [
        ("zero", [0; 32]),
        ("the group order, which is zero", plus_order(&[0; 32])),
        ("one, with the group order added", plus_order(&one)),
        ("all bits set", [0xff; 32]),
    ];
    let refused = cases.into_iter().map(|(name, bytes)| {
        assert!(EncryptionSecret::from_bytes(&bytes).is_none(), "{name}");
        json!({"name": name, "bytes": hex(bytes)})
    });
    refused.collect()
}

fn refused_public_keys() -> Vec<Value> {
    let cases = [("the identity", [0; 32])].into_iter().chain(not_points());
    let refused = cases.map(|(name, bytes)| {
        assert!(EncryptionKey::from_bytes(&bytes).is_none(), "{name}");
        json!({"name": name, "bytes": hex(bytes)})
    });
    refused.collect()
}
