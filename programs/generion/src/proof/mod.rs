//! The two proofs that the program checks. Pure functions over bytes: the same code runs on chain and in the client.

pub mod capsule;
pub mod delivery;
pub mod scalar;

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::curve::Point;

/// A record's group element `M`, encrypted to one key (ElGamal in ristretto255): `ephemeral = rG`, `masked = M + r key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, SchemaRead, SchemaWrite, IdlType)]
#[repr(C)]
pub struct Capsule {
    /// `R`, the ephemeral public key.
    pub ephemeral: Point,
    /// `C`, the masked group element.
    pub masked: Point,
}

impl Capsule {
    /// Bytes of a capsule.
    pub const LEN: usize = 64;

    /// `R || C`.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::bytes_of(self)
    }
}

/// The first 16 bytes of a hash, zero-extended to a scalar: a challenge below 2^128.
pub(crate) fn challenge_scalar(challenge: &[u8; 16]) -> [u8; 32] {
    let mut scalar = [0; 32];
    scalar[..16].copy_from_slice(challenge);
    scalar
}
