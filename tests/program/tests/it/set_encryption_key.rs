use generion::{
    GenerionError,
    constants::{ACCOUNT_VERSION, USER_SEED},
    events::EncryptionKeySet,
    state::User,
};
use generion_interface::events::Event;
use generion_program_tests::Person;
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError::InvalidSeeds};

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, invalid_keys, paid},
};

/// The instruction at the sponsor's cost, and the User's address.
fn set_key(scene: &Scene, wallet: &Person, key: [u8; 32]) -> (Instruction, Address) {
    let instruction =
        scene
            .world
            .instructions
            .set_encryption_key(wallet.address(), scene.sponsor.address(), key);
    let user = instruction.accounts[2].pubkey;
    (instruction, user)
}

fn seeds(wallet: &Person) -> Vec<Vec<u8>> {
    vec![USER_SEED.to_vec(), wallet.address().to_bytes().to_vec()]
}

#[test]
fn publishes_a_first_key_at_the_payers_cost() {
    let mut scene = Scene::new(1);
    let wallet = scene.world.person();
    let encryption_key = wallet.key().to_bytes();
    let (instruction, user) = set_key(&scene, &wallet, encryption_key);

    let landed = scene
        .world
        .lands(instruction, &[&wallet.wallet, &scene.sponsor.wallet]);

    let event = EncryptionKeySet {
        wallet: wallet.address(),
        key_index: 0.into(),
        encryption_key,
    };
    let rent = scene.world.rent(&user);
    let moved = paid(scene.sponsor.address(), user, rent);
    landed.assert_did(&moved, &[user], Event::EncryptionKeySet(event));
    let expected = User {
        version: ACCOUNT_VERSION,
        bump: Address::find_program_address(&[USER_SEED, wallet.address().as_ref()], &generion::ID)
            .1,
        reserved: [0; 2],
        key_index: 0,
        next_record_id: 0,
        next_order_id: 0,
        record_count: 0,
        wallet: wallet.address(),
        encryption_key,
    };
    assert_eq!(scene.world.read::<User>(&user), expected);
}

#[test]
fn rotates_to_the_next_key_for_free() {
    let mut scene = Scene::new(2);
    scene.record();
    let before = scene.world.user_of(&scene.patient);
    scene.patient.key_index = 1;
    let encryption_key = scene.patient.key().to_bytes();
    let (instruction, user) = set_key(&scene, &scene.patient, encryption_key);

    let landed = scene
        .world
        .lands(instruction, &[&scene.patient.wallet, &scene.sponsor.wallet]);

    let event = EncryptionKeySet {
        wallet: scene.patient.address(),
        key_index: 1.into(),
        encryption_key,
    };
    landed.assert_did(&[], &[user], Event::EncryptionKeySet(event));
    let expected = User {
        key_index: 1,
        encryption_key,
        ..before
    };
    assert_eq!(scene.world.user_of(&scene.patient), expected);
    assert_eq!((expected.next_record_id, expected.record_count), (1, 1));
}

#[test]
fn a_wallet_pays_for_itself() {
    let mut scene = Scene::new(3);
    let wallet = scene.world.person();
    let landed = scene.world.publish_key(&wallet);
    let user = scene.world.instructions.addresses.user(&wallet.address());
    let rent = scene.world.rent(&user);
    assert_eq!(
        landed.changes.moved,
        paid(wallet.address(), user, rent).into()
    );
}

#[test]
fn refuses_malformed_first_key() {
    let mut scene = Scene::new(4);
    let wallet = scene.world.person();
    let (valid, _) = set_key(&scene, &wallet, wallet.key().to_bytes());
    let roles = [
        Role::Signer,
        Role::Payer,
        Role::New(seeds(&wallet)),
        Role::System,
    ];
    let case = Case {
        valid: &valid,
        signers: &[&wallet.wallet, &scene.sponsor.wallet],
        roles: &roles,
        others: &[],
        swapped: &[(2, 3, NOT_WRITABLE)],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
}

#[test]
fn refuses_malformed_rotation() {
    let mut scene = Scene::new(5);
    let (valid, user) = set_key(&scene, &scene.patient, scene.doctor.key().to_bytes());
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let doctors_user = scene
        .world
        .instructions
        .addresses
        .user(&scene.doctor.address());

    let roles = [
        Role::Signer,
        Role::Payer,
        Role::Derived(seeds(&scene.patient)),
        Role::System,
    ];
    let case = Case {
        valid: &valid,
        signers: &signers,
        roles: &roles,
        others: &[(2, doctors_user, InvalidSeeds)],
        swapped: &[(2, 3, NOT_WRITABLE)],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
    assert_eq!(scene.world.read::<User>(&user).key_index, 1);
}

#[test]
fn refuses_keys_that_nobody_can_encrypt_to() {
    let mut scene = Scene::new(6);
    let newcomer = scene.world.person();
    for key in invalid_keys() {
        for wallet in [&newcomer, &scene.patient] {
            let (instruction, _) = set_key(&scene, wallet, key);
            let signers = [&wallet.wallet, &scene.sponsor.wallet];
            scene
                .world
                .refuses(instruction, &signers, GenerionError::InvalidPoint);
        }
    }
}

#[test]
fn refuses_a_rotation_past_the_last_index() {
    let mut scene = Scene::new(7);
    let (instruction, user) = set_key(&scene, &scene.patient, scene.patient.key().to_bytes());
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    scene
        .world
        .edit::<User>(&user, |user| user.key_index = u32::MAX);
    scene
        .world
        .refuses(instruction.clone(), &signers, GenerionError::Arithmetic);
    scene
        .world
        .edit::<User>(&user, |user| user.key_index = u32::MAX - 1);
    scene.world.lands(instruction, &signers);
    assert_eq!(scene.world.read::<User>(&user).key_index, u32::MAX);
}
