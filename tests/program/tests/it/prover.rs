//! A seller who may cheat, with a prover that proves whatever statement it is given.

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    DeliverArgs, ID,
    args::Capsules,
    proof::{Capsule, delivery::DeliveryProof},
};
use generion_interface::accounts::RecordAccount;
use generion_reference_proofs::delivery::{Item, Secrets, Statement};
use rand_chacha::rand_core::RngCore;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::support::Scene;

/// A batch in the making: honest until a test changes it.
pub struct Prover {
    pub statement: Statement,
    /// `x`
    pub secret: Scalar,
    /// `s`, which the prover draws: what follows from a sale is the honest client's.
    pub settle_secret: Scalar,
    /// `r'` of each record.
    pub ephemerals: Vec<Scalar>,
    first: usize,
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

impl Prover {
    /// For `count` records of a purchase of the patient's order from position `first` on.
    pub fn new(scene: &mut Scene, purchase: Address, first: usize, count: usize) -> Self {
        let state = scene.purchase_state(&purchase);
        let records = scene.listed(&state.order);
        let secret =
            Scalar::from_canonical_bytes(*scene.patient.secret().to_bytes()).expect("canonical");
        let (items, ephemerals) = records[first..first + count]
            .iter()
            .map(|record| {
                let capsule = scene.world.read::<RecordAccount>(record).state.capsule;
                let item = Item {
                    record: *record,
                    capsule,
                    delivered: capsule,
                };
                (item, random_scalar(&mut scene.world.rng))
            })
            .unzip();
        let settle_secret = random_scalar(&mut scene.world.rng);
        let mut prover = Self {
            statement: Statement {
                program_id: ID,
                purchase,
                deadline: state.deadline,
                terms: state.terms,
                owner_key: bytes(RistrettoPoint::mul_base(&secret)),
                buyer_key: state.buyer_key,
                settle_key: bytes(RistrettoPoint::mul_base(&settle_secret)),
                items,
            },
            secret,
            settle_secret,
            ephemerals,
            first,
        };
        prover.reseal();
        prover
    }

    /// `K = B + S`
    pub fn capsule_key(&self) -> RistrettoPoint {
        point(&self.statement.buyer_key) + point(&self.statement.settle_key)
    }

    /// Settles with another scalar from here on; the capsules are still to be made anew.
    pub fn settle_with(&mut self, settle_secret: Scalar) {
        self.settle_secret = settle_secret;
        self.statement.settle_key = bytes(RistrettoPoint::mul_base(&settle_secret));
    }

    /// Makes all delivered capsules anew, after a change of secret, key or scalars.
    pub fn reseal(&mut self) {
        self.reseal_for(self.capsule_key());
    }

    /// The same for any key.
    pub fn reseal_for(&mut self, capsule_key: RistrettoPoint) {
        for index in 0..self.statement.items.len() {
            self.reseal_one(index, capsule_key);
        }
    }

    /// The same for one record: `R' = r'G`, `C' = M + r'K` with `M = C - xR`.
    pub fn reseal_one(&mut self, index: usize, capsule_key: RistrettoPoint) {
        let (item, ephemeral) = (&mut self.statement.items[index], self.ephemerals[index]);
        let element = point(&item.capsule.masked) - self.secret * point(&item.capsule.ephemeral);
        item.delivered = Capsule {
            ephemeral: bytes(RistrettoPoint::mul_base(&ephemeral)),
            masked: bytes(element + ephemeral * capsule_key),
        };
    }

    /// Adds an error to what is delivered for a record.
    pub fn add_error(&mut self, index: usize, error: RistrettoPoint) {
        let masked = &mut self.statement.items[index].delivered.masked;
        *masked = bytes(point(masked) + error);
    }

    /// The proof as the protocol's section 6 has it, whether the statement is true or not.
    pub fn prove(&self, rng: &mut impl RngCore) -> DeliveryProof {
        self.prove_for(self.capsule_key(), rng)
    }

    /// The same with another key in the place of `K`.
    pub fn prove_for(&self, capsule_key: RistrettoPoint, rng: &mut impl RngCore) -> DeliveryProof {
        let secrets = Secrets {
            owner: self.secret,
            delivery_key: capsule_key,
            ephemerals: &self.ephemerals,
            nonces: [random_scalar(rng), random_scalar(rng)],
        };
        self.statement.prove(&secrets).1
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
        let items = &self.statement.items;
        let capsules = Capsules(items.iter().map(|item| item.delivered).collect());
        let args = DeliverArgs {
            settle_key: self.statement.settle_key,
            first: self.first as u8,
            proof,
            capsules,
        };
        let records = scene.listed(&state.order);
        let batch = &records[self.first..self.first + items.len()];
        scene
            .world
            .instructions
            .deliver(purchase, &state, batch, args)
    }
}
