use anchor_lang::prelude::ProgramError;
use generion::{
    CreateRecordArgs, GenerionError,
    proof::Capsule,
    state::{Record, Share, User},
};
use generion_interface::accounts::RecordAccount;
use generion_native::{
    runtime::NOW,
    world::{CREATOR, DOCTOR, SELLER, SPONSOR, WORLD, create_record, public_key},
};

use crate::Case;

/// The arguments of the honest `create_record`, read by their places.
fn created() -> CreateRecordArgs {
    let data = &WORLD.instructions[1].data;
    anchor_lang::wincode::config::deserialize(&data[1..], anchor_lang::BORSH_CONFIG).unwrap()
}

#[test]
fn a_record_is_written_as_it_was_sent() {
    let user: User = crate::read(&Case::new(1).named[2].account);
    let ledger = Case::new(1).lands();
    let args = created();
    let RecordAccount { state, locator } = ledger.read(3);
    let expected = Record {
        version: 1,
        bump: state.bump,
        verified: 0,
        reserved: 0,
        key_index: user.key_index,
        created_at: NOW,
        listings: 0,
        owner: SELLER,
        creator: CREATOR,
        rent_payer: SPONSOR,
        owner_key: user.encryption_key,
        data_public_key: args.data_public_key,
        capsule: args.capsule,
        facts_root: args.facts_root,
    };
    assert_eq!((state, locator), (expected, args.locator));
    let counted = User {
        record_count: user.record_count + 1,
        ..user
    };
    assert_eq!(ledger.read::<User>(2), counted);
}

/// At the address that follows from the creator the proof is of the old one, and so for every field.
#[test]
fn the_proof_is_for_the_contents() {
    // Data key, challenge, response, facts.
    for at in [1, 97, 113, 145] {
        let byte = WORLD.instructions[1].data[at] ^ 1;
        Case::with_bytes(1, at, &[byte]).refused(GenerionError::CapsuleProofInvalid);
    }
    // The capsule's halves, which have to be points still.
    for half in [33, 65] {
        Case::with_bytes(1, half, &public_key(9)).refused(GenerionError::CapsuleProofInvalid);
    }
}

#[test]
fn a_record_stands_where_its_contents_say() {
    let mut elsewhere = Case::new(1);
    elsewhere.named[3].account.address = SELLER;
    elsewhere.refused_with(ProgramError::InvalidSeeds);
    let mut other_creator = Case::new(1);
    other_creator.named[0].account.address = SELLER;
    other_creator.refused_with(ProgramError::InvalidSeeds);
    let rotated = Case::new(1).edit(2, |user: &mut User| user.encryption_key = public_key(9));
    rotated.refused_with(ProgramError::InvalidSeeds);
}

#[test]
fn a_locator_has_1_to_512_bytes() {
    let with = |length| Case::with_data(1, create_record(vec![7; length]).data);
    for length in [0, 513] {
        with(length).refused(GenerionError::LocatorLength);
    }
    for length in [1, 512] {
        let record: RecordAccount = with(length).lands().read(3);
        assert_eq!(record.locator, vec![7; length]);
    }
}

/// A record, a share, an order and a purchase, each where an account of the program is.
#[test]
fn an_account_that_is_there_is_not_created() {
    for (tag, index) in [(1, 3), (4, 4), (6, 3), (8, 2)] {
        let mut case = Case::new(tag);
        let created = &mut case.named[index].account;
        (created.owner, created.lamports) = (generion::ID, 1);
        case.refused(GenerionError::AccountAlreadyExists);
    }
}

#[test]
fn the_owner_verifies() {
    let before: RecordAccount = crate::read(&Case::new(2).named[1].account);
    let after: RecordAccount = Case::new(2).lands().read(1);
    let verified = Record {
        verified: 1,
        ..before.state
    };
    assert_eq!(after.state, verified);
    Case::new(2)
        .edit(1, |record: &mut RecordAccount| record.state.verified = 1)
        .refused(GenerionError::AlreadyVerified);
    Case::new(2)
        .edit(1, |record: &mut RecordAccount| record.state.owner = DOCTOR)
        .refused(GenerionError::WrongOwner);
}

#[test]
fn a_deleted_record_gives_its_rent_back() {
    let held = i128::from(Case::new(3).named[2].account.lamports);
    let user: User = crate::read(&Case::new(3).named[1].account);
    let ledger = Case::new(3).lands();
    ledger.assert_closed(2);
    assert_eq!(ledger.gained(3), held);
    let counted = User {
        record_count: user.record_count - 1,
        ..user
    };
    assert_eq!(ledger.read::<User>(1), counted);
}

#[test]
fn a_record_that_is_listed_or_anothers_is_not_deleted() {
    Case::new(3)
        .edit(2, |record: &mut RecordAccount| record.state.listings = 1)
        .refused(GenerionError::RecordListed);
    let mut stranger = Case::new(3);
    stranger.named[0].account.address = DOCTOR;
    stranger.refused(GenerionError::DeleteNotAllowed);
    // The clock is the ledger's: a day after creation to the second.
    let by_creator = |created_at| {
        let mut case = Case::new(3);
        case.named[0].account.address = CREATOR;
        case.edit(2, |record: &mut RecordAccount| {
            record.state.created_at = created_at
        })
    };
    by_creator(NOW - 86_400).lands();
    by_creator(NOW - 86_399).refused(GenerionError::DeleteNotAllowed);
}

#[test]
fn a_share_is_written_for_the_recipients_key() {
    let doctor: User = crate::read(&Case::new(4).named[3].account);
    let ledger = Case::new(4).lands();
    let share: Share = ledger.read(4);
    let expected = Share {
        version: 1,
        bump: share.bump,
        reserved: [0; 2],
        key_index: doctor.key_index,
        created_at: NOW,
        expires_at: 1_900_000_000,
        record: ledger.account(2).address,
        owner: SELLER,
        recipient: DOCTOR,
        rent_payer: SPONSOR,
        recipient_key: doctor.encryption_key,
        capsule: share.capsule,
    };
    assert_eq!(share, expected);
    let Capsule { ephemeral, masked } = share.capsule;
    assert_eq!(
        [ephemeral, masked].as_flattened(),
        &Case::new(4).data[5..69]
    );
}

#[test]
fn an_expiry_lies_ahead_or_is_none() {
    let expires = |at: i64| Case::with_bytes(4, 69, &at.to_le_bytes());
    for at in [0, NOW + 1, i64::MAX] {
        let share: Share = expires(at).lands().read(4);
        assert_eq!(share.expires_at, at);
    }
    for at in [NOW, NOW - 1, 1, -1, i64::MIN] {
        expires(at).refused(GenerionError::ExpiryInPast);
    }
}

#[test]
fn a_share_needs_a_verified_record_and_a_capsule_of_points() {
    Case::new(4)
        .edit(2, |record: &mut RecordAccount| record.state.verified = 0)
        .refused(GenerionError::NotVerified);
    for (at, bytes) in [(5, [0; 32]), (5, [0xff; 32]), (37, [0xff; 32])] {
        Case::with_bytes(4, at, &bytes).refused(GenerionError::InvalidPoint);
    }
}

#[test]
fn a_share_names_the_recipients_present_key() {
    for index in [1_u32, u32::MAX] {
        Case::with_bytes(4, 1, &index.to_le_bytes()).refused(GenerionError::KeyIndexChanged);
    }
    let rotated = Case::new(4).edit(3, |user: &mut User| user.key_index = 1);
    rotated.clone().refused(GenerionError::KeyIndexChanged);
    let mut data = rotated.data;
    data[1..5].copy_from_slice(&1_u32.to_le_bytes());
    let fresh = Case::with_data(4, data).edit(3, |user: &mut User| user.key_index = 1);
    assert_eq!(fresh.lands().read::<Share>(4).key_index, 1);
}

#[test]
fn a_revoked_share_gives_its_rent_back() {
    let held = i128::from(Case::new(5).named[1].account.lamports);
    let ledger = Case::new(5).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(2), held);
}
