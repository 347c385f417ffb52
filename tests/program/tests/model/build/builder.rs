//! Seals the capsules and makes the proofs of a step, as the step says.

use generion::{
    CreateRecordArgs, ID,
    proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    delivery::{self, DeliveryRecord},
    keys::{EncryptionKey, PurchaseKey},
    record::{DataPublicKey, RecordElement},
    settle,
};
use generion_program_tests::DEPLOYMENT;
use rand_chacha::ChaCha20Rng;
use solana_address::Address;

use crate::{
    cast::{Cast, Drawn},
    model::{Made, Model},
    spoil::{flip, malformed, negated, spoil_delivery},
    step::{At, CapsuleClaim, DeliveryClaim, Draft, Key, Sale, SettleKey, Who},
};

/// What a step's instruction is built from.
pub struct Builder<'a> {
    pub model: &'a Model,
    pub cast: &'a mut Cast,
    pub rng: &'a mut ChaCha20Rng,
}

impl Builder<'_> {
    pub fn wallet(&mut self, who: Who) -> Address {
        self.cast.address(At::Wallet(who))
    }

    pub fn at(&mut self, at: &At) -> Address {
        self.cast.address(*at)
    }

    pub fn seal(&mut self, element: &RecordElement, key: Key) -> Capsule {
        let key = EncryptionKey::from_bytes(&self.cast.key(key)).expect("capsules are for keys");
        capsule::seal(element, &key, self.rng).0
    }

    pub fn record(&mut self, draft: Draft, claim: &CapsuleClaim) -> (CreateRecordArgs, Made) {
        let Drawn {
            data_public_key,
            capsule,
            facts_root,
            locator,
            ..
        } = self.cast.drawn(draft);
        let proven = self.cast.drawn(claim.draft);
        let binding = RecordBinding {
            program_id: ID,
            record: self.at(&claim.record),
            creator: self.wallet(claim.creator),
            owner_key: EncryptionKey::from_bytes(&self.cast.key(claim.key)).expect("a key"),
            data_public_key: DataPublicKey(match claim.other_data_key {
                true => [7; 32],
                false => proven.data_public_key,
            }),
        };
        let mut proof = capsule::prove(&binding, &proven.capsule, &proven.randomness, self.rng);
        if let Some(at) = claim.flipped {
            flip(bytemuck::bytes_of_mut::<CapsuleProof>(&mut proof), at);
        }
        let made = Made {
            data_public_key,
            capsules: vec![raw(&capsule)],
            facts_root,
            locator: locator.clone(),
            ..Made::default()
        };
        let args = CreateRecordArgs {
            data_public_key,
            capsule,
            proof,
            facts_root,
            locator,
        };
        (args, made)
    }

    /// What the seller believes, as the client library takes it.
    fn sale(&mut self, sale: &Sale) -> settle::Sale {
        settle::Sale {
            deployment: DEPLOYMENT,
            purchase: self.at(&sale.purchase),
            deadline: sale.deadline,
            buyer_key: PurchaseKey::from_bytes(&self.cast.key(sale.buyer_key)).expect("a key"),
            terms: self.cast.terms(&sale.terms),
        }
    }

    pub fn secret(&mut self, sale: &Sale) -> settle::SettleSecret {
        let believed = self.sale(sale);
        settle::SettleSecret::derive(self.cast.secret_of(sale.secret), &believed)
            .expect("a usable key")
    }

    pub fn settle_key(&mut self, key: SettleKey, sale: &Sale) -> [u8; 32] {
        match key {
            SettleKey::Derived => self.secret(sale).public_key().to_bytes(),
            SettleKey::Other => generion::curve::GENERATOR,
            SettleKey::Opposite => negated(&self.cast.key(sale.buyer_key)),
            SettleKey::Malformed(kind) => malformed(kind),
        }
    }

    pub fn delivery(&mut self, claim: &DeliveryClaim) -> (DeliveryProof, Vec<Capsule>) {
        let records: Vec<DeliveryRecord> = claim
            .records
            .iter()
            .map(|at| DeliveryRecord {
                record: self.at(at),
                capsule: self.capsule_of(at),
            })
            .collect();
        let sale = self.sale(&claim.sale);
        let secret = self.cast.secret_of(claim.sale.secret);
        match delivery::deliver(secret, &sale, &records, self.rng) {
            Ok(mut made) => {
                spoil_delivery(&mut made, claim.spoilt);
                (made.proof, made.capsules)
            }
            Err(_) => {
                assert!(records.is_empty(), "only an empty batch can't be proven");
                (bytemuck::Zeroable::zeroed(), vec![])
            }
        }
    }

    /// The capsule of a record, or any where there is none.
    fn capsule_of(&mut self, at: &At) -> Capsule {
        let At::Record(id) = at else {
            unreachable!("{at:?} is no record")
        };
        match self.model.records.get(id) {
            Some(record) => bytemuck::pod_read_unaligned(&record.made.capsules[0]),
            None => Capsule {
                ephemeral: generion::curve::GENERATOR,
                masked: generion::curve::GENERATOR,
            },
        }
    }
}

/// A capsule's bytes.
pub fn raw(capsule: &Capsule) -> [u8; 64] {
    bytemuck::cast(*capsule)
}
