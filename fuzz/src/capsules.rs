//! Capsule proofs and capsules: the verifier accepts only the proven statement, and agrees with a second
//! implementation of the formula.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
    traits::IsIdentity,
};
use generion::proof::{Capsule, capsule::CapsuleProof};
use generion_crypto::{
    capsule::{self, RecordBinding},
    keys::EncryptionSecret,
    record::RecordElement,
};
use generion_reference_proofs::capsule::Statement;
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::change::{Change, Shape, read};
use generion_native::world::{CREATOR, SELLER, rng, secret};

// Program, record, creator, owner key, data public key, R, C, c (16 bytes), z.
const OWNER_KEY: usize = 96;
const EPHEMERAL: usize = 160;
const MASKED: usize = 192;
const CHALLENGE: usize = 224;
const RESPONSE: usize = 240;
const LEN: usize = 272;

/// An honest statement with its proof, and the capsule's group element.
struct Honest {
    bytes: Vec<u8>,
    data_public_key: [u8; 32],
}

static HONEST: LazyLock<Vec<Honest>> = LazyLock::new(|| (0..4).map(honest).collect());

fn honest(seed: u64) -> Honest {
    let rng = &mut rng(100 + seed);
    let owner_key = owner().public_key();
    let element = RecordElement::random(rng);
    let data_public_key = element.record_key(&SELLER, &CREATOR).data_public_key();
    let (capsule, randomness) = capsule::seal(&element, &owner_key, rng);
    let binding = RecordBinding {
        program_id: generion::ID,
        record: Address::new_from_array([9; 32]),
        creator: CREATOR,
        owner_key,
        data_public_key,
    };
    let proof = capsule::prove(&binding, &capsule, &randomness, rng);
    let bytes = [
        binding.program_id.as_ref(),
        binding.record.as_ref(),
        binding.creator.as_ref(),
        &owner_key.to_bytes(),
        &data_public_key.0,
        capsule.as_bytes(),
        &proof.challenge,
        &proof.response,
    ]
    .concat();
    assert_eq!(bytes.len(), LEN);
    Honest {
        bytes,
        data_public_key: data_public_key.0,
    }
}

fn owner() -> EncryptionSecret {
    secret(7)
}

/// An honest statement, and changes to it.
#[derive(Debug, Arbitrary)]
struct Input {
    statement: u8,
    changes: Vec<Change>,
}

/// Any bytes are an input: they select changes.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![Vec::new()];
    seeds.extend((0..=255).step_by(32).map(|byte| vec![byte; 24]));
    seeds
}

/// Changes an honest statement and verifies it.
pub fn run(input: &[u8]) {
    let Ok(Input { statement, changes }) = Input::arbitrary_take_rest(Unstructured::new(input))
    else {
        return;
    };
    let honest = &HONEST[usize::from(statement) % HONEST.len()];
    let shape = Shape {
        points: vec![OWNER_KEY, EPHEMERAL, MASKED],
        scalars: vec![RESPONSE],
    };
    let mut bytes = honest.bytes.clone();
    for change in changes.into_iter().take(8) {
        change.apply(&mut bytes, &shape);
    }

    let accepted = verify(&bytes);
    assert_eq!(accepted, bytes == honest.bytes, "of {statement}");
    assert_eq!(accepted, formula(&bytes).is_some(), "of {statement}");
    opens(&bytes, honest);
}

fn capsule_of(bytes: &[u8]) -> Capsule {
    Capsule {
        ephemeral: read(bytes, EPHEMERAL),
        masked: read(bytes, MASKED),
    }
}

/// The program's answer.
fn verify(bytes: &[u8]) -> bool {
    let proof = CapsuleProof {
        challenge: bytes[CHALLENGE..RESPONSE].try_into().expect("16 bytes"),
        response: read(bytes, RESPONSE),
    };
    statement(bytes).verify(&proof).is_ok()
}

fn statement(bytes: &[u8]) -> Statement {
    let address = |offset| Address::new_from_array(read(bytes, offset));
    Statement {
        program_id: address(0),
        record: address(32),
        creator: address(64),
        owner_key: read(bytes, OWNER_KEY),
        data_public_key: read(bytes, 128),
        capsule: capsule_of(bytes),
    }
}

/// docs/PROTOCOL.md, section 2: `T = zG + cR`, and the hash of the statement and `T` is `c`.
fn formula(bytes: &[u8]) -> Option<()> {
    let point = |offset| CompressedRistretto(read(bytes, offset)).decompress();
    let ephemeral = point(EPHEMERAL).filter(|point| !point.is_identity())?;
    point(MASKED)?;
    let challenge = &bytes[CHALLENGE..RESPONSE];
    let c = Scalar::from(u128::from_le_bytes(challenge.try_into().ok()?));
    let z = Scalar::from_canonical_bytes(read(bytes, RESPONSE)).into_option()?;
    let commitment = RistrettoPoint::vartime_double_scalar_mul_basepoint(&c, &ephemeral, &z);
    let hash = Sha256::new()
        .chain_update(statement(bytes).to_bytes())
        .chain_update(commitment.compress().as_bytes())
        .finalize();
    (hash[..16] == *challenge).then_some(())
}

/// A capsule opens to its record's key if it is the honest one, and to no record's key otherwise.
fn opens(bytes: &[u8], honest: &Honest) {
    let is_honest = bytes[EPHEMERAL..CHALLENGE] == honest.bytes[EPHEMERAL..CHALLENGE];
    let opened = capsule::open(&capsule_of(bytes), &owner())
        .map(|element| element.record_key(&SELLER, &CREATOR).data_public_key().0);
    assert_eq!(opened == Ok(honest.data_public_key), is_honest);
}
