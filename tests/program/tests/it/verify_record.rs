//! `verify_record`: its effects, and each of its refusals.

use generion::{GenerionError, events::RecordVerified, state::Record};
use generion_interface::{accounts::RecordAccount, events::Event};
use generion_program_tests::code_of;

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, record_state},
};

/// The owner verifies a record once; a second verification is refused.
#[test]
fn the_owner_verifies_once() {
    let mut scene = Scene::new(1);
    let record = scene.unverified_record().address;
    let before: RecordAccount = scene.world.read(&record);
    let verify = scene
        .world
        .instructions
        .verify_record(scene.patient.address(), record);

    let landed = scene.world.lands(verify.clone(), &[&scene.patient.wallet]);

    let event = RecordVerified {
        record,
        owner: scene.patient.address(),
        creator: scene.clinic.address(),
    };
    landed.assert_did(&[], &[record], Event::RecordVerified(event));
    let expected = RecordAccount {
        state: Record {
            verified: 1,
            ..before.state
        },
        ..before
    };
    assert_eq!(scene.world.read::<RecordAccount>(&record), expected);
    scene.world.refuses(
        verify,
        &[&scene.patient.wallet],
        GenerionError::AlreadyVerified,
    );
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(2);
    let record = scene.unverified_record().address;
    let valid = scene
        .world
        .instructions
        .verify_record(scene.patient.address(), record);
    let others = scene.world.new_record(&scene.clinic, &scene.doctor);
    let create = scene
        .world
        .create_record(&scene.clinic, &scene.doctor, &others);
    scene.world.lands(create, &[&scene.clinic.wallet]);
    let case = Case {
        valid: &valid,
        signers: &[&scene.patient.wallet],
        roles: &[Role::Signer, Role::Stored],
        others: &[(1, others.address, code_of(GenerionError::WrongOwner))],
        swapped: &[],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.sponsor, case);
    assert!(record_state(&scene.world, &record).is_verified());
}

/// Only the owner can verify a record.
#[test]
fn refuses_everybody_but_the_owner() {
    let mut scene = Scene::new(3);
    let record = scene.unverified_record().address;
    for person in [&scene.clinic, &scene.sponsor, &scene.doctor] {
        let verify = scene
            .world
            .instructions
            .verify_record(person.address(), record);
        scene
            .world
            .refuses(verify, &[&person.wallet], GenerionError::WrongOwner);
    }
}

/// A self-issued record is verified from the start, and a verification is refused.
#[test]
fn refuses_an_own_record_which_is_verified_from_the_start() {
    let mut scene = Scene::new(4);
    let record = scene.world.verified_record(&scene.patient, &scene.patient);
    let verify = scene
        .world
        .instructions
        .verify_record(scene.patient.address(), record);
    scene.world.refuses(
        verify,
        &[&scene.patient.wallet],
        GenerionError::AlreadyVerified,
    );
}
