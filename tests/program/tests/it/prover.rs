//! A seller who may cheat: a second prover, written from the protocol, that proves whatever statement it is given.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    DeliverArgs, ID,
    args::Capsules,
    proof::{
        Capsule,
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement, challenge, weights},
    },
};
use generion_interface::accounts::RecordAccount;
use rand_chacha::rand_core::RngCore;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::support::Scene;

/// A batch in the making: honest until a test changes it.
pub struct Prover {
    pub program_id: Address,
    pub purchase: Address,
    pub deadline: i64,
    pub terms: [u8; 32],
    /// `x`
    pub secret: Scalar,
    pub owner_key: [u8; 32],
    pub buyer_key: [u8; 32],
    /// `S`, of a scalar that the prover draws: what follows from a sale is the honest client's.
    pub settle_key: [u8; 32],
    /// `s`
    pub settle_secret: Scalar,
    pub items: Vec<Item>,
    first: usize,
}

/// One record of the batch.
#[derive(Clone)]
pub struct Item {
    pub record: Address,
    /// `(R, C)`
    pub capsule: Capsule,
    /// `r'`
    pub scalar: Scalar,
    /// `(R', C')`
    pub delivered: Capsule,
}

pub fn random_scalar(rng: &mut impl RngCore) -> Scalar {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    Scalar::from_bytes_mod_order_wide(&wide)
}

pub fn point(bytes: &[u8; 32]) -> RistrettoPoint {
    CompressedRistretto(*bytes)
        .decompress()
        .expect("a canonical point")
}

pub fn bytes(point: RistrettoPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

impl Item {
    /// `R' = r'G`, `C' = M + r'K` with `M = C - xR`.
    pub fn reseal(&mut self, secret: &Scalar, capsule_key: RistrettoPoint) {
        let element = point(&self.capsule.masked) - secret * point(&self.capsule.ephemeral);
        self.delivered = Capsule {
            ephemeral: bytes(RistrettoPoint::mul_base(&self.scalar)),
            masked: bytes(element + self.scalar * capsule_key),
        };
    }

    /// Adds an error to what is delivered.
    pub fn add_error(&mut self, error: RistrettoPoint) {
        self.delivered.masked = bytes(point(&self.delivered.masked) + error);
    }
}

impl Prover {
    /// For `count` records of a purchase of the patient's order from position `first` on.
    pub fn new(scene: &mut Scene, purchase: Address, first: usize, count: usize) -> Self {
        let state = scene.purchase_state(&purchase);
        let records = scene.listed(&state.order);
        let secret =
            Scalar::from_canonical_bytes(*scene.patient.secret().to_bytes()).expect("canonical");
        let items = records[first..first + count]
            .iter()
            .map(|record| {
                let capsule = scene.world.read::<RecordAccount>(record).state.capsule;
                Item {
                    record: *record,
                    capsule,
                    scalar: random_scalar(&mut scene.world.rng),
                    delivered: capsule,
                }
            })
            .collect();
        let settle_secret = random_scalar(&mut scene.world.rng);
        let mut prover = Self {
            program_id: ID,
            purchase,
            deadline: state.deadline,
            terms: state.terms,
            secret,
            owner_key: bytes(RistrettoPoint::mul_base(&secret)),
            buyer_key: state.buyer_key,
            settle_key: bytes(RistrettoPoint::mul_base(&settle_secret)),
            settle_secret,
            items,
            first,
        };
        prover.reseal();
        prover
    }

    /// `K = B + S`
    pub fn capsule_key(&self) -> RistrettoPoint {
        point(&self.buyer_key) + point(&self.settle_key)
    }

    /// Settles with another scalar from here on; the capsules are still to be made anew.
    pub fn settle_with(&mut self, settle_secret: Scalar) {
        self.settle_secret = settle_secret;
        self.settle_key = bytes(RistrettoPoint::mul_base(&settle_secret));
    }

    /// Makes all delivered capsules anew, after a change of secret, key or scalars.
    pub fn reseal(&mut self) {
        self.reseal_for(self.capsule_key());
    }

    /// The same for any key.
    pub fn reseal_for(&mut self, capsule_key: RistrettoPoint) {
        for item in &mut self.items {
            item.reseal(&self.secret, capsule_key);
        }
    }

    /// The proof as the protocol's section 6 has it, whether the statement is true or not.
    pub fn prove(&self, rng: &mut impl RngCore) -> DeliveryProof {
        self.prove_for(self.capsule_key(), rng)
    }

    /// The same with another key in the place of `K`.
    pub fn prove_for(&self, capsule_key: RistrettoPoint, rng: &mut impl RngCore) -> DeliveryProof {
        let items: Vec<_> = self
            .items
            .iter()
            .map(
                |Item {
                     record,
                     capsule,
                     delivered,
                     ..
                 }| DeliveryItem {
                    record,
                    capsule,
                    delivered,
                },
            )
            .collect();
        let seed = DeliveryStatement {
            program_id: &self.program_id,
            purchase: &self.purchase,
            deadline: self.deadline,
            terms: &self.terms,
            owner_key: &self.owner_key,
            buyer_key: &self.buyer_key,
            settle_key: &self.settle_key,
            items: &items,
        }
        .seed()
        .expect("1 to 10 items");
        let weights: Vec<Scalar> = weights(&seed, items.len()).map(Scalar::from).collect();
        let weighted = || weights.iter().zip(&self.items);
        let folded: RistrettoPoint = weighted()
            .map(|(weight, item)| weight * point(&item.capsule.ephemeral))
            .sum();
        let scalar: Scalar = weighted().map(|(weight, item)| weight * item.scalar).sum();
        let (k1, k2) = (random_scalar(rng), random_scalar(rng));
        let commitments = [
            RistrettoPoint::mul_base(&k1),
            RistrettoPoint::mul_base(&k2),
            k2 * capsule_key - k1 * folded,
        ];
        let challenge = challenge(&seed, &commitments.map(bytes));
        let e = Scalar::from(u128::from_le_bytes(challenge));
        DeliveryProof {
            challenge,
            owner_response: (k1 - e * self.secret).to_bytes(),
            ephemeral_response: (k2 - e * scalar).to_bytes(),
        }
    }

    /// The instruction for the scene's ledger, whatever the statement was about.
    pub fn instruction(&self, scene: &mut Scene, purchase: Address) -> Instruction {
        let proof = self.prove(&mut scene.world.rng);
        self.instruction_with(scene, purchase, proof)
    }

    /// The same with another proof.
    pub fn instruction_with(
        &self,
        scene: &Scene,
        purchase: Address,
        proof: DeliveryProof,
    ) -> Instruction {
        let state = scene.purchase_state(&purchase);
        let capsules = Capsules(self.items.iter().map(|item| item.delivered).collect());
        let args = DeliverArgs {
            settle_key: self.settle_key,
            first: self.first as u8,
            proof,
            capsules,
        };
        let records = scene.listed(&state.order);
        let batch = &records[self.first..self.first + self.items.len()];
        scene
            .world
            .instructions
            .deliver(purchase, &state, batch, args)
    }
}
