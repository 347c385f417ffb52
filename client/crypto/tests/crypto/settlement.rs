//! The secret that settles a purchase, and what can be opened with it.

use generion_crypto::{
    capsule::{self, MalformedCapsule},
    delivery::{DeliveryRecord, deliver, open_settled},
    keys::DeliveryKey,
    record::RecordElement,
    settle::{SettleKey, SettleSecret},
};
use generion_reference_proofs::group_order::plus_order;

use crate::support::{
    CREATOR, ORDER, OWNER, address, capsule_from, encryption_secret, flips, purchase_secret,
    record, rng, sale,
};

#[test]
fn the_same_sale_has_the_same_secret() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let [one, other] =
        [0, 1].map(|_| SettleSecret::derive(&owner, &sale(buyer.public_key())).unwrap());
    assert_eq!(one.to_bytes(), other.to_bytes());
    assert_eq!(one.public_key(), other.public_key());
}

/// If a node lies about any part of a sale, the result is a secret that is never shown.
#[test]
fn another_sale_has_another_secret() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let believed = sale(buyer.public_key());
    let mut sales = vec![believed; 9];
    sales[1].deployment.genesis.0[31] ^= 1;
    sales[2].deployment.program_id = address(9);
    sales[3].purchase = address(9);
    sales[4].deadline += 1;
    sales[5].deadline = -believed.deadline;
    sales[6].buyer_key = purchase_secret(9, &ORDER).public_key();
    sales[7].terms[0] ^= 1;
    sales[8].terms[31] ^= 1;
    let mut secrets: Vec<_> = sales
        .iter()
        .map(|sale| SettleSecret::derive(&owner, sale).unwrap())
        .collect();
    for other in [encryption_secret(1, 1), encryption_secret(2, 0)] {
        secrets.push(SettleSecret::derive(&other, &believed).unwrap());
    }
    for (index, secret) in secrets.iter().enumerate() {
        let known = &secrets[..index];
        assert!(
            known
                .iter()
                .all(|known| known.to_bytes() != secret.to_bytes()),
            "{index}"
        );
        assert!(
            known
                .iter()
                .all(|known| known.public_key() != secret.public_key())
        );
    }
}

#[test]
fn a_stored_secret_is_checked_against_its_key() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let secret = SettleSecret::derive(&owner, &sale(buyer.public_key())).unwrap();
    let settle_key = secret.public_key().to_bytes();
    let read = SettleSecret::from_bytes(&secret.to_bytes()).unwrap();
    assert_eq!(read.to_bytes(), secret.to_bytes());
    assert!(read.is_of(&settle_key));
    for changed in flips(&settle_key) {
        assert!(!read.is_of(&changed.try_into().unwrap()));
    }
    let mut readable = 0;
    for changed in flips(secret.to_bytes().as_ref()) {
        if let Some(other) = SettleSecret::from_bytes(&changed.try_into().unwrap()) {
            assert!(!other.is_of(&settle_key));
            readable += 1;
        }
    }
    assert!(readable > 0);
    for bytes in [
        [0; 32],
        plus_order(&[0; 32]),
        plus_order(&secret.to_bytes()),
        [0xff; 32],
    ] {
        assert!(SettleSecret::from_bytes(&bytes).is_none(), "{bytes:?}");
    }
}

#[test]
fn settle_keys_are_points_other_than_the_identity() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let key = SettleSecret::derive(&owner, &sale(buyer.public_key()))
        .unwrap()
        .public_key();
    assert_eq!(SettleKey::from_bytes(&key.to_bytes()), Some(key));
    for bytes in [[0; 32], [0xff; 32], plus_order(&key.to_bytes())] {
        assert_eq!(SettleKey::from_bytes(&bytes), None, "{bytes:?}");
    }
    let shown = solana_address::Address::new_from_array(key.to_bytes());
    assert_eq!(format!("{key:?}"), format!("SettleKey({shown})"));
}

#[test]
fn the_delivery_key_is_the_sum() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let secret = SettleSecret::derive(&owner, &sale(buyer.public_key())).unwrap();
    let key: DeliveryKey = secret
        .public_key()
        .delivery_key(&buyer.public_key())
        .unwrap();
    let scalar = |bytes: &[u8; 32]| curve25519_dalek::Scalar::from_canonical_bytes(*bytes).unwrap();
    let sum = scalar(&buyer.to_bytes()) + scalar(&secret.to_bytes());
    let expected = curve25519_dalek::RistrettoPoint::mul_base(&sum);
    assert_eq!(key.to_bytes(), expected.compress().to_bytes());
    // A capsule for the sum opens with both secrets.
    let element = RecordElement::random(&mut rng());
    let (sealed, _) = capsule::seal(&element, &key, &mut rng());
    let opened = open_settled(&sealed, &buyer, &secret).unwrap();
    let key = |element: &RecordElement| element.record_key(&OWNER, &CREATOR).data_public_key();
    assert_eq!(key(&opened), key(&element));
}

/// A buyer's key that cancels the seller's is refused. Nobody can make one, because the seller's key depends on it.
#[test]
fn keys_that_cancel_each_other_have_no_sum() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let secret = SettleSecret::derive(&owner, &sale(buyer.public_key())).unwrap();
    let point = curve25519_dalek::ristretto::CompressedRistretto(secret.public_key().to_bytes());
    let negative = -point.decompress().unwrap();
    let key = generion_crypto::keys::PurchaseKey::from_bytes(&negative.compress().to_bytes());
    assert_eq!(secret.public_key().delivery_key(&key.unwrap()), None);
}

#[test]
fn either_secret_alone_opens_nothing() {
    let (owner, buyer) = (encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let believed = sale(buyer.public_key());
    let (element, capsule) = record(&owner, &mut rng());
    let expected = element.record_key(&OWNER, &CREATOR).data_public_key();
    let batch = [DeliveryRecord {
        record: address(100),
        capsule,
    }];
    let delivery = deliver(&owner, &believed, &batch, &mut rng()).unwrap();
    let [delivered] = &delivery.capsules[..] else {
        panic!("one record");
    };
    let key = |element: RecordElement| element.record_key(&OWNER, &CREATOR).data_public_key();
    let settled = SettleSecret::derive(&owner, &believed).unwrap();
    assert_eq!(delivery.settle_key, settled.public_key());
    assert_eq!(
        key(open_settled(delivered, &buyer, &settled).unwrap()),
        expected
    );

    let buyer_alone = key(capsule::open(delivered, &buyer).unwrap());
    let other_buyer = purchase_secret(9, &ORDER);
    let seller_alone = key(open_settled(delivered, &other_buyer, &settled).unwrap());
    let mut lie = believed;
    lie.deadline += 1;
    let other_sale = SettleSecret::derive(&owner, &lie).unwrap();
    let by_a_lie = key(open_settled(delivered, &buyer, &other_sale).unwrap());
    for opened in [buyer_alone, seller_alone, by_a_lie] {
        assert_ne!(opened, expected);
    }
    let (mut opened, mut malformed) = (0, 0);
    for changed in flips(delivered.as_bytes()) {
        let changed = capsule_from(&changed);
        match open_settled(&changed, &buyer, &settled) {
            Ok(element) => {
                assert_ne!(key(element), expected);
                opened += 1;
            }
            Err(MalformedCapsule) => malformed += 1,
        }
    }
    assert!(opened > 0 && malformed > 0, "{opened} {malformed}");
}
