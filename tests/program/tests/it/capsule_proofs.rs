//! The capsule proof of `create_record`: the program refuses a capsule that the creator did not make for this record
//! and this key.

use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    CreateRecordArgs, GenerionError, ID, curve,
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
};
use generion_crypto::{capsule::RecordBinding, record::DataPublicKey};
use generion_program_tests::{NewRecord, code_of};
use generion_reference_proofs::group_order::{GROUP_ORDER, plus_order};
use solana_address::Address;
use solana_instruction::error::InstructionError;

use crate::{
    prover::{bytes, point, random_scalar},
    support::{Scene, invalid_keys},
};

#[track_caller]
fn refuses(scene: &mut Scene, record: &NewRecord, rule: GenerionError) {
    refuses_with(scene, record, code_of(rule));
}

#[track_caller]
fn refuses_with(scene: &mut Scene, record: &NewRecord, error: InstructionError) {
    let create = scene.create_record(record);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    scene.world.refuses_with(create, &signers, error);
}

#[track_caller]
fn lands(scene: &mut Scene, record: &NewRecord) {
    let create = scene.create_record(record);
    scene
        .world
        .lands(create, &[&scene.clinic.wallet, &scene.sponsor.wallet]);
}

/// The address that follows from a record's arguments by now.
fn address_of(scene: &Scene, record: &NewRecord) -> Address {
    let world = &scene.world;
    world.record_address(
        &scene.clinic,
        &scene.patient,
        &record.owner_key,
        &record.args,
    )
}

/// A record with other arguments: first at the address of the old ones, which is refused whatever the proof, then at that
/// of its own, where the proof has to tell.
#[track_caller]
fn refuses_change(
    scene: &mut Scene,
    mut record: NewRecord,
    change: impl FnOnce(&mut CreateRecordArgs),
    rule: GenerionError,
) {
    change(&mut record.args);
    refuses_with(scene, &record, InstructionError::InvalidSeeds);
    record.address = address_of(scene, &record);
    refuses(scene, &record, rule);
}

/// Turns an honest binding into another.
type Change<'a> = &'a dyn Fn(&mut RecordBinding);

/// A proof for another program, creator, record, owner's key or data public key is refused.
#[test]
fn refuses_a_proof_for_anything_else() {
    let mut scene = Scene::new(1);
    let (stranger, doctors_key) = (scene.stranger.address(), scene.doctor.key());
    let another = scene.record().address;
    let changes: [(&str, Change); 5] = [
        ("another program", &|binding| {
            binding.program_id = Address::new_from_array([3; 32])
        }),
        ("another creator", &|binding| binding.creator = stranger),
        ("another record of the owner", &|binding| {
            binding.record = another
        }),
        ("another owner's key", &|binding| {
            binding.owner_key = doctors_key
        }),
        ("another data public key", &|binding| {
            binding.data_public_key = DataPublicKey([7; 32])
        }),
    ];
    for (what, change) in changes {
        let record = scene
            .world
            .new_record_bound_to(&scene.clinic, &scene.patient, change);
        println!("{what}");
        refuses(&mut scene, &record, GenerionError::CapsuleProofInvalid);
    }
    let honest = scene
        .world
        .new_record_bound_to(&scene.clinic, &scene.patient, |_| {});
    lands(&mut scene, &honest);
}

/// A record for the owner's old key is refused after a rotation, at the old address and at the new one.
#[test]
fn key_rotated_under_a_record_being_created() {
    let mut scene = Scene::new(2);
    let mut stale = scene.world.new_record(&scene.clinic, &scene.patient);
    scene.patient.key_index = 1;
    scene.world.publish_key(&scene.patient);
    refuses_with(&mut scene, &stale, InstructionError::InvalidSeeds);
    stale.owner_key = scene.patient.key().to_bytes();
    stale.address = address_of(&scene, &stale);
    refuses(&mut scene, &stale, GenerionError::CapsuleProofInvalid);
    let fresh = scene.world.new_record(&scene.clinic, &scene.patient);
    lands(&mut scene, &fresh);
}

/// A record with the capsule, half the capsule, the data key or the proof of another record is refused, and so is one
/// with altered facts or an altered locator.
#[test]
fn refuses_parts_of_two_records_put_together() {
    let mut scene = Scene::new(3);
    let new = |scene: &mut Scene| scene.world.new_record(&scene.clinic, &scene.patient);
    let other = new(&mut scene).args;
    let mixes: [fn(&mut CreateRecordArgs, &CreateRecordArgs); 4] = [
        |args, other| args.capsule = other.capsule,
        |args, other| args.data_public_key = other.data_public_key,
        |args, other| args.capsule.masked = other.capsule.masked,
        |args, other| args.capsule.ephemeral = other.capsule.ephemeral,
    ];
    for mix in mixes {
        let one = new(&mut scene);
        refuses_change(
            &mut scene,
            one,
            |args| mix(args, &other),
            GenerionError::CapsuleProofInvalid,
        );
    }
    // The facts and the locator are the creator's word, but they are in the address, and the proof is for that.
    let words: [fn(&mut CreateRecordArgs); 2] =
        [|args| args.facts_root[0] ^= 1, |args| args.locator[0] ^= 1];
    for word in words {
        let one = new(&mut scene);
        refuses_change(&mut scene, one, word, GenerionError::CapsuleProofInvalid);
    }
    let mut one = new(&mut scene);
    let own = core::mem::replace(&mut one.args.proof, other.proof);
    refuses(&mut scene, &one, GenerionError::CapsuleProofInvalid);
    one.args.proof = own;
    lands(&mut scene, &one);
}

/// Proves knowledge of `scalar` for a capsule, as the protocol's section 2 has it, whether it made the capsule or not.
fn prove(
    scene: &mut Scene,
    record: &NewRecord,
    capsule: &Capsule,
    scalar: &Scalar,
) -> CapsuleProof {
    let k = random_scalar(&mut scene.world.rng);
    let challenge = CapsuleStatement {
        program_id: &ID,
        record: &record.address,
        creator: &scene.clinic.address(),
        owner_key: &scene.patient.key().to_bytes(),
        data_public_key: &record.args.data_public_key,
        capsule,
    }
    .challenge(&bytes(RistrettoPoint::mul_base(&k)));
    let response = k - Scalar::from(u128::from_le_bytes(challenge)) * scalar;
    CapsuleProof {
        challenge,
        response: response.to_bytes(),
    }
}

/// Puts a capsule into a record, with its address, and proves for `scalar` that it was made here.
fn with_capsule(
    scene: &mut Scene,
    mut record: NewRecord,
    capsule: Capsule,
    scalar: &Scalar,
) -> NewRecord {
    record.args.capsule = capsule;
    record.address = address_of(scene, &record);
    record.args.proof = prove(scene, &record, &capsule, scalar);
    record
}

/// A stranger can't prove a capsule that was copied from another record, as it is or re-randomised.
#[test]
fn capsule_copied_and_re_randomised_from_another_record() {
    let mut scene = Scene::new(4);
    let victim = scene.record().args.capsule;
    let owner_key = point(&scene.patient.key().to_bytes());
    let scalar = random_scalar(&mut scene.world.rng);
    let copied = Capsule {
        ephemeral: bytes(point(&victim.ephemeral) + RistrettoPoint::mul_base(&scalar)),
        masked: bytes(point(&victim.masked) + scalar * owner_key),
    };
    // The thief knows what it added, but not the scalar of the sum.
    for capsule in [copied, victim] {
        let record = scene.world.new_record(&scene.clinic, &scene.patient);
        let record = with_capsule(&mut scene, record, capsule, &scalar);
        refuses(&mut scene, &record, GenerionError::CapsuleProofInvalid);
    }
    // Whoever does know it is believed by the same code.
    let own = Capsule {
        ephemeral: bytes(RistrettoPoint::mul_base(&scalar)),
        ..copied
    };
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let record = with_capsule(&mut scene, record, own, &scalar);
    lands(&mut scene, &record);
}

/// A record with one flipped bit in its data key, capsule or proof is refused, also at the address that follows from
/// the change.
#[test]
fn refuses_a_flipped_bit_in_every_byte() {
    let mut scene = Scene::new(5);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let valid = scene.create_record(&record);
    let signers = [&scene.clinic.wallet, &scene.sponsor.wallet];
    // Behind the tag: data public key, capsule, proof.
    let proof_at = 1 + 32 + 64;
    for at in proof_at..proof_at + size_of::<CapsuleProof>() {
        let mut flipped = valid.clone();
        flipped.data[at] ^= 1 << (at % 8);
        scene
            .world
            .refuses(flipped, &signers, GenerionError::CapsuleProofInvalid);
    }
    // And what is, moved to the address that follows.
    for at in 1..proof_at {
        let mut flipped = valid.clone();
        flipped.data[at] ^= 1 << (at % 8);
        let mut args = record.args.clone();
        args.data_public_key.copy_from_slice(&flipped.data[1..33]);
        args.capsule = bytemuck::pod_read_unaligned(&flipped.data[33..97]);
        let key = &record.owner_key;
        flipped.accounts[3].pubkey =
            scene
                .world
                .record_address(&scene.clinic, &scene.patient, key, &args);
        let points = [args.capsule.ephemeral, args.capsule.masked];
        let rule = match points.iter().all(curve::decodes) {
            true => GenerionError::CapsuleProofInvalid,
            false => GenerionError::InvalidPoint,
        };
        scene.world.refuses(flipped, &signers, rule);
    }
    scene.world.lands(valid, &signers);
}

/// Non-canonical scalars and points are refused.
#[test]
fn refuses_scalars_and_points_that_are_not_canonical() {
    let mut scene = Scene::new(6);
    let mut record = scene.world.new_record(&scene.clinic, &scene.patient);
    let honest = record.args.proof;
    let not_reduced = plus_order(&honest.response);
    for response in [GROUP_ORDER, not_reduced, [0xff; 32], [0; 32]] {
        record.args.proof.response = response;
        refuses(&mut scene, &record, GenerionError::CapsuleProofInvalid);
    }
    record.args.proof = honest;
    let good = record.args.capsule;
    lands(&mut scene, &record);

    let [identity, not_canonical @ ..] = invalid_keys();
    let ephemerals = not_canonical.map(|ephemeral| Capsule { ephemeral, ..good });
    let masked = not_canonical.map(|masked| Capsule { masked, ..good });
    for capsule in ephemerals.into_iter().chain(masked) {
        let record = scene.world.new_record(&scene.clinic, &scene.patient);
        refuses_change(
            &mut scene,
            record,
            |args| args.capsule = capsule,
            GenerionError::InvalidPoint,
        );
    }
    // r = 0 shows the element to everybody: refused, though the proof holds.
    let capsule = Capsule {
        ephemeral: identity,
        ..good
    };
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let record = with_capsule(&mut scene, record, capsule, &Scalar::ZERO);
    refuses(&mut scene, &record, GenerionError::InvalidPoint);
}
