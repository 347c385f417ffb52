//! Damages capsules and proofs after they were made.

use generion::proof::{Capsule, delivery::DeliveryProof};
use generion_crypto::delivery::Delivery;

use curve25519_dalek::{
    constants::RISTRETTO_BASEPOINT_POINT, ristretto::CompressedRistretto, scalar::Scalar,
};

use crate::step::{Spoilt, SpoiltSecret};

/// Bytes that are no key: the identity, its non-canonical encoding, a negative field element, and one that is on no
/// curve.
pub fn malformed(kind: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    match kind % 4 {
        0 => {}
        1 => {
            bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed, 0x7f);
        }
        2 => bytes[0] = 1,
        _ => bytes = [0xff; 32],
    }
    bytes
}

pub fn flip(bytes: &mut [u8], at: u8) {
    let at = usize::from(at) % bytes.len();
    bytes[at] ^= 1;
}

pub fn spoil_capsule(mut capsule: Capsule, spoilt: Option<Spoilt>) -> Capsule {
    match spoilt {
        Some(Spoilt::Identity(_)) => capsule.ephemeral = [0; 32],
        Some(Spoilt::Ephemeral(kind)) => capsule.ephemeral = malformed(1 + kind % 3),
        Some(Spoilt::Masked(kind)) => capsule.masked = malformed(1 + kind % 3),
        // A record's capsule may hold any element; then the proof no longer holds.
        Some(Spoilt::Element(_)) => add_error(&mut capsule, false),
        _ => {}
    }
    capsule
}

pub fn spoil_delivery(delivery: &mut Delivery, spoilt: Option<Spoilt>) {
    let Delivery {
        proof, capsules, ..
    } = delivery;
    let count = capsules.len();
    match spoilt {
        None => {}
        Some(Spoilt::Proof(at)) => flip(bytemuck::bytes_of_mut::<DeliveryProof>(proof), at),
        Some(Spoilt::Swapped) => capsules.swap(0, 1),
        Some(Spoilt::Cancelling) => {
            add_error(&mut capsules[0], false);
            add_error(&mut capsules[1], true);
        }
        Some(
            Spoilt::Element(place)
            | Spoilt::Identity(place)
            | Spoilt::Ephemeral(place)
            | Spoilt::Masked(place),
        ) => {
            let capsule = &mut capsules[usize::from(place) % count];
            *capsule = spoil_capsule(*capsule, spoilt);
        }
    }
}

/// Adds the generator to the masked half of a capsule, or subtracts it.
fn add_error(capsule: &mut Capsule, negative: bool) {
    let point = CompressedRistretto(capsule.masked)
        .decompress()
        .expect("made just now");
    let point = match negative {
        false => point + RISTRETTO_BASEPOINT_POINT,
        true => point - RISTRETTO_BASEPOINT_POINT,
    };
    capsule.masked = point.compress().to_bytes();
}

/// The negated point.
pub fn negated(point: &[u8; 32]) -> [u8; 32] {
    let point = CompressedRistretto(*point).decompress().expect("a key");
    (-point).compress().to_bytes()
}

pub fn spoil_secret(secret: [u8; 32], spoilt: Option<SpoiltSecret>) -> [u8; 32] {
    match spoilt {
        None => secret,
        Some(SpoiltSecret::Zero) => [0; 32],
        Some(SpoiltSecret::Next) => {
            let scalar = Scalar::from_canonical_bytes(secret).expect("a secret");
            (scalar + Scalar::ONE).to_bytes()
        }
        Some(SpoiltSecret::NotCanonical) => {
            // l - 1, and the sum plus one.
            let order = (-Scalar::ONE).to_bytes();
            let mut carry = 1;
            std::array::from_fn(|at| {
                let sum = u16::from(secret[at]) + u16::from(order[at]) + carry;
                carry = sum >> 8;
                sum.to_le_bytes()[0]
            })
        }
    }
}
