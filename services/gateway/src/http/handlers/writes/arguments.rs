//! Capsules and proofs, from their bytes.

use generion::proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof};

/// The two points of a capsule.
pub(super) fn capsule(bytes: &[u8; 64]) -> Capsule {
    Capsule {
        ephemeral: part(bytes, 0),
        masked: part(bytes, 32),
    }
}

/// Challenge and response.
pub(super) fn capsule_proof(bytes: &[u8; 48]) -> CapsuleProof {
    CapsuleProof {
        challenge: part(bytes, 0),
        response: part(bytes, 16),
    }
}

/// Challenge and both responses.
pub(super) fn delivery_proof(bytes: &[u8; 80]) -> DeliveryProof {
    DeliveryProof {
        challenge: part(bytes, 0),
        owner_response: part(bytes, 16),
        ephemeral_response: part(bytes, 48),
    }
}

fn part<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    std::array::from_fn(|place| bytes[start + place])
}
