//! `create_record`: its effects, and each of its refusals.

use generion::{
    CreateRecordArgs, GenerionError,
    constants::{ACCOUNT_VERSION, MAX_LOCATOR_LEN, RECORD_SEED},
    events::RecordCreated,
    state::{Record, User},
};
use generion_interface::{accounts::RecordAccount, events::Event};
use generion_program_tests::{LOCATOR_LEN, NewRecord};
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, paid, with_account},
};

/// The seeds of a record's address, after docs/PROTOCOL.md, section 4.
fn seeds(creator: &Address, owner: &Address, record: &NewRecord) -> Vec<Vec<u8>> {
    let args = &record.args;
    let contents: [&[u8]; 9] = [
        b"generion/record/v1",
        owner.as_ref(),
        creator.as_ref(),
        &record.owner_key,
        &args.data_public_key,
        &args.capsule.ephemeral,
        &args.capsule.masked,
        &args.facts_root,
        &args.locator,
    ];
    vec![
        RECORD_SEED.to_vec(),
        owner.to_bytes().to_vec(),
        Sha256::digest(contents.concat()).to_vec(),
    ]
}

/// The address of these seeds with its bump.
fn address_of(seeds: &[Vec<u8>]) -> (Address, u8) {
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    Address::find_program_address(&seeds, &generion::ID)
}

/// A clinic's record stores all its fields, is unverified, and logs the event.
#[test]
fn writes_a_record_for_its_owner_to_verify() {
    let mut scene = Scene::new(1);
    scene.record();
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let before = scene.world.user_of(&scene.patient);
    let create = scene.create_record(&record);
    let (owner, creator, rent_payer) = (
        scene.patient.address(),
        scene.clinic.address(),
        scene.sponsor.address(),
    );

    let landed = scene
        .world
        .lands(create, &[&scene.clinic.wallet, &scene.sponsor.wallet]);

    let user = scene.world.instructions.addresses.user(&owner);
    let event = RecordCreated {
        record: record.address,
        owner,
        creator,
        rent_payer,
        data_public_key: record.args.data_public_key,
        facts_root: record.args.facts_root,
        created_at: scene.world.time().into(),
        key_index: 0.into(),
        verified: 0,
    };
    let rent = scene.world.rent(&record.address);
    let moved = paid(rent_payer, record.address, rent);
    landed.assert_did(&moved, &[user, record.address], Event::RecordCreated(event));

    let (address, bump) = address_of(&seeds(&creator, &owner, &record));
    assert_eq!(record.address, address);
    let CreateRecordArgs {
        data_public_key,
        capsule,
        facts_root,
        locator,
        ..
    } = record.args;
    let state = Record {
        version: ACCOUNT_VERSION,
        bump,
        verified: 0,
        reserved: 0,
        key_index: 0,
        created_at: scene.world.time(),
        listings: 0,
        owner,
        creator,
        rent_payer,
        owner_key: scene.patient.key().to_bytes(),
        data_public_key,
        capsule,
        facts_root,
    };
    assert_eq!(
        scene.world.read::<RecordAccount>(&record.address),
        RecordAccount { state, locator }
    );
    let expected = User {
        record_count: 2,
        ..before
    };
    assert_eq!(scene.world.read::<User>(&user), expected);
}

/// A record that its owner writes is verified from the start.
#[test]
fn an_owners_own_record_starts_verified() {
    let mut scene = Scene::new(2);
    let record = scene.world.new_record(&scene.patient, &scene.patient);
    let create = scene
        .world
        .create_record(&scene.patient, &scene.patient, &record);
    let landed = scene.world.lands(create, &[&scene.patient.wallet]);
    let state = scene.world.read::<RecordAccount>(&record.address).state;
    assert!(state.is_verified() && state.is_self_issued());
    assert!(matches!(
        &landed.events[..],
        [Event::RecordCreated(RecordCreated { verified: 1, .. })]
    ));
    let rent = scene.world.rent(&record.address);
    assert_eq!(
        landed.changes.moved,
        paid(scene.patient.address(), record.address, rent).into()
    );
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(3);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let valid = scene.create_record(&record);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];

    // The length of the locator is the last prefix of the data: one that lies reserves no memory.
    let length = LOCATOR_LEN as u32;
    let prefix_at = valid.data.len() - LOCATOR_LEN - 4;
    for lie in [length - 1, length + 1, 1 << 20, u32::MAX] {
        let mut instruction = valid.clone();
        instruction.data[prefix_at..prefix_at + 4].copy_from_slice(&lie.to_le_bytes());
        scene.world.refuses_with(
            instruction,
            &signers,
            InstructionError::InvalidInstructionData,
        );
    }
    let doctors_user = scene
        .world
        .instructions
        .addresses
        .user(&scene.doctor.address());
    let (clinic, patient) = (scene.clinic.address(), scene.patient.address());
    let roles = [
        Role::Signer,
        Role::Payer,
        Role::Stored,
        Role::New(seeds(&clinic, &patient, &record)),
        Role::System,
    ];
    let case = Case {
        valid: &valid,
        signers: &signers,
        roles: &roles,
        others: &[(2, doctors_user, InstructionError::InvalidSeeds)],
        swapped: &[
            (2, 3, InstructionError::AccountDataTooSmall),
            (2, 4, NOT_WRITABLE),
            (3, 4, NOT_WRITABLE),
        ],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

/// A locator has 1 to 512 bytes; an empty or a longer one is refused.
#[test]
fn a_locator_has_1_to_512_bytes() {
    let mut scene = Scene::new(4);
    for (length, fits) in [
        (0, false),
        (1, true),
        (MAX_LOCATOR_LEN, true),
        (MAX_LOCATOR_LEN + 1, false),
    ] {
        let locator = vec![7; length];
        let record = scene
            .world
            .new_record_of(&scene.clinic, &scene.patient, |args| {
                args.locator.clone_from(&locator)
            });
        let create = scene.create_record(&record);
        let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
        if fits {
            scene.world.lands(create, &signers);
            assert_eq!(
                scene.world.read::<RecordAccount>(&record.address).locator,
                locator
            );
        } else {
            scene
                .world
                .refuses(create, &signers, GenerionError::LocatorLength);
        }
    }
}

/// A record is refused at every address but the one that follows from its contents, its creator and its owner.
#[test]
fn refuses_every_address_but_that_of_the_contents() {
    let mut scene = Scene::new(5);
    let other = scene.world.new_record(&scene.clinic, &scene.patient);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    let valid = scene.create_record(&record);
    let [patients, doctors] = [&scene.patient, &scene.doctor];
    let address = |creator, owner, key: &[u8; 32]| {
        scene
            .world
            .record_address(creator, owner, key, &record.args)
    };
    let old_ids = |id: u64| {
        let seeds = [
            RECORD_SEED,
            &patients.address().to_bytes(),
            &id.to_le_bytes(),
        ];
        Address::find_program_address(&seeds, &generion::ID).0
    };
    let elsewhere = [
        other.address,
        address(&scene.stranger, patients, &record.owner_key),
        address(&scene.clinic, doctors, &record.owner_key),
        address(&scene.clinic, patients, &doctors.key().to_bytes()),
        old_ids(0),
        old_ids(1),
        scene.stranger.address(),
    ];
    for address in elsewhere {
        let create = with_account(&valid, 3, address);
        scene
            .world
            .refuses_with(create, &signers, InstructionError::InvalidSeeds);
    }
    scene.world.lands(valid, &signers);
}

/// Contents that were changed on the way are refused at the original address.
#[test]
fn refuses_contents_that_are_not_the_addresses() {
    let mut scene = Scene::new(10);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    let valid = scene.create_record(&record);
    // Behind the tag: data public key and capsule; then proof, which is no part of the contents; facts root; the locator's
    // length and bytes.
    let (proof, root, length) = (97, 97 + 48, 97 + 48 + 32);
    let contents = (1..proof)
        .chain(root..length)
        .chain(length + 4..valid.data.len());
    for at in contents {
        let mut changed = valid.clone();
        changed.data[at] ^= 1 << (at % 8);
        scene
            .world
            .refuses_with(changed, &signers, InstructionError::InvalidSeeds);
    }
    let mut shorter = valid.clone();
    shorter.data.pop();
    let length_of = |bytes: usize| (bytes as u32).to_le_bytes();
    shorter.data[length..length + 4].copy_from_slice(&length_of(LOCATOR_LEN - 1));
    let mut longer = valid.clone();
    longer.data.push(5);
    longer.data[length..length + 4].copy_from_slice(&length_of(LOCATOR_LEN + 1));
    for changed in [shorter, longer] {
        scene
            .world
            .refuses_with(changed, &signers, InstructionError::InvalidSeeds);
    }
    scene.world.lands(valid, &signers);
}

/// A record for a wallet without an encryption key is refused.
#[test]
fn refuses_a_user_without_a_key() {
    let mut scene = Scene::new(6);
    let record = scene.world.new_record(&scene.clinic, &scene.stranger);
    let create = scene.world.instructions.create_record(
        &scene.stranger.address(),
        &record.owner_key,
        scene.clinic.address(),
        scene.sponsor.address(),
        record.args,
    );
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::AccountDataTooSmall);
}

/// The owner's record counter can't overflow.
#[test]
fn refuses_a_counter_that_leaves_its_range() {
    let mut scene = Scene::new(7);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let create = scene.create_record(&record);
    let full = |user: &mut User| user.record_count = u64::MAX;
    scene.world.edit::<User>(&user, full);
    scene
        .world
        .refuses(create.clone(), &signers, GenerionError::Arithmetic);
    let nearly = |user: &mut User| user.record_count = u64::MAX - 1;
    scene.world.edit::<User>(&user, nearly);
    scene.world.lands(create, &signers);
}

/// A payer that can't pay the rent is refused.
#[test]
fn refuses_a_payer_without_lamports() {
    let mut scene = Scene::new(8);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    scene.world.replace(&scene.sponsor.address(), |account| {
        account.lamports = 1_000_000
    });
    let create = scene.create_record(&record);
    // The system program's `ResultWithNegativeLamports`.
    let error = InstructionError::Custom(1);
    scene.world.refuses_with(
        create,
        &[&scene.clinic.wallet, &scene.sponsor.wallet],
        error,
    );
}

/// The same record, byte for byte, is refused while it exists, and nothing is overwritten.
#[test]
fn refuses_a_record_where_one_is() {
    let mut scene = Scene::new(9);
    let first = scene.record();
    let create = scene.create_record(&first);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses(create, &signers, GenerionError::AccountAlreadyExists);
}
