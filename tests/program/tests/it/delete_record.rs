//! `delete_record`: its effects, and each of its refusals.

use generion::{
    GenerionError, constants::CREATOR_DELETE_DELAY, events::RecordDeleted, state::User,
};
use generion_interface::events::Event;
use generion_program_tests::code_of;
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid, record_state},
};

/// Deletes a record as `by_owner` or as its creator, and checks all that it does.
#[track_caller]
fn deletes(scene: &mut Scene, record: Address, by_owner: bool) {
    let authority = if by_owner {
        &scene.patient
    } else {
        &scene.clinic
    };
    let (owner, rent_payer) = (scene.patient.address(), scene.sponsor.address());
    let user = scene.world.instructions.addresses.user(&owner);
    let (before, rent) = (
        scene.world.user_of(&scene.patient),
        scene.world.rent(&record),
    );
    let event = RecordDeleted {
        record,
        owner,
        creator: scene.clinic.address(),
        authority: authority.address(),
        rent_payer,
        lamports: rent.into(),
    };
    let delete = scene.delete_record(authority, &record);

    let landed = scene.world.lands(delete, &[&authority.wallet]);

    landed.assert_did(
        &paid(record, rent_payer, rent),
        &[record, user],
        Event::RecordDeleted(event),
    );
    assert!(scene.world.is_closed(&record));
    let expected = User {
        record_count: before.record_count - 1,
        ..before
    };
    assert_eq!(scene.world.user_of(&scene.patient), expected);
}

/// The owner can delete a record at any time, and the payer gets the rent.
#[test]
fn the_owner_deletes_at_any_time() {
    let mut scene = Scene::new(1);
    for verified in [false, true] {
        let record = if verified {
            scene.record()
        } else {
            scene.unverified_record()
        };
        deletes(&mut scene, record.address, true);
    }
}

/// The creator can delete an unverified record from 24 hours after its creation, not a second earlier.
#[test]
fn the_creator_deletes_an_unverified_record_from_24_hours_on() {
    let mut scene = Scene::new(2);
    let record = scene.unverified_record().address;
    let created_at = record_state(&scene.world, &record).created_at;
    let delete = scene.delete_record(&scene.clinic, &record);
    for seconds in [0, CREATOR_DELETE_DELAY - 1] {
        scene.at(created_at + seconds);
        scene.world.refuses(
            delete.clone(),
            &[&scene.clinic.wallet],
            GenerionError::DeleteNotAllowed,
        );
    }
    assert_eq!(CREATOR_DELETE_DELAY, 86_400);
    deletes(scene.at(created_at + CREATOR_DELETE_DELAY), record, false);
}

/// The creator can't delete a verified record, and strangers can't delete any.
#[test]
fn refuses_the_creator_of_a_verified_record_and_everybody_else() {
    let mut scene = Scene::new(3);
    let record = scene.record().address;
    let later = scene.world.time() + 10 * CREATOR_DELETE_DELAY;
    scene.at(later);
    for person in [&scene.clinic, &scene.sponsor, &scene.doctor] {
        let delete = scene.delete_record(person, &record);
        scene
            .world
            .refuses(delete, &[&person.wallet], GenerionError::DeleteNotAllowed);
    }
}

/// A listed record can't be deleted until its order is closed.
#[test]
fn refuses_a_listed_record_until_its_order_is_closed() {
    let mut scene = Scene::new(4);
    let order = scene.order(1);
    let record = scene.listed(&order)[0];
    let delete = scene.delete_record(&scene.patient, &record);
    scene.world.refuses(
        delete,
        &[&scene.patient.wallet],
        GenerionError::RecordListed,
    );
    let close = scene.close_order(&order);
    scene.world.lands(close, &[&scene.patient.wallet]);
    deletes(&mut scene, record, true);
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(5);
    let record = scene.record().address;
    let valid = scene.delete_record(&scene.patient, &record);
    let signers = [&scene.patient.wallet];
    let doctors_user = scene
        .world
        .instructions
        .addresses
        .user(&scene.doctor.address());
    let doctors_record = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let wrong_user = code_of(GenerionError::WrongUser);
    let roles = [
        Role::Signer,
        Role::Stored,
        Role::Stored,
        Role::Wallet(GenerionError::WrongRentPayer),
    ];
    let case = Case {
        valid: &valid,
        signers: &signers,
        roles: &roles,
        others: &[
            (1, doctors_user, wrong_user.clone()),
            (2, doctors_record, wrong_user),
        ],
        swapped: &[
            (1, 2, InstructionError::InvalidAccountData),
            (1, 3, InstructionError::AccountDataTooSmall),
            (2, 3, InstructionError::AccountDataTooSmall),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// The owner's record counter can't go below zero.
#[test]
fn refuses_a_count_below_zero() {
    let mut scene = Scene::new(6);
    let record = scene.record().address;
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    scene
        .world
        .edit::<User>(&user, |user| user.record_count = 0);
    let delete = scene.delete_record(&scene.patient, &record);
    scene
        .world
        .refuses(delete, &[&scene.patient.wallet], GenerionError::Arithmetic);
}
