use generion::{
    CreateRecordArgs, GenerionError,
    proof::Capsule,
    state::{Record, Share, User},
};
use generion_fuzz::world::{CREATOR, DOCTOR, NOW, SELLER, SPONSOR, WORLD};
use generion_interface::accounts::RecordAccount;

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
        id: 3,
        created_at: NOW,
        listings: 0,
        owner: SELLER,
        creator: CREATOR,
        rent_payer: SPONSOR,
        owner_key: user.encryption_key,
        data_public_key: args.data_public_key,
        capsule: args.capsule,
        ciphertext_hash: args.ciphertext_hash,
    };
    assert_eq!((state, locator), (expected, args.locator));
    let counted = User {
        next_record_id: user.next_record_id + 1,
        record_count: user.record_count + 1,
        ..user
    };
    assert_eq!(ledger.read::<User>(2), counted);
}

/// A proof for another creator does not hold; so this needs the honest one's place in the statement.
#[test]
fn the_proof_is_for_the_one_who_submits() {
    let mut case = Case::new(1);
    case.named[0].account.address = SELLER;
    case.refused(GenerionError::CapsuleProofInvalid);
}

#[test]
fn a_locator_has_1_to_512_bytes() {
    for length in [0_u32, 513] {
        let mut data = WORLD.instructions[1].data[..185].to_vec();
        data.extend(length.to_le_bytes());
        data.extend(vec![7; length as usize]);
        Case::with_data(1, data).refused(GenerionError::LocatorLength);
    }
    for length in [1_u32, 512] {
        let mut data = WORLD.instructions[1].data[..185].to_vec();
        data.extend(length.to_le_bytes());
        data.extend(vec![7; length as usize]);
        Case::with_data(1, data).lands();
    }
}

#[test]
fn only_the_next_id_is_taken() {
    Case::with_bytes(1, 1, &4_u64.to_le_bytes()).refused(GenerionError::NotNextRecordId);
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
        &Case::new(4).data[1..65]
    );
}

#[test]
fn an_expiry_lies_ahead_or_is_none() {
    let expires = |at: i64| Case::with_bytes(4, 65, &at.to_le_bytes());
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
    for (at, bytes) in [(1, [0; 32]), (1, [0xff; 32]), (33, [0xff; 32])] {
        Case::with_bytes(4, at, &bytes).refused(GenerionError::InvalidPoint);
    }
}

#[test]
fn a_revoked_share_gives_its_rent_back() {
    let held = i128::from(Case::new(5).named[1].account.lamports);
    let ledger = Case::new(5).lands();
    ledger.assert_closed(1);
    assert_eq!(ledger.gained(2), held);
}
