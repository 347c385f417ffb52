use generion::constants::MAX_LOCATOR_LEN;
use generion_crypto::{
    locator::{self, SealedLocatorError},
    record::{RecordElement, RecordKey},
};
use generion_interface::locator::{Locator, LocatorError};

use crate::support::{CREATOR, OWNER, address, flips, rng};

fn key() -> RecordKey {
    RecordElement::random(&mut rng()).record_key(&OWNER, &CREATOR)
}

fn locator(kind_length: usize) -> Locator {
    Locator {
        stores: ["https://a.example", "https://b.example"]
            .map(|store| store.parse().unwrap())
            .to_vec(),
        sha256: [7; 32],
        size: 4711,
        media_type: "application/fhir+json".into(),
        kind: "k".repeat(kind_length),
        profile: "document/1".into(),
        copy: Some([8; 32]),
        signature: Some([9; 64]),
    }
}

/// Length of the encoding without the kind, in bytes.
const UNPADDED: usize = 226;

#[test]
fn a_locator_opens_with_the_records_key_and_shows_one_of_two_lengths() {
    let key = key();
    for (kind_length, sealed_length) in [
        (1, 304),
        (256 - UNPADDED, 304),
        (257 - UNPADDED, 496),
        (448 - UNPADDED, 496),
    ] {
        for signature in [None, Some([9; 64])] {
            let locator = Locator {
                signature,
                ..locator(kind_length)
            };
            let sealed = locator::seal(&locator, &key.data_public_key(), &mut rng()).unwrap();
            assert_eq!(sealed.len(), sealed_length);
            assert!(sealed.len() <= MAX_LOCATOR_LEN);
            assert_eq!(locator::open(&sealed, &key), Ok(locator));
        }
    }
}

#[test]
fn a_locator_that_is_too_long_is_not_sealed() {
    let error = locator::seal(
        &locator(449 - UNPADDED),
        &key().data_public_key(),
        &mut rng(),
    );
    assert_eq!(
        error,
        Err(SealedLocatorError::Locator(LocatorError::TooLong(449)))
    );
}

#[test]
fn another_records_key_does_not_open_it() {
    let element = RecordElement::random(&mut rng());
    let sealed = locator::seal(&locator(30), &key().data_public_key(), &mut rng()).unwrap();
    let other = element.record_key(&OWNER, &address(9));
    assert_eq!(
        locator::open(&sealed, &other),
        Err(SealedLocatorError::WrongKey)
    );
}

#[test]
fn what_was_changed_or_cut_does_not_open() {
    let key = key();
    let sealed = locator::seal(&locator(30), &key.data_public_key(), &mut rng()).unwrap();
    for changed in flips(&sealed) {
        assert_eq!(
            locator::open(&changed, &key),
            Err(SealedLocatorError::WrongKey)
        );
    }
    for length in [0, 1, 31, 32, 47, 48, 49, sealed.len() - 1] {
        assert_eq!(
            locator::open(&sealed[..length], &key),
            Err(SealedLocatorError::WrongKey),
            "{length}"
        );
    }
    assert_eq!(
        locator::open(&[&sealed[..], &[0]].concat(), &key),
        Err(SealedLocatorError::WrongKey)
    );
}

#[test]
fn what_is_in_the_seal_must_be_a_locator() {
    let key = key();
    let seal = |plain: &[u8]| {
        crypto_box::PublicKey::from_bytes(key.data_public_key().0)
            .seal(&mut rng(), plain)
            .unwrap()
    };
    for (plain, expected) in [
        (&[0xff; 256][..], LocatorError::UnknownVersion(0xff)),
        (&[1; 192], LocatorError::Version1),
        (&[2; 256], LocatorError::Malformed),
        (&[], LocatorError::Malformed),
    ] {
        assert_eq!(
            locator::open(&seal(plain), &key),
            Err(SealedLocatorError::Locator(expected))
        );
    }
}
