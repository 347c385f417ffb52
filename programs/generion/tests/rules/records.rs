use generion::{
    GenerionError,
    constants::CREATOR_DELETE_DELAY,
    proof::Capsule,
    state::{Record, RecordContents},
};
use sha2::{Digest, Sha256};

use crate::support::{address, key, leads, refuses};

const CREATED: i64 = 1_790_000_000;

fn record() -> Record {
    Record {
        version: 1,
        bump: 255,
        verified: 0,
        reserved: 0,
        key_index: 1,
        created_at: CREATED,
        listings: 0,
        owner: address(1),
        creator: address(2),
        rent_payer: address(3),
        owner_key: key("x"),
        data_public_key: [9; 32],
        capsule: Capsule {
            ephemeral: key("r"),
            masked: key("m"),
        },
        facts_root: [8; 32],
    }
}

fn verified() -> Record {
    Record {
        verified: 1,
        ..record()
    }
}

/// `c` after docs/PROTOCOL.md, section 4.
fn contents_hash(record: &Record, locator: &[u8]) -> [u8; 32] {
    let parts: [&[u8]; 9] = [
        b"generion/record/v1",
        record.owner.as_ref(),
        record.creator.as_ref(),
        &record.owner_key,
        &record.data_public_key,
        &record.capsule.ephemeral,
        &record.capsule.masked,
        &record.facts_root,
        locator,
    ];
    Sha256::digest(parts.concat()).into()
}

#[test]
fn the_address_is_over_what_the_creator_decided() {
    for locator in [&[][..], &[5], &[5; 512]] {
        let hash = record().contents(locator).hash();
        assert_eq!(hash, contents_hash(&record(), locator));
    }
    // What the program writes is not in it: the creator doesn't know it beforehand, or it changes.
    let written = Record {
        version: 2,
        bump: 1,
        verified: 1,
        reserved: 9,
        key_index: 7,
        created_at: 0,
        listings: 3,
        rent_payer: address(9),
        ..record()
    };
    assert_eq!(
        written.contents(&[5]).hash(),
        record().contents(&[5]).hash()
    );
}

#[test]
fn other_contents_are_at_another_address() {
    let honest = record();
    let locator = &[5, 6, 7][..];
    let contents = honest.contents(locator);
    let (other, capsule, bytes) = (
        address(9),
        Capsule {
            masked: key("other"),
            ..honest.capsule
        },
        [7; 32],
    );
    let others = [
        RecordContents {
            owner: &other,
            ..contents
        },
        RecordContents {
            creator: &other,
            ..contents
        },
        // Owner and creator in each other's place.
        RecordContents {
            owner: contents.creator,
            creator: contents.owner,
            ..contents
        },
        RecordContents {
            owner_key: &bytes,
            ..contents
        },
        RecordContents {
            data_public_key: &bytes,
            ..contents
        },
        RecordContents {
            capsule: &capsule,
            ..contents
        },
        RecordContents {
            facts_root: &bytes,
            ..contents
        },
        RecordContents {
            locator: &[5, 6],
            ..contents
        },
        RecordContents {
            locator: &[5, 6, 7, 0],
            ..contents
        },
        RecordContents {
            locator: &[5, 7, 6],
            ..contents
        },
    ];
    let mut hashes: Vec<_> = others.iter().map(RecordContents::hash).collect();
    hashes.push(contents.hash());
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), others.len() + 1);
}

#[test]
fn a_record_is_verified_once() {
    assert!(!record().is_verified());
    leads(&record(), verified(), Record::verify);
    assert!(verified().is_verified());
    refuses(&verified(), GenerionError::AlreadyVerified, Record::verify);
    // Only the program writes the byte, and only 0 and 1. What is not 0 is verified, so that nothing is verified twice.
    let odd = Record {
        verified: 2,
        ..record()
    };
    assert!(odd.is_verified());
}

#[test]
fn a_record_by_its_owner_is_self_issued() {
    assert!(!record().is_self_issued());
    let own = Record {
        creator: address(1),
        ..record()
    };
    assert!(own.is_self_issued());
}

#[test]
fn its_owner_deletes_a_record_at_any_time() {
    for record in [record(), verified()] {
        for now in [i64::MIN, CREATED, i64::MAX] {
            assert_eq!(record.require_deletable(&address(1), now), Ok(()));
        }
    }
}

#[test]
fn its_creator_deletes_a_record_that_nobody_verified_in_a_day() {
    let day = CREATED + CREATOR_DELETE_DELAY;
    let by_creator = |record: &Record, now| record.require_deletable(&address(2), now);
    let refused = Err(GenerionError::DeleteNotAllowed.into());
    assert_eq!(by_creator(&record(), day), Ok(()));
    assert_eq!(by_creator(&record(), i64::MAX), Ok(()));
    assert_eq!(by_creator(&record(), day - 1), refused);
    assert_eq!(by_creator(&record(), CREATED), refused);
    assert_eq!(by_creator(&verified(), day), refused);
    let at_the_end_of_time = Record {
        created_at: i64::MAX,
        ..record()
    };
    assert_eq!(by_creator(&at_the_end_of_time, i64::MAX - 1), refused);
}

#[test]
fn nobody_else_deletes_a_record() {
    for stranger in [address(3), address(4)] {
        assert_eq!(
            record().require_deletable(&stranger, i64::MAX),
            Err(GenerionError::DeleteNotAllowed.into())
        );
    }
}

#[test]
fn a_listed_record_stays() {
    for listings in [1, u64::MAX] {
        let listed = Record {
            listings,
            ..record()
        };
        for authority in [address(1), address(2)] {
            assert_eq!(
                listed.require_deletable(&authority, i64::MAX),
                Err(GenerionError::RecordListed.into())
            );
        }
    }
}

#[test]
fn orders_that_list_a_record_are_counted() {
    let listed = Record {
        listings: 1,
        ..verified()
    };
    leads(&verified(), listed, Record::list);
    leads(&listed, verified(), Record::unlist);
    refuses(&record(), GenerionError::NotVerified, Record::list);
    refuses(&verified(), GenerionError::Arithmetic, Record::unlist);
    let full = Record {
        listings: u64::MAX,
        ..verified()
    };
    refuses(&full, GenerionError::Arithmetic, Record::list);
}
