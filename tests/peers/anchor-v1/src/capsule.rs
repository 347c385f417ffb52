//! Capsules and the proof that the submitter made one.

use anchor_lang::prelude::*;
use solana_curve25519::{
    ristretto::{PodRistrettoPoint, multiscalar_multiply_ristretto, validate_ristretto},
    scalar::PodScalar,
};
use solana_sha256_hasher::hashv;

use crate::PeerError;

/// The generator of ristretto255.
const GENERATOR: [u8; 32] = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];

/// `R || C`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, InitSpace)]
pub struct Capsule {
    pub ephemeral: [u8; 32],
    pub masked: [u8; 32],
}

impl Capsule {
    /// Not delivered.
    pub const EMPTY: Self = Self {
        ephemeral: [0; 32],
        masked: [0; 32],
    };
}

/// `c || z`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy)]
pub struct CapsuleProof {
    pub challenge: [u8; 16],
    pub response: [u8; 32],
}

/// What the proof is about.
pub struct CapsuleStatement<'a> {
    pub program_id: &'a Pubkey,
    pub record: &'a Pubkey,
    pub creator: &'a Pubkey,
    pub owner_key: &'a [u8; 32],
    pub data_public_key: &'a [u8; 32],
    pub capsule: &'a Capsule,
}

impl CapsuleStatement<'_> {
    /// `T = zG + cR`; `c` must be the first half of SHA-256 over the statement and `T`.
    pub fn verify(&self, proof: &CapsuleProof) -> Result<()> {
        require!(
            self.capsule.ephemeral != [0; 32]
                && validate_ristretto(&PodRistrettoPoint(self.capsule.masked)),
            PeerError::InvalidPoint
        );
        let mut challenge = [0; 32];
        challenge[..16].copy_from_slice(&proof.challenge);
        let commitment = multiscalar_multiply_ristretto(
            &[PodScalar(proof.response), PodScalar(challenge)],
            &[
                PodRistrettoPoint(GENERATOR),
                PodRistrettoPoint(self.capsule.ephemeral),
            ],
        )
        .ok_or(PeerError::InvalidPoint)?;
        let hash = hashv(&[
            b"generion/capsule/v1",
            self.program_id.as_ref(),
            self.record.as_ref(),
            self.creator.as_ref(),
            self.owner_key,
            self.data_public_key,
            &self.capsule.ephemeral,
            &self.capsule.masked,
            &commitment.0,
        ]);
        require!(
            hash.to_bytes()[..16] == proof.challenge,
            PeerError::CapsuleProofInvalid
        );
        Ok(())
    }
}
