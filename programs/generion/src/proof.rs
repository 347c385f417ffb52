//! The proofs that the program checks: of a capsule, of a delivery, of a settlement, and disclosures of facts. They are pure
//! functions over bytes, so the same code runs on chain and in clients.

pub mod capsule;
pub mod delivery;
pub mod disclosure;
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
    /// Length of a capsule in bytes.
    pub const LEN: usize = 64;

    /// `R || C`.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::bytes_of(self)
    }
}

/// A challenge as a scalar: its 16 bytes, extended with zeros. It is below 2^128.
pub(crate) fn challenge_scalar(challenge: &[u8; 16]) -> [u8; 32] {
    let mut scalar = [0; 32];
    scalar[..16].copy_from_slice(challenge);
    scalar
}
