//! A second prover of deliveries.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    proof::{
        Capsule,
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    },
};
use sha2::{Digest, Sha256};

use crate::support::{address, bytes, key, point, scalar};

/// A statement and its proof, after docs/PROTOCOL.md, section 6, by a prover that shares no code with the verifier.
#[derive(Clone)]
pub struct Made {
    pub program: u8,
    pub purchase: u8,
    pub deadline: i64,
    pub terms: [u8; 32],
    pub owner_key: [u8; 32],
    pub buyer_key: [u8; 32],
    pub settle_key: [u8; 32],
    /// The scalar of `K = B + S`, with which the prover proves.
    pub capsule_scalar: Scalar,
    pub items: Vec<Item>,
    pub proof: DeliveryProof,
}

#[derive(Clone)]
pub struct Item {
    pub record: u8,
    pub capsule: Capsule,
    /// `r'`
    pub scalar: Scalar,
    pub delivered: Capsule,
}

impl Made {
    pub fn of(count: u8) -> Self {
        let items = (0..count)
            .map(|index| {
                let element = point(&scalar(format!("m{index}")));
                let sealed = |r: &Scalar, key: &Scalar| Capsule {
                    ephemeral: bytes(point(r)),
                    masked: bytes(element + point(&(r * key))),
                };
                let (r, delivered) = (scalar(format!("r{index}")), scalar(format!("d{index}")));
                Item {
                    record: 100 + index,
                    capsule: sealed(&r, &scalar("x")),
                    scalar: delivered,
                    delivered: sealed(&delivered, &(scalar("b") + scalar("s"))),
                }
            })
            .collect();
        let mut made = Self {
            program: 1,
            purchase: 2,
            deadline: 1_790_003_600,
            terms: [3; 32],
            owner_key: key("x"),
            buyer_key: key("b"),
            settle_key: key("s"),
            capsule_scalar: scalar("b") + scalar("s"),
            items,
            proof: DeliveryProof {
                challenge: [0; 16],
                owner_response: [0; 32],
                ephemeral_response: [0; 32],
            },
        };
        made.prove();
        made
    }

    pub fn seed(&self) -> [u8; 32] {
        let mut hash = Sha256::new()
            .chain_update(b"generion/delivery/v1")
            .chain_update([self.program; 32])
            .chain_update([self.purchase; 32])
            .chain_update(self.deadline.to_le_bytes())
            .chain_update(self.terms)
            .chain_update(self.owner_key)
            .chain_update(self.buyer_key)
            .chain_update(self.settle_key)
            .chain_update([self.items.len() as u8]);
        for item in &self.items {
            hash.update([item.record; 32]);
            for capsule in [item.capsule, item.delivered] {
                hash.update(capsule.ephemeral);
                hash.update(capsule.masked);
            }
        }
        hash.finalize().into()
    }

    pub fn weights(&self) -> Vec<Scalar> {
        let seed = self.seed();
        let drawn = (1..self.items.len()).map(|index| {
            let hash = Sha256::new()
                .chain_update(seed)
                .chain_update([((index - 1) / 2) as u8])
                .finalize();
            let start = if index % 2 == 1 { 0 } else { 16 };
            let mut half: [u8; 16] = hash[start..start + 16].try_into().unwrap();
            half[15] &= 0x0f;
            Scalar::from(u128::from_le_bytes(half))
        });
        core::iter::once(Scalar::ONE).chain(drawn).collect()
    }

    /// Makes the delivered capsules anew, for what it has for the scalar of `K`.
    pub fn reseal(&mut self) {
        for (index, item) in self.items.iter_mut().enumerate() {
            let element = point(&scalar(format!("m{index}")));
            let shared = point(&(item.scalar * self.capsule_scalar));
            item.delivered.masked = bytes(element + shared);
        }
    }

    /// Proves, with what it has for `x`, `r'` and the scalar of `K`, whatever the statement is by now.
    pub fn prove(&mut self) {
        let weights = self.weights();
        let ephemerals = self.items.iter().map(|item| {
            CompressedRistretto(item.capsule.ephemeral)
                .decompress()
                .unwrap()
        });
        let folded: RistrettoPoint = weights
            .iter()
            .zip(ephemerals)
            .map(|(w, point)| w * point)
            .sum();
        let r: Scalar = weights
            .iter()
            .zip(&self.items)
            .map(|(w, item)| w * item.scalar)
            .sum();
        let (k1, k2) = (scalar("k1"), scalar("k2"));
        let hash = Sha256::new()
            .chain_update(self.seed())
            .chain_update(key("k1"))
            .chain_update(key("k2"))
            .chain_update(bytes(point(&(k2 * self.capsule_scalar)) - k1 * folded))
            .finalize();
        let challenge: [u8; 16] = hash[..16].try_into().unwrap();
        let e = Scalar::from(u128::from_le_bytes(challenge));
        self.proof = DeliveryProof {
            challenge,
            owner_response: (k1 - e * scalar("x")).to_bytes(),
            ephemeral_response: (k2 - e * r).to_bytes(),
        };
    }

    pub fn with<T>(&self, show: impl FnOnce(&DeliveryStatement) -> T) -> T {
        let records: Vec<_> = self.items.iter().map(|item| address(item.record)).collect();
        let items: Vec<_> = self
            .items
            .iter()
            .zip(&records)
            .map(|(item, record)| DeliveryItem {
                record,
                capsule: &item.capsule,
                delivered: &item.delivered,
            })
            .collect();
        show(&DeliveryStatement {
            program_id: &address(self.program),
            purchase: &address(self.purchase),
            deadline: self.deadline,
            terms: &self.terms,
            owner_key: &self.owner_key,
            buyer_key: &self.buyer_key,
            settle_key: &self.settle_key,
            items: &items,
        })
    }

    pub fn verify(&self) -> Result<(), GenerionError> {
        self.with(|statement| statement.verify(&self.proof))
    }

    #[track_caller]
    pub fn refused(&self, change: impl FnOnce(&mut Self), error: GenerionError) {
        let mut made = self.clone();
        change(&mut made);
        assert_eq!(made.verify(), Err(error));
    }
}
