//! The delivery proof: the buyer gets, re-encrypted, the very group elements that the records' capsules hold.
//! A Chaum-Pedersen proof over a small-exponent batch, made non-interactive with SHA-256 (docs/PROTOCOL.md, section 6).

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::{Capsule, challenge_scalar, scalar};
use crate::{
    constants::{DELIVERY_DOMAIN, MAX_DELIVERY_BATCH},
    curve::{self, GENERATOR, IDENTITY, Point, Scalar},
    error::GenerionError,
};

/// One record of the batch.
#[derive(Clone, Copy)]
pub struct DeliveryItem<'a> {
    /// The record's address.
    pub record: &'a Address,
    /// `(R, C)`: the capsule for the owner, from the record.
    pub capsule: &'a Capsule,
    /// `(R', C')`: the capsule for the buyer, from the seller.
    pub delivered: &'a Capsule,
}

/// What is proven: every delivered capsule holds what the record's capsule holds.
pub struct DeliveryStatement<'a> {
    /// The program's id.
    pub program_id: &'a Address,
    /// Address of the purchase.
    pub purchase: &'a Address,
    /// `X`, the owner key that all records of the batch were made for.
    pub owner_key: &'a Point,
    /// `B`, the buyer's key of this purchase.
    pub buyer_key: &'a Point,
    /// The batch, 1 to [`MAX_DELIVERY_BATCH`] records.
    pub items: &'a [DeliveryItem<'a>],
}

/// Challenge `e` and responses `s1 = k1 - e x`, `s2 = k2 - e r*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, SchemaRead, SchemaWrite, IdlType)]
#[repr(C)]
pub struct DeliveryProof {
    /// First 16 bytes of the hash.
    pub challenge: [u8; 16],
    /// `s1`, a canonical scalar.
    pub owner_response: Scalar,
    /// `s2`, a canonical scalar.
    pub ephemeral_response: Scalar,
}

/// The weights `w_0 .. w_(n-1)` that fold a batch into one statement: 1, then 124 bits each out of the seed.
pub fn weights(seed: &[u8; 32], len: usize) -> impl Iterator<Item = u128> {
    const LOW_124_BITS: u128 = u128::MAX >> 4;
    let mut hash = [0; 32];
    (0..len).map(move |index| {
        let Some(draw) = index.checked_sub(1) else { return 1 };
        let mut half = [0; 16];
        if draw & 1 == 0 {
            hash = curve::hash(&[seed, &[(draw >> 1) as u8]]);
            half.copy_from_slice(&hash[..16]);
        } else {
            half.copy_from_slice(&hash[16..]);
        }
        u128::from_le_bytes(half) & LOW_124_BITS
    })
}

/// The challenge for the three commitments.
pub fn challenge(seed: &[u8; 32], commitments: &[Point; 3]) -> [u8; 16] {
    let hash = curve::hash(&[seed, commitments.as_flattened()]);
    let mut challenge = [0; 16];
    challenge.copy_from_slice(&hash[..16]);
    challenge
}

/// Fixed-capacity list of 32-byte values, since the VM's heap is slower than its stack.
struct Row<const N: usize> {
    values: [[u8; 32]; N],
    len: usize,
}

impl<const N: usize> Row<N> {
    fn starting_with(first: &[[u8; 32]]) -> Self {
        let mut row = Self { values: [[0; 32]; N], len: 0 };
        for value in first {
            row.push(value);
        }
        row
    }

    /// Only called within the capacity, which [`DeliveryStatement::verify`] checks beforehand.
    #[allow(clippy::arithmetic_side_effects)]
    fn push(&mut self, value: &[u8; 32]) {
        self.values[self.len] = *value;
        self.len += 1;
    }

    fn as_slice(&self) -> &[[u8; 32]] {
        &self.values[..self.len]
    }
}

impl DeliveryStatement<'_> {
    /// SHA-256 of the statement, from which weights and challenge are drawn.
    ///
    /// # Errors
    /// `BatchLength` for an empty batch or one of more than [`MAX_DELIVERY_BATCH`] records.
    pub fn seed(&self) -> core::result::Result<[u8; 32], GenerionError> {
        let count = [self.items.len() as u8];
        let head: [&[u8]; 6] = [
            DELIVERY_DOMAIN,
            self.program_id.as_ref(),
            self.purchase.as_ref(),
            self.owner_key,
            self.buyer_key,
            &count,
        ];
        if self.items.is_empty() || self.items.len() > MAX_DELIVERY_BATCH {
            return Err(GenerionError::BatchLength);
        }
        let mut parts = [&[][..]; 6 + 3 * MAX_DELIVERY_BATCH];
        parts[..6].copy_from_slice(&head);
        let mut used = 6;
        for (slot, item) in parts[6..].chunks_exact_mut(3).zip(self.items) {
            slot.copy_from_slice(&[item.record.as_ref(), item.capsule.as_bytes(), item.delivered.as_bytes()]);
            used = usize::saturating_add(used, 3);
        }
        Ok(curve::hash(&parts[..used]))
    }

    /// Checks the proof.
    ///
    /// # Errors
    /// `BatchLength` as in [`Self::seed`]; `InvalidPoint` where a key or an ephemeral half is the identity or a masked
    /// half does not decode; `DeliveryProofInvalid` for everything else, non-canonical scalars included.
    #[inline(never)]
    pub fn verify(&self, proof: &DeliveryProof) -> core::result::Result<(), GenerionError> {
        let seed = self.seed()?;
        if *self.owner_key == IDENTITY || *self.buyer_key == IDENTITY {
            return Err(GenerionError::InvalidPoint);
        }
        if self.challenge_of(&seed, proof)? != proof.challenge {
            return Err(GenerionError::DeliveryProofInvalid);
        }
        Ok(())
    }

    /// The challenge that the proof's responses lead to.
    fn challenge_of(
        &self,
        seed: &[u8; 32],
        proof: &DeliveryProof,
    ) -> core::result::Result<[u8; 16], GenerionError> {
        const N: usize = MAX_DELIVERY_BATCH;
        let e = u128::from_le_bytes(proof.challenge);

        // T1 = s1 G + e X
        let owner_commitment = multiply_add(
            &[proof.owner_response, challenge_scalar(&proof.challenge)],
            &[GENERATOR, *self.owner_key],
        )?;

        // T2 = s2 G + sum (e w_i) R'_i      T3 = s2 B + sum (e w_i) D_i - s1 A      A = sum w_i R_i
        // The scalars of T2 are those of T3 without the last one, so -s1 stands last.
        let mut weight_row = Row::<N>::starting_with(&[]);
        let mut scalars = Row::<{ N + 2 }>::starting_with(&[proof.ephemeral_response]);
        let mut record_ephemerals = Row::<N>::starting_with(&[]);
        let mut delivered_ephemerals = Row::<{ N + 1 }>::starting_with(&[GENERATOR]);
        let mut differences = Row::<{ N + 2 }>::starting_with(&[*self.buyer_key]);
        for (item, weight) in self.items.iter().zip(weights(seed, self.items.len())) {
            if item.delivered.ephemeral == IDENTITY {
                return Err(GenerionError::InvalidPoint);
            }
            let difference = curve::subtract(&item.delivered.masked, &item.capsule.masked)
                .ok_or(GenerionError::InvalidPoint)?;
            differences.push(&difference);
            weight_row.push(&challenge_scalar(&weight.to_le_bytes()));
            scalars.push(&scalar::multiply(e, weight));
            record_ephemerals.push(&item.capsule.ephemeral);
            delivered_ephemerals.push(&item.delivered.ephemeral);
        }
        let ephemeral_commitment = multiply_add(scalars.as_slice(), delivered_ephemerals.as_slice())?;
        let folded = match self.items {
            [only] => only.capsule.ephemeral,
            _ => multiply_add(weight_row.as_slice(), record_ephemerals.as_slice())?,
        };
        scalars.push(&scalar::negate(&proof.owner_response));
        differences.push(&folded);
        let difference_commitment = multiply_add(scalars.as_slice(), differences.as_slice())?;

        Ok(challenge(seed, &[owner_commitment, ephemeral_commitment, difference_commitment]))
    }
}

fn multiply_add(scalars: &[Scalar], points: &[Point]) -> core::result::Result<Point, GenerionError> {
    curve::multiscalar_mul(scalars, points).ok_or(GenerionError::DeliveryProofInvalid)
}
