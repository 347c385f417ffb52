//! The delivery proof of docs/PROTOCOL.md, section 6.

use anchor_lang::Address;
use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    proof::{
        Capsule,
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    },
};
use sha2::{Digest, Sha256};

/// One record of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The record's address.
    pub record: Address,
    /// `(R, C)`, the capsule for the owner.
    pub capsule: Capsule,
    /// `(R', C')`, the capsule for the buyer.
    pub delivered: Capsule,
}

/// What a proof is about: each delivered capsule holds the same group element as the record's capsule.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The program's id.
    pub program_id: Address,
    /// The purchase's address.
    pub purchase: Address,
    /// The purchase's deadline: Unix time in seconds.
    pub deadline: i64,
    /// SHA-256 of the purchase's terms.
    pub terms: [u8; 32],
    /// `X`
    pub owner_key: [u8; 32],
    /// `B`
    pub buyer_key: [u8; 32],
    /// `S`
    pub settle_key: [u8; 32],
    /// The batch.
    pub items: Vec<Item>,
}

/// What a prover knows, or claims to know.
#[derive(Debug)]
pub struct Secrets<'a> {
    /// `x`
    pub owner: Scalar,
    /// `K`, the key that the delivered capsules are made for.
    pub delivery_key: RistrettoPoint,
    /// `r'` of each record.
    pub ephemerals: &'a [Scalar],
    /// `k1` and `k2`, which no two proofs share.
    pub nonces: [Scalar; 2],
}

impl Statement {
    /// The bytes whose hash is the seed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [
            b"generion/delivery/v1".as_slice(),
            self.program_id.as_ref(),
            self.purchase.as_ref(),
            &self.deadline.to_le_bytes(),
            &self.terms,
            &self.owner_key,
            &self.buyer_key,
            &self.settle_key,
            &[self.items.len() as u8],
        ]
        .concat();
        for item in &self.items {
            bytes.extend_from_slice(item.record.as_ref());
            for capsule in [item.capsule, item.delivered] {
                bytes.extend_from_slice(&capsule.ephemeral);
                bytes.extend_from_slice(&capsule.masked);
            }
        }
        bytes
    }

    /// The seed from which weights and challenge are drawn.
    pub fn seed(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// The commitments and the proof, whether the statement is true or not.
    ///
    /// # Panics
    /// If the first half of a record's capsule is not a point.
    pub fn prove(&self, secrets: &Secrets<'_>) -> ([[u8; 32]; 3], DeliveryProof) {
        let seed = self.seed();
        let weights: Vec<_> = weights(&seed, self.items.len())
            .into_iter()
            .map(Scalar::from)
            .collect();
        let folded: RistrettoPoint = weights
            .iter()
            .zip(&self.items)
            .map(|(weight, item)| {
                let ephemeral = CompressedRistretto(item.capsule.ephemeral).decompress();
                weight * ephemeral.expect("a point")
            })
            .sum();
        let ephemeral: Scalar = weights
            .iter()
            .zip(secrets.ephemerals)
            .map(|(weight, ephemeral)| weight * ephemeral)
            .sum();
        let [k1, k2] = secrets.nonces;
        let commitments = [
            RistrettoPoint::mul_base(&k1),
            RistrettoPoint::mul_base(&k2),
            k2 * secrets.delivery_key - k1 * folded,
        ]
        .map(|point| point.compress().to_bytes());
        let hash = Sha256::digest([seed.as_slice(), commitments.as_flattened()].concat());
        let challenge: [u8; 16] = hash[..16].try_into().expect("16 bytes");
        let e = Scalar::from(u128::from_le_bytes(challenge));
        let proof = DeliveryProof {
            challenge,
            owner_response: (k1 - e * secrets.owner).to_bytes(),
            ephemeral_response: (k2 - e * ephemeral).to_bytes(),
        };
        (commitments, proof)
    }

    /// The statement as the program takes it.
    pub fn with<T>(&self, run: impl FnOnce(&DeliveryStatement<'_>) -> T) -> T {
        let items: Vec<_> = self
            .items
            .iter()
            .map(|item| DeliveryItem {
                record: &item.record,
                capsule: &item.capsule,
                delivered: &item.delivered,
            })
            .collect();
        run(&DeliveryStatement {
            program_id: &self.program_id,
            purchase: &self.purchase,
            deadline: self.deadline,
            terms: &self.terms,
            owner_key: &self.owner_key,
            buyer_key: &self.buyer_key,
            settle_key: &self.settle_key,
            items: &items,
        })
    }

    /// The program's answer.
    ///
    /// # Errors
    /// The program's.
    pub fn verify(&self, proof: &DeliveryProof) -> Result<(), GenerionError> {
        self.with(|statement| statement.verify(proof))
    }
}

/// The weights of a batch: 1, and then 124 bits of a hash for each further record.
pub fn weights(seed: &[u8; 32], count: usize) -> Vec<u128> {
    let weight = |index: usize| {
        if index == 0 {
            return 1;
        }
        let hash = Sha256::digest([seed.as_slice(), &[((index - 1) / 2) as u8]].concat());
        let half = if index % 2 == 1 {
            &hash[..16]
        } else {
            &hash[16..]
        };
        u128::from_le_bytes(half.try_into().expect("16 bytes")) & (u128::MAX >> 4)
    };
    (0..count).map(weight).collect()
}
