//! `set_encryption_key`: its effects, and each of its refusals.

use generion::{
    GenerionError, SetEncryptionKeyArgs,
    constants::{ACCOUNT_VERSION, USER_SEED},
    events::EncryptionKeySet,
    state::User,
};
use generion_interface::events::Event;
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError::InvalidSeeds};

use crate::{
    matrix::{self, Case, Role},
    support::{NOT_WRITABLE, Scene, invalid_keys, paid},
};

/// The instruction at the sponsor's cost, and the User's address.
fn set_key(scene: &Scene, wallet: &Person, args: SetEncryptionKeyArgs) -> (Instruction, Address) {
    let instructions = scene.world.instructions;
    let instruction =
        instructions.set_encryption_key(wallet.address(), scene.sponsor.address(), args);
    let user = instruction.accounts[2].pubkey;
    (instruction, user)
}

fn seeds(wallet: &Person) -> Vec<Vec<u8>> {
    vec![USER_SEED.to_vec(), wallet.address().to_bytes().to_vec()]
}

/// A first key creates the user account, and the payer pays its rent.
#[test]
fn publishes_a_first_key_at_the_payers_cost() {
    let mut scene = Scene::new(1);
    let wallet = scene.world.person();
    let SetEncryptionKeyArgs {
        key_index,
        encryption_key,
        attestation,
    } = wallet.published_key();
    assert_eq!(key_index, 0);
    let (instruction, user) = set_key(&scene, &wallet, wallet.published_key());

    let landed = scene
        .world
        .lands(instruction, &[&wallet.wallet, &scene.sponsor.wallet]);

    let event = EncryptionKeySet {
        wallet: wallet.address(),
        key_index: 0.into(),
        encryption_key,
        attestation,
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
        next_order_id: 0,
        next_study_id: 0,
        record_count: 0,
        wallet: wallet.address(),
        encryption_key,
        attestation,
    };
    assert_eq!(scene.world.read::<User>(&user), expected);
}

/// A rotation replaces the key, increases its index, and costs no rent.
#[test]
fn rotates_to_the_next_key_for_free() {
    let mut scene = Scene::new(2);
    scene.record();
    let before = scene.world.user_of(&scene.patient);
    scene.patient.key_index = 1;
    let SetEncryptionKeyArgs {
        encryption_key,
        attestation,
        ..
    } = scene.patient.published_key();
    let (instruction, user) = set_key(&scene, &scene.patient, scene.patient.published_key());

    let landed = scene
        .world
        .lands(instruction, &[&scene.patient.wallet, &scene.sponsor.wallet]);

    let event = EncryptionKeySet {
        wallet: scene.patient.address(),
        key_index: 1.into(),
        encryption_key,
        attestation,
    };
    landed.assert_did(&[], &[user], Event::EncryptionKeySet(event));
    let expected = User {
        key_index: 1,
        encryption_key,
        attestation,
        ..before
    };
    assert_eq!(scene.world.user_of(&scene.patient), expected);
    assert_eq!(expected.record_count, 1);
    assert_ne!(before.attestation, attestation);
}

/// A wallet can pay for its own user account.
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

/// Every malformed variant in the matrix is refused, for a first key.
#[test]
fn refuses_malformed_first_key() {
    let mut scene = Scene::new(4);
    let wallet = scene.world.person();
    let (valid, _) = set_key(&scene, &wallet, wallet.published_key());
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

/// Every malformed variant in the matrix is refused, for a rotation.
#[test]
fn refuses_malformed_rotation() {
    let mut scene = Scene::new(5);
    scene.patient.key_index = 1;
    let (valid, user) = set_key(&scene, &scene.patient, scene.patient.published_key());
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

/// Keys that are the identity or no valid point are refused.
#[test]
fn refuses_keys_that_nobody_can_encrypt_to() {
    let mut scene = Scene::new(6);
    let newcomer = scene.world.person();
    for encryption_key in invalid_keys() {
        for (wallet, key_index) in [(&newcomer, 0), (&scene.patient, 1)] {
            let args = SetEncryptionKeyArgs {
                key_index,
                encryption_key,
                ..wallet.published_key()
            };
            let (instruction, _) = set_key(&scene, wallet, args);
            let signers = [&wallet.wallet, &scene.sponsor.wallet];
            scene
                .world
                .refuses(instruction, &signers, GenerionError::InvalidPoint);
        }
    }
}

/// The arguments for a key that is to have another index than the wallet's present one.
fn at_index(wallet: &Person, key_index: u32) -> SetEncryptionKeyArgs {
    SetEncryptionKeyArgs {
        key_index,
        ..wallet.published_key()
    }
}

/// A first key has index 0, and each next key one more; other indexes are refused.
#[test]
fn a_first_key_has_index_0_and_the_next_one_more() {
    let mut scene = Scene::new(8);
    let newcomer = scene.world.person();
    let signers = [&newcomer.wallet, &scene.sponsor.wallet];
    for index in [1, 2, u32::MAX] {
        let (instruction, _) = set_key(&scene, &newcomer, at_index(&newcomer, index));
        scene
            .world
            .refuses(instruction, &signers, GenerionError::KeyIndexChanged);
    }
    for present in 0..3 {
        let (next, user) = set_key(&scene, &newcomer, at_index(&newcomer, present));
        scene.world.lands(next.clone(), &signers);
        assert_eq!(scene.world.read::<User>(&user).key_index, present);
        // Too low, what is there, and too high.
        for index in [present.wrapping_sub(1), present, present + 2, u32::MAX] {
            let (instruction, _) = set_key(&scene, &newcomer, at_index(&newcomer, index));
            scene
                .world
                .refuses(instruction, &signers, GenerionError::KeyIndexChanged);
        }
    }
}

/// If two devices of one wallet publish or rotate at once, one succeeds and the other is refused, instead of replacing
/// a key that it has not seen.
#[test]
fn of_two_devices_at_once_one_is_told() {
    let mut scene = Scene::new(9);
    let mut wallet = scene.world.person();
    for index in 0..2 {
        wallet.key_index = index;
        let (one, user) = set_key(&scene, &wallet, wallet.published_key());
        // The other device has another key, of a key file say.
        let others = SetEncryptionKeyArgs {
            encryption_key: scene.doctor.key().to_bytes(),
            ..wallet.published_key()
        };
        let (other, _) = set_key(&scene, &wallet, others);
        let signers = [&wallet.wallet, &scene.sponsor.wallet];
        scene.world.lands(one, &signers);
        let published: User = scene.world.read(&user);
        scene
            .world
            .refuses(other, &signers, GenerionError::KeyIndexChanged);
        assert_eq!(scene.world.read::<User>(&user), published);
        assert_eq!(published.encryption_key, wallet.key().to_bytes());
    }
}

/// A rotation that was signed and held back is refused after another rotation.
#[test]
fn a_rotation_can_not_be_replayed() {
    let mut scene = Scene::new(10);
    scene.patient.key_index = 1;
    let (old, _) = set_key(&scene, &scene.patient, scene.patient.published_key());
    let signers = [
        &scene.patient.wallet.insecure_clone(),
        &scene.sponsor.wallet.insecure_clone(),
    ];
    scene.world.lands(old.clone(), &signers);
    scene.patient.key_index = 2;
    let (new, user) = set_key(&scene, &scene.patient, scene.patient.published_key());
    scene.world.lands(new, &signers);
    scene
        .world
        .refuses(old, &signers, GenerionError::KeyIndexChanged);
    let key = scene.world.read::<User>(&user).encryption_key;
    assert_eq!(key, scene.patient.key().to_bytes());
}

/// The program stores any attestation; clients verify it before they encrypt.
#[test]
fn an_attestation_is_stored_unread() {
    let mut scene = Scene::new(11);
    for (index, attestation) in [[0; 64], [0xff; 64]].into_iter().enumerate() {
        let args = SetEncryptionKeyArgs {
            key_index: index as u32 + 1,
            attestation,
            ..scene.patient.published_key()
        };
        let (instruction, user) = set_key(&scene, &scene.patient, args);
        scene
            .world
            .lands(instruction, &[&scene.patient.wallet, &scene.sponsor.wallet]);
        assert_eq!(scene.world.read::<User>(&user).attestation, attestation);
    }
}

/// A key with the last possible index can't be rotated.
#[test]
fn refuses_a_rotation_past_the_last_index() {
    let mut scene = Scene::new(7);
    let signers = [&scene.patient.wallet, &scene.sponsor.wallet];
    let user = scene
        .world
        .instructions
        .addresses
        .user(&scene.patient.address());
    scene
        .world
        .edit::<User>(&user, |user| user.key_index = u32::MAX);
    for index in [0, u32::MAX] {
        let (instruction, _) = set_key(&scene, &scene.patient, at_index(&scene.patient, index));
        scene
            .world
            .refuses(instruction, &signers, GenerionError::Arithmetic);
    }
    scene
        .world
        .edit::<User>(&user, |user| user.key_index = u32::MAX - 1);
    let (last, _) = set_key(&scene, &scene.patient, at_index(&scene.patient, u32::MAX));
    scene.world.lands(last, &signers);
    assert_eq!(scene.world.read::<User>(&user).key_index, u32::MAX);
}
