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
    Capsule, capsule,
    delivery::{Delivery, DeliveryError, DeliveryRecord, deliver},
    keys::{EncryptionSecret, PurchaseSecret},
    rand_core::CryptoRngCore,
    record::DataPublicKey,
};
use solana_address::Address;

use crate::support::{
    CREATOR, ORDER, OWNER, PROGRAM, PURCHASE, Repeat, address, encryption_secret, plus_order,
    purchase_secret, record, rng,
};

/// A purchase of records, from both sides.
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

    fn deliver(
        &self,
        purchase: &Address,
        records: &[DeliveryRecord],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Delivery, DeliveryError> {
        deliver(
            &PROGRAM,
            purchase,
            &self.owner,
            &self.buyer.public_key(),
            records,
            rng,
        )
    }

    /// What the program is shown.
    fn shown(&self) -> Shown {
        let Delivery { proof, capsules } =
            self.deliver(&PURCHASE, &self.records, &mut rng()).unwrap();
        Shown {
            program_id: PROGRAM,
            purchase: PURCHASE,
            owner_key: self.owner.public_key().to_bytes(),
            buyer_key: self.buyer.public_key().to_bytes(),
            records: self.records.clone(),
            capsules,
            proof,
        }
    }
}

struct Shown {
    program_id: Address,
    purchase: Address,
    owner_key: [u8; 32],
    buyer_key: [u8; 32],
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
            owner_key,
            buyer_key,
            proof,
            ..
        } = self;
        DeliveryStatement {
            program_id,
            purchase,
            owner_key,
            buyer_key,
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
        for (capsule, expected) in shown.capsules.iter().zip(&sale.data_public_keys) {
            let element = capsule::open(capsule, &sale.buyer).unwrap();
            assert_eq!(
                element.record_key(&OWNER, &CREATOR).data_public_key(),
                *expected
            );
        }
    }
}

#[test]
fn the_proof_holds_for_nothing_else() {
    let changes: [fn(&mut Shown); 20] = [
        |shown| shown.program_id = address(9),
        |shown| shown.purchase = address(9),
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
        // Another element, for a buyer to pay for nothing.
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
        let error = sale.deliver(&PURCHASE, records, &mut rng()).unwrap_err();
        assert_eq!(
            error,
            DeliveryError::Batch(GenerionError::BatchLength),
            "{}",
            records.len()
        );
    }
    sale.records[1].capsule.ephemeral = [0; 32];
    let error = sale
        .deliver(&PURCHASE, &sale.records[..3], &mut rng())
        .unwrap_err();
    assert_eq!(
        error,
        DeliveryError::MalformedCapsule(sale.records[1].record)
    );
}

#[test]
fn the_same_random_bytes_give_other_scalars_to_another_purchase() {
    let sale = Sale::of(2);
    for random in [&[0][..], b"random bytes"] {
        let first = sale
            .deliver(&PURCHASE, &sale.records, &mut Repeat(random))
            .unwrap();
        let second = sale
            .deliver(&address(9), &sale.records, &mut Repeat(random))
            .unwrap();
        assert_distinct_ephemerals(&[first, second]);
    }
}

#[test]
fn random_bytes_count() {
    let sale = Sale::of(2);
    let deliveries = [0, 1].map(|random| {
        sale.deliver(&PURCHASE, &sale.records, &mut Repeat(&[random]))
            .unwrap()
    });
    assert_distinct_ephemerals(&deliveries);
}

/// Two proofs with one nonce give the owner's secret away, and two capsules with one the difference of what they hold.
#[test]
fn a_broken_random_generator_gives_nothing_away_across_batches() {
    let sale = Sale::of(4);
    let batches = [&sale.records[..2], &sale.records[2..]]
        .map(|batch| sale.deliver(&PURCHASE, batch, &mut Repeat(&[0])).unwrap());
    assert_distinct_ephemerals(&batches);
    let [(e, s1), (other_e, other_s1)] = batches.map(|Delivery { proof, .. }| {
        let response = Scalar::from_canonical_bytes(proof.owner_response).unwrap();
        (Scalar::from(u128::from_le_bytes(proof.challenge)), response)
    });
    let guess = (s1 - other_s1) * (other_e - e).invert();
    assert_ne!(guess.to_bytes(), *sale.owner.to_bytes());

    let other_buyer = purchase_secret(9, &ORDER).public_key();
    let for_another = deliver(
        &PROGRAM,
        &PURCHASE,
        &sale.owner,
        &other_buyer,
        &sale.records,
        &mut Repeat(&[0]),
    )
    .unwrap();
    let for_buyer = sale
        .deliver(&PURCHASE, &sale.records, &mut Repeat(&[0]))
        .unwrap();
    assert_distinct_ephemerals(&[for_another, for_buyer]);
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
