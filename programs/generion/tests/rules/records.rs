use generion::{GenerionError, constants::CREATOR_DELETE_DELAY, proof::Capsule, state::Record};

use crate::support::{address, key, leads, refuses};

const CREATED: i64 = 1_790_000_000;

fn record() -> Record {
    Record {
        version: 1,
        bump: 255,
        verified: 0,
        reserved: 0,
        key_index: 1,
        id: 4,
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
        ciphertext_hash: [0; 32],
    }
}

fn verified() -> Record {
    Record {
        verified: 1,
        ..record()
    }
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
