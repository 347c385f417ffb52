//! The capsule proof of `create_record`: the creator made the record's capsule, for this record and this owner key. It is
//! Schnorr's proof of knowledge of `r` in `R = rG`, made non-interactive with SHA-256.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::{Capsule, challenge_scalar};
use crate::{
    constants::CAPSULE_DOMAIN,
    curve::{self, GENERATOR, IDENTITY, Point, Scalar},
    error::GenerionError,
};

/// The statement that the proof is bound to.
pub struct CapsuleStatement<'a> {
    /// The program's id.
    pub program_id: &'a Address,
    /// Address of the new record.
    pub record: &'a Address,
    /// The wallet that creates the record.
    pub creator: &'a Address,
    /// `X`, the owner's current encryption key.
    pub owner_key: &'a Point,
    /// X25519 public key to which document and locator are encrypted.
    pub data_public_key: &'a [u8; 32],
    /// The owner's capsule.
    pub capsule: &'a Capsule,
}

/// Challenge `c` and response `z = k - c r`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, SchemaRead, SchemaWrite, IdlType)]
#[repr(C)]
pub struct CapsuleProof {
    /// First 16 bytes of the hash.
    pub challenge: [u8; 16],
    /// `z`, a canonical scalar.
    pub response: Scalar,
}

impl CapsuleStatement<'_> {
    /// The challenge for the commitment `T = kG`.
    pub fn challenge(&self, commitment: &Point) -> [u8; 16] {
        let hash = curve::hash(&[
            CAPSULE_DOMAIN,
            self.program_id.as_ref(),
            self.record.as_ref(),
            self.creator.as_ref(),
            self.owner_key,
            self.data_public_key,
            self.capsule.as_bytes(),
            commitment,
        ]);
        let mut challenge = [0; 16];
        challenge.copy_from_slice(&hash[..16]);
        challenge
    }

    /// Checks the proof. The caller has checked that `owner_key` is a valid key.
    ///
    /// # Errors
    /// `InvalidPoint` if the capsule's ephemeral half is the identity, or if one of its halves does not decode;
    /// `CapsuleProofInvalid` otherwise.
    pub fn verify(&self, proof: &CapsuleProof) -> core::result::Result<(), GenerionError> {
        let Capsule { ephemeral, masked } = self.capsule;
        if *ephemeral == IDENTITY || !curve::decodes(masked) {
            return Err(GenerionError::InvalidPoint);
        }
        // The multiplication decodes the ephemeral half. Decoding it before would cost the same again.
        let scalars = [proof.response, challenge_scalar(&proof.challenge)];
        let mut commitment = IDENTITY;
        curve::multiscalar_mul(&scalars, &[GENERATOR, *ephemeral], &mut commitment).ok_or_else(
            || match curve::decodes(ephemeral) {
                true => GenerionError::CapsuleProofInvalid,
                false => GenerionError::InvalidPoint,
            },
        )?;
        if self.challenge(&commitment) != proof.challenge {
            return Err(GenerionError::CapsuleProofInvalid);
        }
        Ok(())
    }
}
