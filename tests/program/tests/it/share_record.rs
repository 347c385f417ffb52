//! `share_record`: its effects, and each of its refusals.

use generion::{
    GenerionError, ShareRecordArgs,
    constants::{ACCOUNT_VERSION, SHARE_SEED},
    events::RecordShared,
    proof::Capsule,
    state::Share,
};
use generion_crypto::capsule;
use generion_interface::events::Event;
use generion_program_tests::{NewRecord, code_of};
use solana_address::Address;
use solana_instruction::{
    Instruction,
    error::InstructionError::{
        AccountDataTooSmall, IllegalOwner, InvalidSeeds, UninitializedAccount,
    },
};

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, invalid_keys, paid, with_account},
};

/// The patient's record's element for the doctor.
fn capsule_for_doctor(scene: &mut Scene, record: &NewRecord) -> Capsule {
    let opened = capsule::open(&record.args.capsule, &scene.patient.secret())
        .expect("the patient's capsule");
    capsule::seal(&opened, &scene.doctor.key(), &mut scene.world.rng).0
}

/// The patient shares a record with the doctor at the sponsor's cost.
fn share(scene: &Scene, record: Address, capsule: Capsule, expires_at: i64) -> Instruction {
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let args = ShareRecordArgs {
        key_index: scene.doctor.key_index,
        capsule,
        expires_at,
    };
    scene
        .world
        .instructions
        .share_record(owner, payer, record, &recipient, args)
}

/// A share stores a capsule for the recipient's present key, and the recipient opens it.
#[test]
fn opens_a_record_to_the_recipients_present_key() {
    let mut scene = Scene::new(1);
    let record = scene.record();
    scene.doctor.key_index = 1;
    scene.world.publish_key(&scene.doctor);
    let capsule = capsule_for_doctor(&mut scene, &record);
    let expires_at = scene.world.time() + 1;
    let instruction = share(&scene, record.address, capsule, expires_at);
    let address = instruction.accounts[4].pubkey;

    let landed = scene
        .world
        .lands(instruction, &[&scene.patient.wallet, &scene.sponsor.wallet]);

    let [owner, rent_payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let event = RecordShared {
        share: address,
        record: record.address,
        owner,
        recipient,
        rent_payer,
        created_at: scene.world.time().into(),
        expires_at: expires_at.into(),
        key_index: scene.doctor.key_index.into(),
    };
    let rent = scene.world.rent(&address);
    landed.assert_did(
        &paid(rent_payer, address, rent),
        &[address],
        Event::RecordShared(event),
    );
    let seeds = [SHARE_SEED, record.address.as_ref(), recipient.as_ref()];
    let expected = Share {
        version: ACCOUNT_VERSION,
        bump: Address::find_program_address(&seeds, &generion::ID).1,
        reserved: [0; 2],
        key_index: 1,
        created_at: scene.world.time(),
        expires_at,
        record: record.address,
        owner,
        recipient,
        rent_payer,
        recipient_key: scene.doctor.key().to_bytes(),
        capsule,
    };
    assert_eq!(scene.world.read::<Share>(&address), expected);
    let opened =
        capsule::open(&expected.capsule, &scene.doctor.secret()).expect("the doctor's capsule");
    let key = opened
        .record_key(&owner, &scene.clinic.address())
        .data_public_key();
    assert_eq!(
        key.0, record.args.data_public_key,
        "the doctor has the record's key"
    );
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(2);
    let record = scene.record();
    let capsule = capsule_for_doctor(&mut scene, &record);
    let valid = share(&scene, record.address, capsule, 0);
    let own_record = scene.record().address;
    let doctors_record = scene.world.verified_record(&scene.clinic, &scene.doctor);
    let seeds = [
        SHARE_SEED,
        record.address.as_ref(),
        scene.doctor.address().as_ref(),
    ]
    .map(<[u8]>::to_vec);
    let roles = [
        Role::Signer,
        Role::Payer,
        Role::Stored,
        Role::Stored,
        Role::New(seeds.to_vec()),
        Role::System,
    ];
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let patients_user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    let case = Case {
        valid: &valid,
        signers: &signers,
        roles: &roles,
        others: &[
            (2, doctors_record, code_of(GenerionError::WrongOwner)),
            (2, own_record, InvalidSeeds),
            (3, patients_user, InvalidSeeds),
        ],
        swapped: &[
            (2, 3, AccountDataTooSmall),
            (2, 4, UninitializedAccount),
            (2, 5, IllegalOwner),
            (3, 4, UninitializedAccount),
            (3, 5, IllegalOwner),
            (4, 5, NOT_WRITABLE),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// A second share with the same recipient is refused, and accepted after a revocation.
#[test]
fn refuses_a_second_share_and_takes_one_after_revocation() {
    let mut scene = Scene::new(3);
    let record = scene.record();
    let capsule = capsule_for_doctor(&mut scene, &record);
    let instruction = share(&scene, record.address, capsule, 0);
    let address = instruction.accounts[4].pubkey;
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene.world.lands(instruction.clone(), &signers);
    scene.world.refuses(
        instruction.clone(),
        &signers,
        GenerionError::AccountAlreadyExists,
    );
    let state = scene.world.read::<Share>(&address);
    let revoke = scene.world.instructions.revoke_share(address, &state);
    scene.world.lands(revoke, &[&scene.patient.wallet]);
    scene.world.lands(instruction, &signers);
}

/// Only the owner can share a record.
#[test]
fn refuses_everybody_but_the_owner() {
    let mut scene = Scene::new(4);
    let record = scene.record();
    let capsule = capsule_for_doctor(&mut scene, &record);
    for person in [&scene.clinic, &scene.doctor, &scene.stranger] {
        let instruction = with_account(
            &share(&scene, record.address, capsule, 0),
            0,
            person.address(),
        );
        scene.world.refuses(
            instruction,
            &[&person.wallet, &scene.sponsor.wallet],
            GenerionError::WrongOwner,
        );
    }
}

/// An unverified record can't be shared.
#[test]
fn refuses_a_record_that_is_not_verified() {
    let mut scene = Scene::new(5);
    let record = scene.unverified_record();
    let capsule = capsule_for_doctor(&mut scene, &record);
    let instruction = share(&scene, record.address, capsule, 0);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses(instruction.clone(), &signers, GenerionError::NotVerified);
    let verify = scene
        .world
        .instructions
        .verify_record(scene.patient.address(), record.address);
    scene.world.lands(verify, &[&scene.patient.wallet]);
    scene.world.lands(instruction, &signers);
}

/// An expiry must be in the future, or zero for none.
#[test]
fn an_expiry_lies_in_the_future_or_is_zero() {
    let mut scene = Scene::new(6);
    let record = scene.record();
    let capsule = capsule_for_doctor(&mut scene, &record);
    let now = scene.world.time();
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    for expires_at in [now, now - 1, 1, -1, i64::MIN] {
        let instruction = share(&scene, record.address, capsule, expires_at);
        scene
            .world
            .refuses(instruction, &signers, GenerionError::ExpiryInPast);
    }
    for expires_at in [0, now + 1, i64::MAX] {
        let instruction = share(&scene, record.address, capsule, expires_at);
        let address = instruction.accounts[4].pubkey;
        scene.world.lands(instruction, &signers);
        let state = scene.world.read::<Share>(&address);
        assert_eq!(state.expires_at, expires_at);
        let revoke = scene.world.instructions.revoke_share(address, &state);
        scene.world.lands(revoke, &[&scene.patient.wallet]);
    }
}

/// A share for a key that the recipient has rotated away is refused.
#[test]
fn refuses_a_capsule_for_another_key_than_the_present_one() {
    let mut scene = Scene::new(8);
    let record = scene.record();
    let signers = [
        &scene.patient.wallet.insecure_clone(),
        &scene.sponsor.wallet.insecure_clone(),
    ];
    let for_old_key = capsule_for_doctor(&mut scene, &record);
    let old = share(&scene, record.address, for_old_key, 0);
    for index in [1, u32::MAX] {
        scene.doctor.key_index = index;
        let ahead = share(&scene, record.address, for_old_key, 0);
        scene
            .world
            .refuses(ahead, &signers, GenerionError::KeyIndexChanged);
    }
    scene.doctor.key_index = 1;
    scene.world.publish_key(&scene.doctor);
    scene
        .world
        .refuses(old, &signers, GenerionError::KeyIndexChanged);
    let for_new_key = capsule_for_doctor(&mut scene, &record);
    let new = share(&scene, record.address, for_new_key, 0);
    let address = new.accounts[4].pubkey;
    scene.world.lands(new, &signers);
    let state: Share = scene.world.read(&address);
    assert_eq!(state.key_index, 1);
    assert_eq!(state.recipient_key, scene.doctor.key().to_bytes());
}

/// Capsules that do not decode to valid points are refused.
#[test]
fn refuses_capsules_that_do_not_decode() {
    let mut scene = Scene::new(7);
    let record = scene.record();
    let good = capsule_for_doctor(&mut scene, &record);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let ephemerals = invalid_keys().map(|ephemeral| Capsule { ephemeral, ..good });
    // The identity is a group element like any other in the masked half.
    let masked = invalid_keys()
        .into_iter()
        .skip(1)
        .map(|masked| Capsule { masked, ..good });
    for capsule in ephemerals.into_iter().chain(masked) {
        let instruction = share(&scene, record.address, capsule, 0);
        scene
            .world
            .refuses(instruction, &signers, GenerionError::InvalidPoint);
    }
}
