//! What the capsule proof of `create_record` refuses: a capsule that its submitter didn't make for this record and key.

use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    CreateRecordArgs, GenerionError, ID, curve,
    proof::{
        Capsule,
        capsule::{CapsuleProof, CapsuleStatement},
    },
};
use generion_crypto::{capsule::RecordBinding, record::DataPublicKey};
use generion_program_tests::NewRecord;
use solana_address::Address;

use crate::{
    prover::{bytes, point, random_scalar},
    support::{Scene, invalid_keys},
};

#[track_caller]
fn refuses(scene: &mut Scene, args: CreateRecordArgs, rule: GenerionError) {
    let create = scene.create_record(args);
    scene
        .world
        .refuses(create, &[&scene.clinic.wallet, &scene.sponsor.wallet], rule);
}

#[track_caller]
fn lands(scene: &mut Scene, args: CreateRecordArgs) {
    let create = scene.create_record(args);
    scene
        .world
        .lands(create, &[&scene.clinic.wallet, &scene.sponsor.wallet]);
}

/// Turns an honest binding into another.
type Change<'a> = &'a dyn Fn(&mut RecordBinding);

#[test]
fn refuses_a_proof_for_anything_else() {
    let mut scene = Scene::new(1);
    let (stranger, doctors_key) = (scene.stranger.address(), scene.doctor.key());
    let next = scene
        .world
        .instructions
        .addresses
        .record(&scene.patient.address(), 1);
    let others = scene
        .world
        .instructions
        .addresses
        .record(&scene.doctor.address(), 0);
    let changes: [(&str, Change); 6] = [
        ("another program", &|binding| {
            binding.program_id = Address::new_from_array([3; 32])
        }),
        ("another creator", &|binding| binding.creator = stranger),
        ("another record of the owner", &|binding| {
            binding.record = next
        }),
        ("another owner's record", &|binding| binding.record = others),
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
        refuses(&mut scene, record.args, GenerionError::CapsuleProofInvalid);
    }
    let honest = scene
        .world
        .new_record_bound_to(&scene.clinic, &scene.patient, |_| {});
    lands(&mut scene, honest.args);
}

#[test]
fn key_rotated_under_a_record_being_created() {
    let mut scene = Scene::new(2);
    let stale = scene.world.new_record(&scene.clinic, &scene.patient);
    scene.patient.key_index = 1;
    scene.world.publish_key(&scene.patient);
    refuses(&mut scene, stale.args, GenerionError::CapsuleProofInvalid);
    let fresh = scene.world.new_record(&scene.clinic, &scene.patient);
    lands(&mut scene, fresh.args);
}

#[test]
fn refuses_parts_of_two_records_put_together() {
    let mut scene = Scene::new(3);
    let [one, other] =
        [(), ()].map(|()| scene.world.new_record(&scene.clinic, &scene.patient).args);
    let mixes = [
        CreateRecordArgs {
            capsule: other.capsule,
            ..one.clone()
        },
        CreateRecordArgs {
            proof: other.proof,
            ..one.clone()
        },
        CreateRecordArgs {
            data_public_key: other.data_public_key,
            ..one.clone()
        },
        CreateRecordArgs {
            capsule: Capsule {
                masked: other.capsule.masked,
                ..one.capsule
            },
            ..one.clone()
        },
        CreateRecordArgs {
            capsule: Capsule {
                ephemeral: other.capsule.ephemeral,
                ..one.capsule
            },
            ..one.clone()
        },
    ];
    for mixed in mixes {
        refuses(&mut scene, mixed, GenerionError::CapsuleProofInvalid);
    }
    lands(&mut scene, one);
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

#[test]
fn capsule_copied_and_re_randomised_from_another_record() {
    let mut scene = Scene::new(4);
    let victim = scene.record().args.capsule;
    let owner_key = point(&scene.patient.key().to_bytes());
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let scalar = random_scalar(&mut scene.world.rng);
    let copied = Capsule {
        ephemeral: bytes(point(&victim.ephemeral) + RistrettoPoint::mul_base(&scalar)),
        masked: bytes(point(&victim.masked) + scalar * owner_key),
    };
    // The thief knows what it added, but not the scalar of the sum.
    for capsule in [copied, victim] {
        let proof = prove(&mut scene, &record, &capsule, &scalar);
        let args = CreateRecordArgs {
            capsule,
            proof,
            ..record.args.clone()
        };
        refuses(&mut scene, args, GenerionError::CapsuleProofInvalid);
    }
    // Whoever does know it is believed by the same code.
    let own = Capsule {
        ephemeral: bytes(RistrettoPoint::mul_base(&scalar)),
        ..copied
    };
    let proof = prove(&mut scene, &record, &own, &scalar);
    lands(
        &mut scene,
        CreateRecordArgs {
            capsule: own,
            proof,
            ..record.args
        },
    );
}

#[test]
fn refuses_a_flipped_bit_in_every_byte() {
    let mut scene = Scene::new(5);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let valid = scene.create_record(record.args);
    // Behind tag and id: data public key, capsule, proof. The ciphertext hash and the locator are the creator's word.
    let (key_at, capsule_at, proof_at) = (9, 9 + 32, 9 + 32 + 64);
    for at in key_at..proof_at + size_of::<CapsuleProof>() {
        let mut flipped = valid.clone();
        flipped.data[at] ^= 1 << (at % 8);
        let in_capsule = (capsule_at..proof_at).contains(&at);
        let start = capsule_at + (at.max(capsule_at) - capsule_at) / 32 * 32;
        let half = flipped.data[start..start + 32]
            .try_into()
            .expect("32 bytes");
        let rule = match in_capsule && !curve::decodes(&half) {
            true => GenerionError::InvalidPoint,
            false => GenerionError::CapsuleProofInvalid,
        };
        scene.world.refuses(
            flipped,
            &[&scene.clinic.wallet, &scene.sponsor.wallet],
            rule,
        );
    }
    scene
        .world
        .lands(valid, &[&scene.clinic.wallet, &scene.sponsor.wallet]);
}

#[test]
fn refuses_scalars_and_points_that_are_not_canonical() {
    let mut scene = Scene::new(6);
    let record = scene.world.new_record(&scene.clinic, &scene.patient);
    let args = record.args;
    let mut order = [0; 32];
    order[..16].copy_from_slice(&0x14de_f9de_a2f7_9cd6_5812_631a_5cf5_d3ed_u128.to_le_bytes());
    order[31] = 0x10;
    for response in [order, [0xff; 32], [0; 32]] {
        let proof = CapsuleProof {
            response,
            ..args.proof
        };
        refuses(
            &mut scene,
            CreateRecordArgs {
                proof,
                ..args.clone()
            },
            GenerionError::CapsuleProofInvalid,
        );
    }
    let [identity, not_canonical @ ..] = invalid_keys();
    let ephemerals = not_canonical.map(|ephemeral| Capsule {
        ephemeral,
        ..args.capsule
    });
    let masked = not_canonical.map(|masked| Capsule {
        masked,
        ..args.capsule
    });
    for capsule in ephemerals.into_iter().chain(masked) {
        refuses(
            &mut scene,
            CreateRecordArgs {
                capsule,
                ..args.clone()
            },
            GenerionError::InvalidPoint,
        );
    }
    // r = 0 shows the element to everybody: refused, though the proof holds.
    let capsule = Capsule {
        ephemeral: identity,
        ..args.capsule
    };
    let record = NewRecord {
        args: args.clone(),
        ..record
    };
    let proof = prove(&mut scene, &record, &capsule, &Scalar::ZERO);
    refuses(
        &mut scene,
        CreateRecordArgs {
            capsule,
            proof,
            ..args
        },
        GenerionError::InvalidPoint,
    );
}
