//! Letters: each is for one application with one order, and one key.

use generion_crypto::{
    keys::{StudyKey, StudySecret},
    letter::{Envelope, LetterError, OVERHEAD, PLAIN_LENGTHS, WrongLength, open, seal},
};

use crate::support::{ORDER, Repeat, STUDY, address, encryption_secret, flips, rng, study_secret};

const ENVELOPE: Envelope = Envelope {
    application: address(12),
    order: ORDER,
};

fn sealed(plain: &[u8], key: &StudyKey, random: &[u8]) -> Vec<u8> {
    let participant = encryption_secret(2, 0);
    seal(plain, &ENVELOPE, key, &participant, &mut Repeat(random)).unwrap()
}

#[test]
fn a_letter_opens_for_its_study_and_application_alone() {
    let study = study_secret(1, &STUDY);
    let participant = encryption_secret(2, 0);
    for length in PLAIN_LENGTHS {
        let plain = vec![7; length];
        let key = study.public_key();
        let letter = seal(&plain, &ENVELOPE, &key, &participant, &mut rng()).unwrap();
        assert_eq!(letter.len(), length + OVERHEAD);
        assert_eq!(*open(&letter, &ENVELOPE, &study).unwrap(), plain);
        let elsewhere = [
            (address(13), ORDER, study_secret(1, &STUDY)),
            (ENVELOPE.application, address(13), study_secret(1, &STUDY)),
            (ENVELOPE.application, ORDER, study_secret(1, &address(13))),
            (ENVELOPE.application, ORDER, StudySecret::random(&mut rng())),
        ];
        for (application, order, secret) in elsewhere {
            let envelope = Envelope { application, order };
            let opened = open(&letter, &envelope, &secret);
            assert_eq!(opened.err(), Some(LetterError::WrongKey));
        }
    }
}

#[test]
fn a_damaged_letter_is_refused() {
    let study = study_secret(1, &STUDY);
    let letter = sealed(&[7; 256], &study.public_key(), &[1]);
    for damaged in flips(&letter) {
        let opened = open(&damaged, &ENVELOPE, &study);
        assert_eq!(opened.err(), Some(LetterError::WrongKey));
    }
    // The identity, and an encoding that is not canonical, are no `R`.
    for point in [[0; 32], [0xff; 32]] {
        let mut damaged = letter.clone();
        damaged[..32].copy_from_slice(&point);
        let opened = open(&damaged, &ENVELOPE, &study);
        assert_eq!(opened.err(), Some(LetterError::WrongKey));
    }
    for length in [0, 31, 32, 303, 305, 607, 737] {
        let opened = open(&vec![0; length], &ENVELOPE, &study);
        assert_eq!(opened.err(), Some(LetterError::Length(length)));
    }
}

#[test]
fn a_text_that_is_not_padded_is_refused() {
    let (key, participant) = (
        study_secret(1, &STUDY).public_key(),
        encryption_secret(2, 0),
    );
    for length in [0, 255, 257, 689] {
        let letter = seal(&vec![0; length], &ENVELOPE, &key, &participant, &mut rng());
        assert_eq!(letter, Err(WrongLength(length)));
    }
}

/// With a random generator that repeats itself, two texts still have two ephemeral keys: the same key for both would show the
/// difference of the texts, and let others forge letters.
#[test]
fn a_repeating_random_generator_reveals_nothing() {
    let key = study_secret(1, &STUDY).public_key();
    let (first, second) = (sealed(&[7; 256], &key, &[1]), sealed(&[8; 256], &key, &[1]));
    assert_ne!(first[..32], second[..32]);
    // The same text gives the same letter, which is harmless.
    assert_eq!(first, sealed(&[7; 256], &key, &[1]));
    // A working generator gives another letter for the same text.
    assert_ne!(first[..32], sealed(&[7; 256], &key, &[2])[..32]);
    // The application and the study's key are in it, too.
    let other = study_secret(1, &address(13)).public_key();
    assert_ne!(first[..32], sealed(&[7; 256], &other, &[1])[..32]);
}
