use generion::{ShareRecordArgs, state::Share};
use generion_crypto::{capsule, record::RecordElement};
use solana_address::Address;
use solana_instruction::Instruction;

use crate::compute_units::{key_set::KeySet, shared::prefund, sheet::Sheet};
use crate::vm::World;

pub(super) fn share_record(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "share_record";
    let mut world = keys.world(NAME);
    let (instruction, share) = sharing(keys, &mut world);
    let signers = [&keys.patient.wallet];
    let mut ahead = world.clone();
    sheet.measure_creation(
        (NAME, "new address"),
        &mut world,
        instruction.clone(),
        &signers,
        &share,
    );
    prefund(&mut ahead, &share);
    sheet.measure_creation(
        (NAME, "prefunded address"),
        &mut ahead,
        instruction,
        &signers,
        &share,
    );
}

pub(super) fn revoke_share(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "revoke_share";
    let mut world = keys.world(NAME);
    let (instruction, share) = sharing(keys, &mut world);
    let signers = [&keys.patient.wallet];
    world.lands(instruction, &signers);
    let state = world.read::<Share>(&share);
    let revoke = world.instructions.revoke_share(share, &state);
    sheet.measure((NAME, "by the owner"), &mut world, &[revoke], &signers);
}

/// The instruction by which the patient shares a record with the doctor, and the share's address.
fn sharing(keys: &KeySet, world: &mut World) -> (Instruction, Address) {
    // The program can't see what a capsule holds: any element will do.
    let element = RecordElement::random(&mut world.rng);
    let (capsule, _) = capsule::seal(&element, &keys.doctor.key(), &mut world.rng);
    let args = ShareRecordArgs {
        key_index: keys.doctor.key_index,
        capsule,
        expires_at: world.time() + 1,
    };
    let (owner, recipient) = (keys.patient.address(), keys.doctor.address());
    let share = world
        .instructions
        .addresses
        .share(&keys.records[0], &recipient);
    let instruction =
        world
            .instructions
            .share_record(owner, owner, keys.records[0], &recipient, args);
    (instruction, share)
}
