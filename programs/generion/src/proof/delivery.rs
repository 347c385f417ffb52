//! The delivery proof: the delivered capsules hold the same group elements as the records' capsules. It is a
//! Chaum-Pedersen proof over a small-exponent batch, made non-interactive with SHA-256 (docs/PROTOCOL.md, section 6).

use alloc::vec::Vec;
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
    /// `(R, C)`, the capsule for the owner, from the record.
    pub capsule: &'a Capsule,
    /// `(R', C')`, the capsule for the buyer, from the seller.
    pub delivered: &'a Capsule,
}

/// The statement that is proven: each delivered capsule holds the same group element as the record's capsule.
pub struct DeliveryStatement<'a> {
    /// The program's id.
    pub program_id: &'a Address,
    /// Address of the purchase.
    pub purchase: &'a Address,
    /// The purchase's deadline: Unix time in seconds. It distinguishes a purchase from an earlier one of the same buyer,
    /// which had the same address.
    pub deadline: i64,
    /// SHA-256 of the purchase's terms. A seller who was shown other terms derived `S` and the proof from those, and the
    /// proof does not hold.
    pub terms: &'a [u8; 32],
    /// `X`, the owner key that all records' capsules of the batch are made for.
    pub owner_key: &'a Point,
    /// `B`, the buyer's key for this purchase.
    pub buyer_key: &'a Point,
    /// `S`, the settle key, whose secret settles the purchase. The delivered capsules are made for `K = B + S`.
    pub settle_key: &'a Point,
    /// The batch: 1 to [`MAX_DELIVERY_BATCH`] records.
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

/// The weights `w_0 .. w_(n-1)` that fold a batch into one statement. The first is 1; each of the others is 124 bits
/// drawn from the seed.
pub fn weights(seed: &[u8; 32], len: usize) -> impl Iterator<Item = u128> {
    const LOW_124_BITS: u128 = u128::MAX >> 4;
    let mut hash = [0; 32];
    (0..len).map(move |index| {
        let Some(draw) = index.checked_sub(1) else {
            return 1;
        };
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

impl DeliveryStatement<'_> {
    /// The seed from which weights and challenge are drawn: SHA-256 of the statement.
    ///
    /// # Errors
    /// `BatchLength` if the batch is empty or has more than [`MAX_DELIVERY_BATCH`] records.
    pub fn seed(&self) -> core::result::Result<[u8; 32], GenerionError> {
        if self.items.is_empty() || self.items.len() > MAX_DELIVERY_BATCH {
            return Err(GenerionError::BatchLength);
        }
        let count = [self.items.len() as u8];
        let deadline = self.deadline.to_le_bytes();
        let mut parts: Vec<&[u8]> = Vec::with_capacity(9 + 3 * MAX_DELIVERY_BATCH);
        parts.extend_from_slice(&[
            DELIVERY_DOMAIN,
            self.program_id.as_ref(),
            self.purchase.as_ref(),
            &deadline,
            self.terms,
            self.owner_key,
            self.buyer_key,
            self.settle_key,
            &count,
        ]);
        for item in self.items {
            parts.extend_from_slice(&[
                item.record.as_ref(),
                item.capsule.as_bytes(),
                item.delivered.as_bytes(),
            ]);
        }
        Ok(curve::hash(&parts))
    }

    /// Checks the proof.
    ///
    /// # Errors
    /// `BatchLength` as in [`Self::seed`]; `SettleKeyInvalid` if `B` or `S` does not decode, or if `S` or `B + S` is the
    /// identity; `InvalidPoint` if another key or an ephemeral half is the identity, or if a masked half does not decode;
    /// `DeliveryProofInvalid` otherwise, also if an ephemeral half does not decode, if a scalar is not canonical, and if
    /// `s1 = 0`.
    #[inline(never)]
    pub fn verify(&self, proof: &DeliveryProof) -> core::result::Result<(), GenerionError> {
        let seed = self.seed()?;
        if *self.owner_key == IDENTITY || *self.buyer_key == IDENTITY {
            return Err(GenerionError::InvalidPoint);
        }
        let mut delivery_key = IDENTITY;
        curve::add(self.buyer_key, self.settle_key, &mut delivery_key)
            .ok_or(GenerionError::SettleKeyInvalid)?;
        if *self.settle_key == IDENTITY || delivery_key == IDENTITY {
            return Err(GenerionError::SettleKeyInvalid);
        }
        if self.challenge_of(&seed, &delivery_key, proof)? != proof.challenge {
            return Err(GenerionError::DeliveryProofInvalid);
        }
        Ok(())
    }

    /// The challenge that follows from the proof's responses. `delivery_key` is `K`.
    fn challenge_of(
        &self,
        seed: &[u8; 32],
        delivery_key: &Point,
        proof: &DeliveryProof,
    ) -> core::result::Result<[u8; 16], GenerionError> {
        let e = u128::from_le_bytes(proof.challenge);

        let mut commitments = [IDENTITY; 3];
        let [
            owner_commitment,
            ephemeral_commitment,
            difference_commitment,
        ] = &mut commitments;

        // T1 = s1 G + e X
        multiply_add(
            &[proof.owner_response, challenge_scalar(&proof.challenge)],
            &[GENERATOR, *self.owner_key],
            owner_commitment,
        )?;

        // T2 = s2 G + sum (e w_i) R'_i      T3 = s2 K + sum (e w_i) D_i - s1 A      A = sum w_i R_i
        // The scalars of T2 are those of T3 without -s1, so -s1 comes last. The vectors are filled in place from iterators
        // of known length, because each push checks the capacity.
        let weights: Vec<u128> = weights(seed, self.items.len()).collect();
        let mut scalars = Vec::with_capacity(MAX_DELIVERY_BATCH + 2);
        scalars.push(proof.ephemeral_response);
        scalars.extend(weights.iter().map(|weight| match weight {
            1 => challenge_scalar(&proof.challenge),
            _ => scalar::multiply(e, *weight),
        }));
        let mut delivered_ephemerals = Vec::with_capacity(MAX_DELIVERY_BATCH + 1);
        delivered_ephemerals.push(GENERATOR);
        delivered_ephemerals.extend(self.items.iter().map(|item| item.delivered.ephemeral));
        if delivered_ephemerals.contains(&IDENTITY) {
            return Err(GenerionError::InvalidPoint);
        }
        let mut differences = Vec::with_capacity(MAX_DELIVERY_BATCH + 2);
        differences.push(*delivery_key);
        differences.resize(delivered_ephemerals.len(), IDENTITY);
        for (difference, item) in differences[1..].iter_mut().zip(self.items) {
            curve::subtract(&item.delivered.masked, &item.capsule.masked, difference)
                .ok_or(GenerionError::InvalidPoint)?;
        }
        multiply_add(&scalars, &delivered_ephemerals, ephemeral_commitment)?;
        let mut folded = IDENTITY;
        match self.items {
            [only] => folded = only.capsule.ephemeral,
            items => {
                let scalar = |weight: &u128| challenge_scalar(&weight.to_le_bytes());
                let weights: Vec<Scalar> = weights.iter().map(scalar).collect();
                let ephemerals: Vec<Point> =
                    items.iter().map(|item| item.capsule.ephemeral).collect();
                multiply_add(&weights, &ephemerals, &mut folded)?;
            }
        }
        scalars.push(scalar::negate(&proof.owner_response));
        differences.push(folded);
        multiply_add(&scalars, &differences, difference_commitment)?;

        Ok(challenge(seed, &commitments))
    }
}

fn multiply_add(
    scalars: &[Scalar],
    points: &[Point],
    out: &mut Point,
) -> core::result::Result<(), GenerionError> {
    curve::multiscalar_mul(scalars, points, out).ok_or(GenerionError::DeliveryProofInvalid)
}
