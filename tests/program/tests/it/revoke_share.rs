//! `revoke_share`: its effects, and each of its refusals.

use generion::{GenerionError, ShareRecordArgs, events::ShareRevoked, state::Share};
use generion_crypto::capsule;
use generion_interface::events::Event;
use generion_program_tests::code_of;
use solana_address::Address;
use solana_instruction::{Instruction, error::InstructionError};

use crate::{
    matrix::{self, Case, Role},
    support::{Scene, paid, record_state, with_account},
};

/// A record of the patient, shared with the doctor at the sponsor's cost; record, share, and its revocation.
fn shared(scene: &mut Scene) -> (Address, Address, Instruction) {
    let record = scene.record();
    let (capsule, _) = capsule::seal(&record.element, &scene.doctor.key(), &mut scene.world.rng);
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let args = ShareRecordArgs {
        key_index: 0,
        capsule,
        expires_at: 0,
    };
    let share =
        scene
            .world
            .instructions
            .share_record(owner, payer, record.address, &recipient, args);
    let address = share.accounts[4].pubkey;
    scene
        .world
        .lands(share, &[&scene.patient.wallet, &scene.sponsor.wallet]);
    let state = scene.world.read::<Share>(&address);
    (
        record.address,
        address,
        scene.world.instructions.revoke_share(address, &state),
    )
}

#[track_caller]
fn revokes(scene: &mut Scene, record: Address, share: Address, revoke: Instruction) {
    let [owner, payer, recipient] =
        [&scene.patient, &scene.sponsor, &scene.doctor].map(|person| person.address());
    let rent = scene.world.rent(&share);
    let landed = scene.world.lands(revoke, &[&scene.patient.wallet]);
    let event = ShareRevoked {
        share,
        record,
        owner,
        recipient,
        rent_payer: payer,
        lamports: rent.into(),
    };
    landed.assert_did(
        &paid(share, payer, rent),
        &[share],
        Event::ShareRevoked(event),
    );
    assert!(scene.world.is_closed(&share));
}

/// Revoking closes the share and returns the rent to its payer.
#[test]
fn the_owner_closes_a_share_and_its_payer_gets_the_rent() {
    let mut scene = Scene::new(1);
    let (record, share, revoke) = shared(&mut scene);
    revokes(&mut scene, record, share, revoke);
}

/// A share can be revoked after its record was deleted.
#[test]
fn works_when_the_record_is_gone() {
    let mut scene = Scene::new(2);
    let (record, share, revoke) = shared(&mut scene);
    let delete = scene.delete_record(&scene.patient, &record);
    scene.world.lands(delete, &[&scene.patient.wallet]);
    revokes(&mut scene, record, share, revoke);
}

/// Every malformed variant in the matrix is refused.
#[test]
fn refuses_malformed() {
    let mut scene = Scene::new(3);
    let (_, share, valid) = shared(&mut scene);
    let roles = [
        Role::Signer,
        Role::Stored,
        Role::Wallet(GenerionError::WrongRentPayer),
    ];
    let doctors_share = {
        let own = scene.world.verified_record(&scene.doctor, &scene.doctor);
        let capsule = record_state(&scene.world, &own).capsule;
        let args = ShareRecordArgs {
            key_index: 0,
            capsule,
            expires_at: 0,
        };
        let (owner, to) = (scene.doctor.address(), scene.patient.address());
        let create = scene
            .world
            .instructions
            .share_record(owner, owner, own, &to, args);
        let address = create.accounts[4].pubkey;
        scene.world.lands(create, &[&scene.doctor.wallet]);
        address
    };
    let case = Case {
        valid: &valid,
        signers: &[&scene.patient.wallet],
        roles: &roles,
        others: &[(1, doctors_share, code_of(GenerionError::WrongOwner))],
        swapped: &[(1, 2, InstructionError::AccountDataTooSmall)],
        truncated: &matrix::cut_short,
    };
    matrix::check(&mut scene.world, &scene.stranger, case);
    assert!(scene.world.is_closed(&share));
}

/// Only the owner can revoke a share.
#[test]
fn refuses_everybody_but_the_owner() {
    let mut scene = Scene::new(4);
    let (_, _, valid) = shared(&mut scene);
    for person in [&scene.doctor, &scene.sponsor, &scene.stranger] {
        let revoke = with_account(&valid, 0, person.address());
        scene
            .world
            .refuses(revoke, &[&person.wallet], GenerionError::WrongOwner);
    }
}
