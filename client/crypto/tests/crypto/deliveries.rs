use curve25519_dalek::{
    constants::RISTRETTO_BASEPOINT_POINT,
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
};
use generion::{
    GenerionError,
    constants::MAX_DELIVERY_BATCH,
    proof::delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
};
use generion_crypto::{
    Capsule,
    delivery::{Delivery, DeliveryError, DeliveryRecord, deliver, open_settled},
    keys::{EncryptionSecret, PurchaseSecret},
    rand_core::CryptoRngCore,
    record::DataPublicKey,
    settle::{self, SettleSecret},
};
use generion_reference_proofs::group_order::plus_order;
use solana_address::Address;

use crate::support::{
    CREATOR, ORDER, OWNER, Repeat, address, encryption_secret, purchase_secret, record, rng, sale,
};

/// A purchase of records, as both sides see it.
struct Sale {
    owner: EncryptionSecret,
    buyer: PurchaseSecret,
    records: Vec<DeliveryRecord>,
    data_public_keys: Vec<DataPublicKey>,
}

impl Sale {
    fn of(count: usize) -> Self {
        let (mut rng, owner) = (rng(), encryption_secret(1, 0));
        let (records, data_public_keys) = (0..count)
            .map(|index| {
                let (element, capsule) = record(&owner, &mut rng);
                let record = address(100 + index as u8);
                (
                    DeliveryRecord { record, capsule },
                    element.record_key(&OWNER, &CREATOR).data_public_key(),
                )
            })
            .unzip();
        Self {
            owner,
            buyer: purchase_secret(2, &ORDER),
            records,
            data_public_keys,
        }
    }

    /// What the seller believes about the sale.
    fn believed(&self) -> settle::Sale {
        sale(self.buyer.public_key())
    }

    fn deliver(
        &self,
        records: &[DeliveryRecord],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Delivery, DeliveryError> {
        deliver(&self.owner, &self.believed(), records, rng)
    }

    /// The statement that the program checks.
    fn shown(&self) -> Shown {
        let believed = self.believed();
        let Delivery {
            settle_key,
            proof,
            capsules,
        } = self.deliver(&self.records, &mut rng()).unwrap();
        Shown {
            program_id: believed.deployment.program_id,
            purchase: believed.purchase,
            deadline: believed.deadline,
            terms: believed.terms,
            owner_key: self.owner.public_key().to_bytes(),
            buyer_key: self.buyer.public_key().to_bytes(),
            settle_key: settle_key.to_bytes(),
            records: self.records.clone(),
            capsules,
            proof,
        }
    }
}

struct Shown {
    program_id: Address,
    purchase: Address,
    deadline: i64,
    terms: [u8; 32],
    owner_key: [u8; 32],
    buyer_key: [u8; 32],
    settle_key: [u8; 32],
    records: Vec<DeliveryRecord>,
    capsules: Vec<Capsule>,
    proof: DeliveryProof,
}

impl Shown {
    fn verify(&self) -> Result<(), GenerionError> {
        let items: Vec<_> = self
            .records
            .iter()
            .zip(&self.capsules)
            .map(
                |(DeliveryRecord { record, capsule }, delivered)| DeliveryItem {
                    record,
                    capsule,
                    delivered,
                },
            )
            .collect();
        let Self {
            program_id,
            purchase,
            deadline,
            terms,
            owner_key,
            buyer_key,
            settle_key,
            proof,
            ..
        } = self;
        DeliveryStatement {
            program_id,
            purchase,
            deadline: *deadline,
            terms,
            owner_key,
            buyer_key,
            settle_key,
            items: &items,
        }
        .verify(proof)
    }
}

fn point(bytes: &[u8; 32]) -> RistrettoPoint {
    CompressedRistretto(*bytes).decompress().unwrap()
}

#[test]
fn batches_of_every_length_are_accepted_and_open() {
    for count in 1..=MAX_DELIVERY_BATCH {
        let sale = Sale::of(count);
        let shown = sale.shown();
        assert_eq!(shown.verify(), Ok(()), "{count}");
        let settled = SettleSecret::derive(&sale.owner, &sale.believed()).unwrap();
        for (capsule, expected) in shown.capsules.iter().zip(&sale.data_public_keys) {
            let element = open_settled(capsule, &sale.buyer, &settled).unwrap();
            assert_eq!(
                element.record_key(&OWNER, &CREATOR).data_public_key(),
                *expected
            );
        }
    }
}

#[test]
fn the_proof_holds_for_nothing_else() {
    let changes: [fn(&mut Shown); 25] = [
        |shown| shown.program_id = address(9),
        |shown| shown.purchase = address(9),
        |shown| shown.deadline += 1,
        |shown| shown.terms[31] ^= 1,
        |shown| shown.settle_key = shown.buyer_key,
        |shown| shown.settle_key = shown.owner_key,
        // `K` stays the same.
        |shown| std::mem::swap(&mut shown.buyer_key, &mut shown.settle_key),
        |shown| shown.owner_key = encryption_secret(1, 1).public_key().to_bytes(),
        |shown| shown.buyer_key = purchase_secret(2, &address(9)).public_key().to_bytes(),
        |shown| shown.records[1].record = address(9),
        |shown| shown.records[1].capsule.ephemeral = shown.records[0].capsule.ephemeral,
        |shown| shown.records[1].capsule.masked = shown.records[0].capsule.masked,
        |shown| shown.records.swap(0, 1),
        |shown| shown.capsules.swap(0, 1),
        |shown| shown.capsules[1] = shown.capsules[0],
        |shown| shown.capsules[1].ephemeral = shown.capsules[0].ephemeral,
        |shown| shown.capsules[1].masked = shown.capsules[0].masked,
        // Another element, which the buyer would pay for without getting the record.
        |shown| {
            let masked = point(&shown.capsules[2].masked) + RISTRETTO_BASEPOINT_POINT;
            shown.capsules[2].masked = masked.compress().to_bytes();
        },
        // Errors in two capsules that cancel each other in a sum without weights.
        |shown| {
            for (index, error) in [
                (0, RISTRETTO_BASEPOINT_POINT),
                (2, -RISTRETTO_BASEPOINT_POINT),
            ] {
                shown.capsules[index].masked = (point(&shown.capsules[index].masked) + error)
                    .compress()
                    .to_bytes();
            }
        },
        |shown| shown.proof.challenge[15] ^= 1,
        |shown| shown.proof.owner_response[0] ^= 1,
        |shown| shown.proof.ephemeral_response[0] ^= 1,
        |shown| shown.proof.owner_response = [0; 32],
        |shown| shown.proof.owner_response = plus_order(&shown.proof.owner_response),
        |shown| shown.proof.ephemeral_response = plus_order(&shown.proof.ephemeral_response),
    ];
    let sale = Sale::of(3);
    for (index, change) in changes.into_iter().enumerate() {
        let mut shown = sale.shown();
        change(&mut shown);
        assert_eq!(
            shown.verify(),
            Err(GenerionError::DeliveryProofInvalid),
            "{index}"
        );
    }
}

#[test]
fn points_that_are_none_are_refused_by_name() {
    let changes: [fn(&mut Shown); 5] = [
        |shown| shown.owner_key = [0; 32],
        |shown| shown.buyer_key = [0; 32],
        |shown| shown.capsules[1].ephemeral = [0; 32],
        |shown| shown.capsules[1].masked = [0xff; 32],
        |shown| shown.records[1].capsule.masked = [0xff; 32],
    ];
    let sale = Sale::of(3);
    for (index, change) in changes.into_iter().enumerate() {
        let mut shown = sale.shown();
        change(&mut shown);
        assert_eq!(shown.verify(), Err(GenerionError::InvalidPoint), "{index}");
    }
}

#[test]
fn settle_keys_that_are_none_are_refused_by_name() {
    let changes: [fn(&mut Shown); 3] = [
        |shown| shown.settle_key = [0; 32],
        |shown| shown.settle_key = [0xff; 32],
        // `K` would be the identity.
        |shown| {
            let negative = -point(&shown.buyer_key);
            shown.settle_key = negative.compress().to_bytes();
        },
    ];
    let sale = Sale::of(3);
    for (index, change) in changes.into_iter().enumerate() {
        let mut shown = sale.shown();
        change(&mut shown);
        let refused = Err(GenerionError::SettleKeyInvalid);
        assert_eq!(shown.verify(), refused, "{index}");
    }
}

#[test]
fn a_part_of_a_batch_proves_nothing() {
    let mut shown = Sale::of(3).shown();
    shown.records.pop();
    shown.capsules.pop();
    assert_eq!(shown.verify(), Err(GenerionError::DeliveryProofInvalid));
    shown.records.clear();
    assert_eq!(shown.verify(), Err(GenerionError::BatchLength));
}

#[test]
fn another_owner_can_not_deliver() {
    let mut sale = Sale::of(2);
    let owner_key = sale.owner.public_key().to_bytes();
    sale.owner = encryption_secret(9, 0);
    let shown = Shown {
        owner_key,
        ..sale.shown()
    };
    assert_eq!(shown.verify(), Err(GenerionError::DeliveryProofInvalid));
}

#[test]
fn a_batch_that_can_not_be_delivered_is_not_made() {
    let mut sale = Sale::of(MAX_DELIVERY_BATCH + 1);
    for records in [&sale.records[..0], &sale.records] {
        let error = sale.deliver(records, &mut rng()).unwrap_err();
        assert_eq!(
            error,
            DeliveryError::Batch(GenerionError::BatchLength),
            "{}",
            records.len()
        );
    }
    sale.records[1].capsule.ephemeral = [0; 32];
    let error = sale.deliver(&sale.records[..3], &mut rng()).unwrap_err();
    assert_eq!(
        error,
        DeliveryError::MalformedCapsule(sale.records[1].record)
    );
}

/// The settle secret `s`, and with it every scalar, depends on everything that the seller believes.
#[test]
fn the_same_random_bytes_give_other_scalars_to_another_sale() {
    let sale = Sale::of(2);
    let believed = sale.believed();
    let mut sales = vec![believed; 7];
    sales[1].purchase = address(9);
    sales[2].deadline += 1;
    sales[3].terms[0] ^= 1;
    sales[4].buyer_key = purchase_secret(9, &ORDER).public_key();
    sales[5].deployment.program_id = address(9);
    sales[6].deployment.genesis.0[0] ^= 1;
    for random in [&[0][..], b"random bytes"] {
        let deliveries: Vec<_> = sales
            .iter()
            .map(|believed| {
                deliver(&sale.owner, believed, &sale.records, &mut Repeat(random)).unwrap()
            })
            .collect();
        assert_distinct_ephemerals(&deliveries);
    }
}

#[test]
fn random_bytes_count() {
    let sale = Sale::of(2);
    let deliveries =
        [0, 1].map(|random| sale.deliver(&sale.records, &mut Repeat(&[random])).unwrap());
    assert_distinct_ephemerals(&deliveries);
}

/// Two proofs with the same nonce reveal the owner's secret, and two capsules with the same nonce reveal the difference
/// of their elements.
#[test]
fn a_broken_random_generator_gives_nothing_away_across_batches() {
    let sale = Sale::of(4);
    let batches = [&sale.records[..2], &sale.records[2..]]
        .map(|batch| sale.deliver(batch, &mut Repeat(&[0])).unwrap());
    assert_distinct_ephemerals(&batches);
    let [(e, s1), (other_e, other_s1)] = batches.map(|Delivery { proof, .. }| {
        let response = Scalar::from_canonical_bytes(proof.owner_response).unwrap();
        (Scalar::from(u128::from_le_bytes(proof.challenge)), response)
    });
    let guess = (s1 - other_s1) * (other_e - e).invert();
    assert_ne!(guess.to_bytes(), *sale.owner.to_bytes());
}

#[track_caller]
fn assert_distinct_ephemerals(deliveries: &[Delivery]) {
    let ephemerals: Vec<_> = deliveries
        .iter()
        .flat_map(|delivery| &delivery.capsules)
        .map(|capsule| capsule.ephemeral)
        .collect();
    for (index, ephemeral) in ephemerals.iter().enumerate() {
        assert!(!ephemerals[..index].contains(ephemeral), "{index}");
    }
}
