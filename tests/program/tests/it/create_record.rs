use generion::{
    CreateRecordArgs, GenerionError,
    constants::{ACCOUNT_VERSION, MAX_LOCATOR_LEN, RECORD_SEED},
    events::RecordCreated,
    state::{Record, User},
};
use generion_interface::{accounts::RecordAccount, events::Event};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, paid},
};

fn seeds(owner: &Address, id: u64) -> Vec<Vec<u8>> {
    vec![
        RECORD_SEED.to_vec(),
        owner.to_bytes().to_vec(),
        id.to_le_bytes().to_vec(),
    ]
}

#[test]
fn writes_a_record_for_its_owner_to_verify() {
    let mut scene = Scene::new(1);
    scene.record();
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let before = scene.world.user_of(&scene.patient);
    let create = scene.create_record(record.args.clone());
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
        ciphertext_hash: record.args.ciphertext_hash,
        id: 1.into(),
        created_at: scene.world.time().into(),
        key_index: 0.into(),
        verified: 0,
    };
    let rent = scene.world.rent(&record.address);
    let moved = paid(rent_payer, record.address, rent);
    landed.assert_did(&moved, &[user, record.address], Event::RecordCreated(event));

    let CreateRecordArgs {
        data_public_key,
        capsule,
        ciphertext_hash,
        locator,
        ..
    } = record.args;
    let seeds = seeds(&owner, 1);
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let state = Record {
        version: ACCOUNT_VERSION,
        bump: Address::find_program_address(&seeds, &generion::ID).1,
        verified: 0,
        reserved: 0,
        key_index: 0,
        id: 1,
        created_at: scene.world.time(),
        listings: 0,
        owner,
        creator,
        rent_payer,
        owner_key: scene.patient.key().to_bytes(),
        data_public_key,
        capsule,
        ciphertext_hash,
    };
    assert_eq!(
        scene.world.read::<RecordAccount>(&record.address),
        RecordAccount { state, locator }
    );
    let expected = User {
        next_record_id: 2,
        record_count: 2,
        ..before
    };
    assert_eq!(scene.world.read::<User>(&user), expected);
}

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

#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(3);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let valid = scene.create_record(record.args);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];

    // The length of the locator is the last prefix of the data: one that lies reserves no memory.
    let prefix_at = valid.data.len() - 240 - 4;
    for lie in [239, 241, 1 << 20, u32::MAX] {
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
    let roles = [
        Role::Signer,
        Role::Payer,
        Role::Stored,
        Role::New(seeds(&scene.patient.address(), 0)),
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

#[test]
fn a_locator_has_1_to_512_bytes() {
    let mut scene = Scene::new(4);
    for (length, fits) in [
        (0, false),
        (1, true),
        (MAX_LOCATOR_LEN, true),
        (MAX_LOCATOR_LEN + 1, false),
    ] {
        let record = scene.world.new_record(&scene.clinic, &scene.patient);
        let locator = vec![7; length];
        let create = scene.create_record(CreateRecordArgs {
            locator: locator.clone(),
            ..record.args
        });
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

#[test]
fn refuses_every_id_but_the_next() {
    let mut scene = Scene::new(5);
    scene.record();
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    for id in [0, 2, u64::MAX] {
        let mut create = scene.create_record(CreateRecordArgs {
            id,
            ..record.args.clone()
        });
        let expected = create.accounts[3].pubkey;
        scene
            .world
            .refuses_with(create.clone(), &signers, InstructionError::InvalidSeeds);
        create.accounts[3].pubkey = record.address;
        assert_ne!(expected, record.address);
        scene
            .world
            .refuses(create, &signers, GenerionError::NotNextRecordId);
    }
    let create = scene.create_record(record.args);
    scene.world.lands(create, &signers);
}

#[test]
fn refuses_a_user_without_a_key() {
    let mut scene = Scene::new(6);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let nobody = scene.stranger.address();
    let create = scene.world.instructions.create_record(
        &nobody,
        scene.clinic.address(),
        scene.sponsor.address(),
        record.args,
    );
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses_with(create, &signers, InstructionError::AccountDataTooSmall);
}

#[test]
fn refuses_counters_that_leave_their_range() {
    let mut scene = Scene::new(7);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    for spoil in [
        |user: &mut User| user.next_record_id = u64::MAX,
        |user: &mut User| user.record_count = u64::MAX,
    ] {
        let original = scene.world.account(&user);
        scene.world.edit::<User>(&user, spoil);
        let record = scene.world.new_record(&scene.clinic, &scene.patient);
        let create = scene.create_record(record.args);
        scene
            .world
            .refuses(create, &signers, GenerionError::Arithmetic);
        scene
            .world
            .svm
            .set_account(user, original)
            .expect("no sysvar");
    }
}

#[test]
fn refuses_a_payer_without_lamports() {
    let mut scene = Scene::new(8);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    scene.world.replace(&scene.sponsor.address(), |account| {
        account.lamports = 1_000_000
    });
    let create = scene.create_record(record.args);
    // The system program's `ResultWithNegativeLamports`.
    let error = InstructionError::Custom(1);
    scene.world.refuses_with(
        create,
        &[&scene.clinic.wallet, &scene.sponsor.wallet],
        error,
    );
}

#[test]
fn refuses_a_record_where_one_is() {
    let mut scene = Scene::new(9);
    let first = scene.record();
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    // No instruction turns the counter back; the address itself is the second line of defence.
    scene
        .world
        .edit::<User>(&user, |user| user.next_record_id = 0);
    let create = scene.create_record(first.args);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene
        .world
        .refuses(create, &signers, GenerionError::AccountAlreadyExists);
}
