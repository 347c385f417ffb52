//! The capsule proof of docs/PROTOCOL.md, section 2.

use anchor_lang::Address;
use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    GenerionError,
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
};
use sha2::{Digest, Sha256};

/// What a proof is about: whoever made the capsule knows `r`, and made it for this record.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The program's id.
    pub program_id: Address,
    /// The record's address.
    pub record: Address,
    /// The creator's wallet.
    pub creator: Address,
    /// The owner's public key.
    pub owner_key: [u8; 32],
    /// The record's data public key.
    pub data_public_key: [u8; 32],
    /// `(R, C)`
    pub capsule: Capsule,
}

impl Statement {
    /// The hashed bytes in front of the commitment.
    pub fn to_bytes(&self) -> Vec<u8> {
        [
            b"generion/capsule/v1".as_slice(),
            self.program_id.as_ref(),
            self.record.as_ref(),
            self.creator.as_ref(),
            &self.owner_key,
            &self.data_public_key,
            &self.capsule.ephemeral,
            &self.capsule.masked,
        ]
        .concat()
    }

    /// The commitment `T = kG`, and the proof `c = H(..., T)`, `z = k - c r`.
    pub fn prove(&self, r: &Scalar, k: &Scalar) -> ([u8; 32], CapsuleProof) {
        let commitment = RistrettoPoint::mul_base(k).compress().to_bytes();
        let hash = Sha256::digest([self.to_bytes().as_slice(), &commitment].concat());
        let challenge: [u8; 16] = hash[..16].try_into().expect("16 bytes");
        let c = Scalar::from(u128::from_le_bytes(challenge));
        let response = (k - c * r).to_bytes();
        let proof = CapsuleProof {
            challenge,
            response,
        };
        (commitment, proof)
    }

    /// The program's answer.
    ///
    /// # Errors
    /// The program's.
    pub fn verify(&self, proof: &CapsuleProof) -> Result<(), GenerionError> {
        CapsuleStatement {
            program_id: &self.program_id,
            record: &self.record,
            creator: &self.creator,
            owner_key: &self.owner_key,
            data_public_key: &self.data_public_key,
            capsule: &self.capsule,
        }
        .verify(proof)
    }
}
