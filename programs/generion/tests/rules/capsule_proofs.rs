use curve25519_dalek::Scalar;
use generion::{
    GenerionError,
    curve::IDENTITY,
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
};
use sha2::{Digest, Sha256};

use crate::support::{NO_POINTS, address, bytes, key, plus_order, point, scalar};

/// A statement and its proof, after docs/PROTOCOL.md, section 2.
#[derive(Clone)]
struct Made {
    program: u8,
    record: u8,
    creator: u8,
    owner_key: [u8; 32],
    data_public_key: [u8; 32],
    capsule: Capsule,
    proof: CapsuleProof,
}

impl Made {
    fn new() -> Self {
        let capsule = Capsule {
            ephemeral: key("r"),
            masked: bytes(point(&scalar("m")) + point(&(scalar("r") * scalar("x")))),
        };
        let mut made = Self {
            program: 1,
            record: 2,
            creator: 3,
            owner_key: key("x"),
            data_public_key: [4; 32],
            capsule,
            proof: CapsuleProof {
                challenge: [0; 16],
                response: [0; 32],
            },
        };
        made.prove();
        made
    }

    /// `c = H(..., T)`, `z = k - c r`.
    fn prove(&mut self) {
        let hash = Sha256::new()
            .chain_update(b"generion/capsule/v1")
            .chain_update([self.program; 32])
            .chain_update([self.record; 32])
            .chain_update([self.creator; 32])
            .chain_update(self.owner_key)
            .chain_update(self.data_public_key)
            .chain_update(self.capsule.ephemeral)
            .chain_update(self.capsule.masked)
            .chain_update(key("k"))
            .finalize();
        let challenge: [u8; 16] = hash[..16].try_into().unwrap();
        let c = Scalar::from(u128::from_le_bytes(challenge));
        self.proof = CapsuleProof {
            challenge,
            response: (scalar("k") - c * scalar("r")).to_bytes(),
        };
    }

    fn verify(&self) -> Result<(), GenerionError> {
        CapsuleStatement {
            program_id: &address(self.program),
            record: &address(self.record),
            creator: &address(self.creator),
            owner_key: &self.owner_key,
            data_public_key: &self.data_public_key,
            capsule: &self.capsule,
        }
        .verify(&self.proof)
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Self), error: GenerionError) {
        let mut made = Self::new();
        change(&mut made);
        assert_eq!(made.verify(), Err(error));
    }
}

#[test]
fn a_second_provers_proof_holds() {
    assert_eq!(Made::new().verify(), Ok(()));
}

#[test]
fn it_holds_for_nothing_else() {
    let invalid = GenerionError::CapsuleProofInvalid;
    Made::refused(|made| made.program ^= 1, invalid);
    Made::refused(|made| made.record ^= 1, invalid);
    Made::refused(|made| made.creator ^= 1, invalid);
    Made::refused(|made| made.owner_key = key("y"), invalid);
    Made::refused(|made| made.data_public_key[31] ^= 1, invalid);
    Made::refused(|made| made.capsule.ephemeral = key("other"), invalid);
    Made::refused(|made| made.capsule.masked = key("other"), invalid);
    for byte in 0..16 {
        Made::refused(|made| made.proof.challenge[byte] ^= 1, invalid);
    }
    Made::refused(|made| made.proof.response[0] ^= 1, invalid);
    let order = |made: &mut Made| {
        let response = Scalar::from_canonical_bytes(made.proof.response).unwrap();
        made.proof.response = plus_order(&response);
    };
    Made::refused(order, invalid);
    Made::refused(|made| made.proof.response = [0xff; 32], invalid);
}

/// Whoever does not know `r` can choose all else, and still has no proof.
#[test]
fn a_proof_with_another_scalar_is_none() {
    Made::refused(
        |made| {
            made.capsule.ephemeral = key("other");
            made.prove();
        },
        GenerionError::CapsuleProofInvalid,
    );
}

#[test]
fn halves_must_be_points_and_the_first_not_the_identity() {
    let invalid = GenerionError::InvalidPoint;
    Made::refused(|made| made.capsule.ephemeral = IDENTITY, invalid);
    for bad in NO_POINTS {
        Made::refused(|made| made.capsule.ephemeral = bad, invalid);
        Made::refused(|made| made.capsule.masked = bad, invalid);
    }
}

/// `M = -rK` masks to the identity: odd, but a point, and nobody is harmed.
#[test]
fn the_masked_half_may_be_the_identity() {
    let mut made = Made::new();
    made.capsule.masked = IDENTITY;
    made.prove();
    assert_eq!(made.verify(), Ok(()));
}

#[test]
fn a_capsule_is_its_halves() {
    let capsule = Capsule {
        ephemeral: [1; 32],
        masked: [2; 32],
    };
    assert_eq!(capsule.as_bytes(), [[1; 32], [2; 32]].concat());
    assert_eq!(capsule.as_bytes().len(), Capsule::LEN);
}
