use ed25519_dalek::{Signer, SigningKey};

use super::*;

const LINE: &str = "Generion record v1. owner=1";

fn wallet() -> (SigningKey, Address) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let address = Address::new_from_array(key.verifying_key().to_bytes());
    (key, address)
}

fn program() -> Address {
    Address::new_from_array([2; 32])
}

/// `l`, the order of the group.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Written out byte by byte, without the code that is tested.
#[test]
fn envelopes_are_known() {
    let (_, wallet) = wallet();
    let (w, d) = (hex::encode(wallet), hex::encode(program()));
    let p = "ff736f6c616e61206f6666636861696e"; // 0xff "solana offchain"
    let line = hex::encode(LINE); // 27 bytes, 0x1b
    let memo = "054a535a992921064d24e87160da387c7c35b5ddbc92bb81e41fa8404105448d";
    let zeros = "0".repeat(64);
    for (envelope, expected) in [
        (Envelope::Plain, line.clone()),
        (Envelope::Version1, format!("{p}0101{w}{line}")),
        (
            Envelope::Version1WithLength,
            format!("{p}0101{w}1b00{line}"),
        ),
        (Envelope::Version0, format!("{p}00{d}0001{w}1b00{line}")),
        (
            Envelope::Version0WithoutDomain,
            format!("{p}00{zeros}0001{w}1b00{line}"),
        ),
        (Envelope::Legacy, format!("{p}00001b00{line}")),
        (
            Envelope::Memo,
            format!("01000102{w}{memo}{zeros}0101001b{line}"),
        ),
    ] {
        let bytes = envelope.wrap(LINE, &wallet, &program());
        assert_eq!(hex::encode(bytes), expected, "{envelope}");
        assert_eq!(envelope.is_transaction(), envelope == Envelope::Memo);
    }
}

/// A list of 128 bytes and more has a length of two.
#[test]
fn a_long_line_has_a_long_length() {
    let (_, wallet) = wallet();
    for (length, expected) in [
        (127, &[0x7f][..]),
        (128, &[0x80, 1]),
        (300, &[0xac, 2]),
        (16_383, &[0xff, 0x7f]),
        (16_384, &[0x80, 0x80, 1]),
    ] {
        let line = "a".repeat(length);
        let memo = Envelope::Memo.wrap(&line, &wallet, &program());
        let behind_instruction = &memo[4 + 3 * 32 + 3..];
        assert_eq!(behind_instruction, [expected, line.as_bytes()].concat());
        let legacy = Envelope::Legacy.wrap(&line, &wallet, &program());
        assert_eq!(legacy[18..20], (length as u16).to_le_bytes());
    }
}

#[test]
fn each_envelope_is_taken_and_told() {
    let (key, wallet) = wallet();
    let mut names = Vec::new();
    for envelope in Envelope::ALL {
        let message = envelope.wrap(LINE, &wallet, &program());
        let signature = key.sign(&message).to_bytes();
        assert_eq!(verify(LINE, &wallet, &program(), &signature), Ok(envelope));
        let signed = sign(LINE, &wallet, &program(), |line| {
            assert_eq!(line, LINE.as_bytes());
            Ok::<_, &str>(signature)
        });
        assert_eq!(signed, Ok((signature, envelope)));
        assert!(!names.contains(&envelope.to_string()));
        names.push(envelope.to_string());
    }
}

#[test]
fn nothing_else_is_taken() {
    let (key, wallet) = wallet();
    let refused = Err(LineError::NotTheWallets(wallet));
    for envelope in Envelope::ALL {
        let message = envelope.wrap(LINE, &wallet, &program());
        for index in 0..message.len() {
            let mut changed = message.clone();
            changed[index] ^= 1;
            let signature = key.sign(&changed).to_bytes();
            let answer = verify(LINE, &wallet, &program(), &signature);
            assert_eq!(answer, refused, "{envelope} {index}");
        }
        for changed in [
            &message[..message.len() - 1],
            &[&message[..], &[0]].concat(),
        ] {
            let signature = key.sign(changed).to_bytes();
            assert_eq!(verify(LINE, &wallet, &program(), &signature), refused);
        }
        let signature = key.sign(&message).to_bytes();
        for index in 0..64 {
            let mut changed = signature;
            changed[index] ^= 1;
            assert_eq!(verify(LINE, &wallet, &program(), &changed), refused);
        }
        let other_line = format!("{LINE}0");
        assert_eq!(
            verify(&other_line, &wallet, &program(), &signature),
            refused
        );
        let other_program = Address::new_from_array([3; 32]);
        let answer = verify(LINE, &wallet, &other_program, &signature);
        match envelope {
            Envelope::Version0 => assert_eq!(answer, refused),
            _ => assert_eq!(answer, Ok(envelope)),
        }
        let other = SigningKey::from_bytes(&[8; 32]);
        let signature = other.sign(&message).to_bytes();
        assert_eq!(verify(LINE, &wallet, &program(), &signature), refused);
    }
}

#[test]
fn a_wallet_that_signs_something_else_is_told_at_once() {
    let (key, wallet) = wallet();
    let signature = key.sign(b"something else").to_bytes();
    assert_eq!(
        sign(LINE, &wallet, &program(), |_| Ok::<_, &str>(signature)),
        Err(SignLineError::Line(LineError::NotTheWallets(wallet)))
    );
    assert_eq!(
        sign(LINE, &wallet, &program(), |_| Err("locked")),
        Err(SignLineError::Signer("locked"))
    );
}

#[test]
fn no_signature_is_told_from_a_wrong_one() {
    let (_, wallet) = wallet();
    assert_eq!(
        verify(LINE, &wallet, &program(), &[0; 64]),
        Err(LineError::Missing)
    );
}

#[test]
fn a_vault_can_not_sign() {
    let (vault, _) = Address::find_program_address(&[b"vault"], &program());
    for signature in [[0; 64], [1; 64]] {
        assert_eq!(
            verify(LINE, &vault, &program(), &signature),
            Err(LineError::CanNotSign(vault))
        );
    }
}

/// A second text of the same signature.
#[test]
fn a_scalar_beyond_the_order_is_refused() {
    let (key, wallet) = wallet();
    let mut signature = key.sign(LINE.as_bytes()).to_bytes();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    assert_eq!(
        verify(LINE, &wallet, &program(), &signature),
        Err(LineError::NotTheWallets(wallet))
    );
}

/// Under the keys of small order, one signature would fit many texts. `s = 0` and `R = A = 0` solve the equation for all of
/// them.
#[test]
fn keys_and_commitments_of_small_order_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let wallet = Address::new_from_array(identity);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&identity);
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&identity).unwrap();
    let lax = ed25519_dalek::Verifier::verify(&lax, LINE.as_bytes(), &signature.into());
    assert!(lax.is_ok());
    assert_eq!(
        verify(LINE, &wallet, &program(), &signature),
        Err(LineError::NotTheWallets(wallet))
    );
}

/// With the equation multiplied by the cofactor, a point of order 8 could be added to `R`.
#[test]
fn a_commitment_with_torsion_is_refused() {
    use curve25519_dalek::{
        EdwardsPoint, Scalar, constants::EIGHT_TORSION, traits::VartimeMultiscalarMul,
    };
    use sha2::{Digest, Sha512};

    let (_, wallet) = wallet();
    // As the wallet itself could sign: its scalar, and a commitment of its own.
    let expanded = Sha512::digest([7; 32]);
    let secret = Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(
        expanded[..32].try_into().unwrap(),
    ));
    let nonce = Scalar::from(4711_u64);
    for (torsion, expected) in [
        (EIGHT_TORSION[0], Ok(Envelope::Plain)),
        (EIGHT_TORSION[1], Err(LineError::NotTheWallets(wallet))),
    ] {
        let commitment = (EdwardsPoint::mul_base(&nonce) + torsion).compress();
        let mut hash = Sha512::new();
        hash.update(commitment.as_bytes());
        hash.update(wallet);
        hash.update(LINE);
        let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let response = nonce + challenge * secret;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(commitment.as_bytes());
        signature[32..].copy_from_slice(response.as_bytes());
        assert_eq!(verify(LINE, &wallet, &program(), &signature), expected);
        // It holds with the cofactor.
        let key = curve25519_dalek::edwards::CompressedEdwardsY(wallet.to_bytes());
        let key = key.decompress().unwrap();
        let difference = EdwardsPoint::vartime_multiscalar_mul(
            [response, -challenge],
            [EdwardsPoint::mul_base(&Scalar::ONE), key],
        ) - commitment.decompress().unwrap();
        assert_eq!(difference.mul_by_cofactor(), EdwardsPoint::default());
    }
}

/// No wallet has such an address: that a verification asks is so that all implementations agree.
#[test]
fn an_address_in_another_encoding_is_refused() {
    // 2^255 - 19 + y for every y that has a second encoding, with either sign.
    let mut on_curve = 0;
    for y in 0..19 {
        for sign in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed + y, sign);
            assert!(!is_canonical(&bytes));
            let address = Address::new_from_array(bytes);
            let refusal = verify(LINE, &address, &program(), &[1; 64]).unwrap_err();
            on_curve += u8::from(refusal == LineError::NotTheWallets(address));
        }
    }
    assert!(on_curve > 0, "{on_curve}");
    let mut largest = [0xff; 32];
    (largest[0], largest[31]) = (0xec, 0x7f);
    for bytes in [largest, [0; 32], [0xfe; 32]] {
        assert!(is_canonical(&bytes));
    }
}
