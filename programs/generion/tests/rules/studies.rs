//! A study's rules at their limits: when it is open, what it asks for, and what shows that it is met.

use anchor_lang::{
    Address, BORSH_CONFIG, BorshConfig,
    wincode::{self, SchemaRead, SchemaWrite},
};
use bytemuck::Zeroable;
use generion::{
    ApplyArgs, CreateStudyArgs, GenerionError, JoinStudyArgs, UpdateStudyArgs,
    args::{Disclosures, Rest},
    ledger::{find_bump, program_address},
    proof::disclosure::{Disclosure, LEAVES, RequiredDisclosure, leaf_hash, node_hash},
    state::{Admission, Criteria, Study},
};

use crate::support::address;

fn read<A: for<'a> SchemaRead<'a, BorshConfig, Dst = A>>(bytes: &[u8]) -> Option<A> {
    wincode::config::deserialize(bytes, BORSH_CONFIG).ok()
}

fn written<A: SchemaWrite<BorshConfig, Src = A>>(args: &A) -> Vec<u8> {
    wincode::config::serialize(args, BORSH_CONFIG).unwrap()
}

fn study(closes_at: i64) -> Study {
    Study {
        closes_at,
        delivery_window: 600,
        ..Zeroable::zeroed()
    }
}

/// At every moment a study is either open or over, so closing a seat and joining again never meet.
#[test]
fn a_study_is_open_or_over() {
    for closes_at in [i64::MIN, -1, 0, 1, 1_800_000_000, i64::MAX] {
        for now in [i64::MIN, -1, 0, 1, 1_799_999_999, 1_800_000_000, i64::MAX] {
            let study = study(closes_at);
            assert_eq!(study.is_open(now), now < closes_at);
            assert_eq!(study.require_open(now).is_ok(), study.is_open(now));
            assert_eq!(study.require_over(now).is_ok(), !study.is_open(now));
        }
    }
    assert_eq!(study(5).require_open(5), Err(GenerionError::StudyOver));
    assert_eq!(study(5).require_over(4), Err(GenerionError::StudyNotOver));
}

#[test]
fn an_end_takes_the_notice_and_is_never_undone() {
    let updated = |closes_at, update, now| {
        let mut study = study(closes_at);
        study.update(update, now).map(|()| study.closes_at)
    };
    assert_eq!(updated(1_000, None, 699), Ok(999));
    assert_eq!(updated(1_000, Some(1_001), 699), Ok(1_001));
    for update in [None, Some(i64::MAX)] {
        for now in [700, 701, 999] {
            assert_eq!(updated(1_000, update, now), Err(GenerionError::ClosingTime));
        }
        for now in [1_000, i64::MAX] {
            assert_eq!(updated(1_000, update, now), Err(GenerionError::StudyOver));
        }
        assert!(updated(i64::MAX, update, i64::MAX - 1).is_err());
    }
    for not_later in [1_000, 999, i64::MIN] {
        let error = Err(GenerionError::ClosingTime);
        assert_eq!(updated(1_000, Some(not_later), 0), error);
    }
}

#[test]
fn a_deadline_is_within_the_window() {
    let study = study(0);
    for (deadline, holds) in [(99, false), (100, true), (700, true), (701, false)] {
        assert_eq!(study.require_deadline(deadline, 100).is_ok(), holds);
    }
    assert!(study.require_deadline(i64::MAX, i64::MAX).is_ok());
    assert!(study.require_deadline(i64::MIN, i64::MAX).is_err());
}

#[test]
fn seats_never_wrap() {
    let mut study = study(0);
    study.seats = u32::MAX - 1;
    assert_eq!(study.count_seat(), Ok(()));
    let error = GenerionError::Arithmetic.into();
    assert_eq!(study.count_seat(), Err(error));
    assert_eq!(study.seats, u32::MAX);
}

/// A tree with these leaves, and a disclosure of the one at a place.
fn tree(leaves: &[[u8; 32]], place: usize, salt: [u8; 32]) -> ([u8; 32], Disclosure) {
    let (mut level, mut place) = (leaves.to_vec(), place);
    let mut siblings = Vec::new();
    while level.len() > 1 {
        siblings.push(level[place ^ 1]);
        level = level
            .chunks(2)
            .map(|pair| node_hash(&pair[0], &pair[1]))
            .collect();
        place /= 2;
    }
    let siblings = siblings.try_into().expect("five levels");
    (level[0], Disclosure { salt, siblings })
}

#[test]
fn a_disclosure_leads_from_its_fact_to_the_root() {
    let (salt, fact) = ([1; 32], [2; 32]);
    for place in 0..LEAVES {
        let mut leaves: Vec<[u8; 32]> = (100..).take(LEAVES).map(|byte| [byte; 32]).collect();
        leaves[place] = leaf_hash(&salt, &fact);
        let (root, shown) = tree(&leaves, place, salt);
        assert!(shown.verify(&root, &fact));
        assert!(!shown.verify(&root, &[3; 32]));
        for index in 0..Disclosure::LEN {
            let mut changed = shown;
            bytemuck::bytes_of_mut(&mut changed)[index] ^= 1;
            assert!(!changed.verify(&root, &fact), "{index}");
        }
        // A node is no leaf, and the hash of zeros is no fact's.
        leaves[place] = leaf_hash(&salt, &[0; 32]);
        let (root, shown) = tree(&leaves, place, salt);
        assert!(!shown.verify(&root, &[0; 32]));
    }
    assert_eq!(node_hash(&[1; 32], &[2; 32]), node_hash(&[2; 32], &[1; 32]));
    assert_ne!(node_hash(&[1; 32], &[2; 32]), leaf_hash(&[1; 32], &[2; 32]));
}

#[test]
fn a_tail_is_split_by_its_counts() {
    let tail: Vec<u8> = (0..=255).collect();
    let split = |requirements, creators| Criteria::split(&tail, requirements, creators);
    let criteria = split(2, 3).unwrap();
    assert_eq!(criteria.requirements[1].group, 33);
    assert_eq!(criteria.requirements[1].fact_hash[..], tail[34..66]);
    assert_eq!(criteria.creators[2].as_ref(), &tail[130..162]);
    assert_eq!(criteria.url, &tail[162..]);
    assert_eq!(split(0, 8).unwrap().url, []);
    assert_eq!(split(0, 9), None);
    assert_eq!(split(7, 1), None);
    assert_eq!(split(8, 0), None);
    assert_eq!(split(255, 255), None);
}

#[test]
fn an_admission_is_one_of_two() {
    let valid = |admission| Study::require_valid(admission, 1, 0, 0, &[]);
    assert_eq!(valid(Admission::Selection as u8), Ok(0));
    assert_eq!(
        valid(Admission::Open as u8),
        Err(GenerionError::OpenAdmission)
    );
    for other in [2, 255] {
        assert_eq!(valid(other), Err(GenerionError::WrongAdmission));
    }
}

#[test]
fn a_bump_that_is_found_is_the_canonical_one() {
    for byte in 0..32 {
        let study = address(byte);
        let seeds: [&[u8]; 2] = [b"vault", study.as_ref()];
        let bump = find_bump(&seeds).unwrap();
        let (canonical, expected) = Address::find_program_address(&seeds, &generion::ID);
        assert_eq!((program_address(&seeds, bump), bump), (canonical, expected));
    }
}

#[test]
fn what_fills_the_rest_has_one_encoding() {
    for len in [0, 1, 2, 255, 256, 511, 512, 680, 1022, 1023] {
        let letter: Vec<u8> = (0..len).map(|index| index as u8).collect();
        let args = ApplyArgs {
            description_hash: [9; 32],
            letter: Rest(letter.clone()),
        };
        let bytes = [&[9; 32][..], &letter].concat();
        assert_eq!(written(&args), bytes);
        assert_eq!(read(&bytes), Some(args));
    }
    assert_eq!(read::<ApplyArgs>(&[9; 32 + 1024]), None);
    assert_eq!(read::<ApplyArgs>(&[9; 31]), None);
    for count in 0..=3 {
        let shown = RequiredDisclosure {
            requirement: 7,
            disclosure: Disclosure {
                salt: [1; 32],
                siblings: [[2; 32]; 5],
            },
        };
        let args = JoinStudyArgs {
            description_hash: [9; 32],
            deadline: -2,
            disclosures: Disclosures(vec![shown; count]),
        };
        let bytes = written(&args);
        assert_eq!(bytes.len(), 40 + 193 * count);
        assert_eq!(read(&bytes), Some(args));
        assert_eq!(read::<JoinStudyArgs>(&[&bytes[..], &[0]].concat()), None);
        if count > 0 {
            assert_eq!(read::<JoinStudyArgs>(&bytes[..bytes.len() - 1]), None);
        }
    }
    assert_eq!(read::<JoinStudyArgs>(&[0; 40 + 193 * 4]), None);
    for (args, bytes) in [
        (UpdateStudyArgs { closes_at: None }, vec![0]),
        (
            UpdateStudyArgs {
                closes_at: Some(-2),
            },
            [&[1][..], &(-2_i64).to_le_bytes()].concat(),
        ),
    ] {
        assert_eq!(written(&args), bytes);
        assert_eq!(read(&bytes), Some(args));
    }
    assert_eq!(read::<UpdateStudyArgs>(&[2]), None);
    assert_eq!(read::<CreateStudyArgs>(&[0; 96]), None);
}
