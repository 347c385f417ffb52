use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use generion::{
    GenerionError,
    proof::capsule::{CapsuleProof, CapsuleStatement},
};
use generion_crypto::{
    Capsule,
    capsule::{self, MalformedCapsule, RecordBinding},
    record::RecordElement,
};
use generion_reference_proofs::group_order::plus_order;
use solana_address::Address;

use crate::support::{
    CREATOR, ORDER, OWNER, PROGRAM, address, capsule_from, encryption_secret, flips,
    purchase_secret, record, rng,
};

const RECORD: Address = address(7);

#[test]
fn a_capsule_opens_with_its_key_of_either_use() {
    let (mut rng, owner, buyer) = (rng(), encryption_secret(1, 0), purchase_secret(2, &ORDER));
    let element = RecordElement::random(&mut rng);
    let expected = element.record_key(&OWNER, &CREATOR).data_public_key();
    let (for_owner, _) = capsule::seal(&element, &owner.public_key(), &mut rng);
    let (again, _) = capsule::seal(&element, &owner.public_key(), &mut rng);
    let (for_buyer, _) = capsule::seal(&element, &buyer.public_key(), &mut rng);
    assert_ne!(for_owner, again);
    for opened in [
        capsule::open(&for_owner, &owner),
        capsule::open(&again, &owner),
        capsule::open(&for_buyer, &buyer),
    ] {
        assert_eq!(
            opened
                .unwrap()
                .record_key(&OWNER, &CREATOR)
                .data_public_key(),
            expected
        );
    }
}

#[test]
fn another_key_opens_to_another_data_public_key() {
    let (mut rng, owner) = (rng(), encryption_secret(1, 0));
    let (element, capsule) = record(&owner, &mut rng);
    let expected = element.record_key(&OWNER, &CREATOR).data_public_key();
    for other in [encryption_secret(1, 1), encryption_secret(2, 0)] {
        let opened = capsule::open(&capsule, &other).unwrap();
        assert_ne!(
            opened.record_key(&OWNER, &CREATOR).data_public_key(),
            expected
        );
    }
}

#[test]
fn a_record_key_depends_on_owner_and_creator() {
    let element = RecordElement::random(&mut rng());
    let keys = [
        (OWNER, CREATOR),
        (OWNER, address(9)),
        (address(9), CREATOR),
        (CREATOR, OWNER),
    ]
    .map(|(owner, creator)| element.record_key(&owner, &creator).data_public_key());
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "{index}");
    }
}

#[test]
fn a_changed_capsule_never_opens_to_the_same_key() {
    let (mut rng, owner) = (rng(), encryption_secret(1, 0));
    let (element, capsule) = record(&owner, &mut rng);
    let expected = element.record_key(&OWNER, &CREATOR).data_public_key();
    let (mut opened, mut malformed) = (0, 0);
    for changed in flips(capsule.as_bytes()) {
        match capsule::open(&capsule_from(&changed), &owner) {
            Ok(element) => {
                assert_ne!(
                    element.record_key(&OWNER, &CREATOR).data_public_key(),
                    expected
                );
                opened += 1;
            }
            Err(MalformedCapsule) => malformed += 1,
        }
    }
    assert!(opened > 0 && malformed > 0, "{opened} {malformed}");
}

#[test]
fn halves_that_are_no_points_are_malformed() {
    let (mut rng, owner) = (rng(), encryption_secret(1, 0));
    let (_, capsule) = record(&owner, &mut rng);
    for capsule in [
        Capsule {
            ephemeral: [0; 32],
            ..capsule
        },
        Capsule {
            ephemeral: [0xff; 32],
            ..capsule
        },
        Capsule {
            masked: [0xff; 32],
            ..capsule
        },
    ] {
        assert_eq!(
            capsule::open(&capsule, &owner).err(),
            Some(MalformedCapsule)
        );
    }
}

/// A record to be created, its capsule and the proof.
struct Created {
    binding: RecordBinding,
    capsule: Capsule,
    proof: CapsuleProof,
}

impl Created {
    fn new() -> Self {
        let (mut rng, owner_key) = (rng(), encryption_secret(1, 0).public_key());
        let element = RecordElement::random(&mut rng);
        let binding = RecordBinding {
            program_id: PROGRAM,
            record: RECORD,
            creator: CREATOR,
            owner_key,
            data_public_key: element.record_key(&OWNER, &CREATOR).data_public_key(),
        };
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut rng);
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut rng);
        Self {
            binding,
            capsule,
            proof,
        }
    }

    fn verify(&self) -> Result<(), GenerionError> {
        let RecordBinding {
            program_id,
            record,
            creator,
            owner_key,
            data_public_key,
        } = &self.binding;
        CapsuleStatement {
            program_id,
            record,
            creator,
            owner_key: &owner_key.to_bytes(),
            data_public_key: &data_public_key.0,
            capsule: &self.capsule,
        }
        .verify(&self.proof)
    }
}

#[test]
fn the_program_accepts_the_makers_proof() {
    assert_eq!(Created::new().verify(), Ok(()));
}

#[test]
fn the_proof_holds_for_nothing_else() {
    let changes: [fn(&mut Created); 8] = [
        |created| created.binding.program_id = address(9),
        |created| created.binding.record = address(9),
        |created| created.binding.creator = address(9),
        |created| created.binding.owner_key = encryption_secret(1, 1).public_key(),
        |created| created.binding.data_public_key.0[0] ^= 1,
        |created| created.proof.challenge[0] ^= 1,
        |created| created.proof.response[0] ^= 1,
        |created| created.proof.response = plus_order(&created.proof.response),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut created = Created::new();
        change(&mut created);
        assert_eq!(
            created.verify(),
            Err(GenerionError::CapsuleProofInvalid),
            "{index}"
        );
    }
}

#[test]
fn the_proof_holds_for_no_other_capsule() {
    let created = Created::new();
    let (mut invalid, mut no_point) = (0, 0);
    for changed in flips(created.capsule.as_bytes()) {
        match (Created {
            capsule: capsule_from(&changed),
            ..Created::new()
        })
        .verify()
        {
            Err(GenerionError::CapsuleProofInvalid) => invalid += 1,
            Err(GenerionError::InvalidPoint) => no_point += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(invalid > 0 && no_point > 0, "{invalid} {no_point}");
    let capsule = Capsule {
        ephemeral: [0; 32],
        ..created.capsule
    };
    assert_eq!(
        Created {
            capsule,
            ..Created::new()
        }
        .verify(),
        Err(GenerionError::InvalidPoint)
    );
}

/// A stranger copies and re-randomises a capsule: it opens to the same element, and needs a proof of its own.
#[test]
fn a_copied_capsule_has_no_proof() {
    let created = Created::new();
    let owner = encryption_secret(1, 0);
    let shift = Scalar::from(4711_u64);
    let point = |bytes| {
        curve25519_dalek::ristretto::CompressedRistretto(bytes)
            .decompress()
            .unwrap()
    };
    let copy = Capsule {
        ephemeral: (point(created.capsule.ephemeral) + RistrettoPoint::mul_base(&shift))
            .compress()
            .to_bytes(),
        masked: (point(created.capsule.masked) + shift * point(owner.public_key().to_bytes()))
            .compress()
            .to_bytes(),
    };
    let opened = capsule::open(&copy, &owner).unwrap();
    assert_eq!(
        opened.record_key(&OWNER, &CREATOR).data_public_key(),
        created.binding.data_public_key
    );
    // The challenge covers the capsule, so adapting the response as well does not help.
    let challenge = Scalar::from(u128::from_le_bytes(created.proof.challenge));
    let response =
        Scalar::from_canonical_bytes(created.proof.response).unwrap() - challenge * shift;
    for response in [created.proof.response, response.to_bytes()] {
        let proof = CapsuleProof {
            response,
            ..created.proof
        };
        let copied = Created {
            capsule: copy,
            proof,
            ..Created::new()
        };
        assert_eq!(copied.verify(), Err(GenerionError::CapsuleProofInvalid));
    }
}
