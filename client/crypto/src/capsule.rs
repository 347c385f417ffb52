//! Capsules: a record's group element, encrypted to a key (ElGamal in ristretto255).

use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
    traits::IsIdentity,
};
use generion::proof::{
    Capsule,
    capsule::{CapsuleProof, CapsuleStatement},
};
use rand_core::CryptoRngCore;
use solana_address::Address;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    keys::{EncryptionKey, KeyUse, PublicKey, SecretKey},
    record::{DataPublicKey, RecordElement},
};

/// A capsule that can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the capsule is malformed: its halves are not canonical points")]
pub struct MalformedCapsule;

/// The scalar `r` of a capsule. Its maker keeps it until the proof about the capsule is made.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CapsuleRandomness {
    scalar: Scalar,
}

/// Encrypts a group element to `key`.
pub fn seal<U: KeyUse>(
    element: &RecordElement,
    key: &PublicKey<U>,
    rng: &mut impl CryptoRngCore,
) -> (Capsule, CapsuleRandomness) {
    let randomness = CapsuleRandomness {
        scalar: Scalar::random(rng),
    };
    (encrypt(element, key, &randomness.scalar), randomness)
}

pub(crate) fn encrypt<U: KeyUse>(
    element: &RecordElement,
    key: &PublicKey<U>,
    r: &Scalar,
) -> Capsule {
    Capsule {
        ephemeral: RistrettoPoint::mul_base(r).compress().to_bytes(),
        masked: (element.point + r * key.point()).compress().to_bytes(),
    }
}

/// Decrypts the group element of a capsule.
///
/// # Errors
/// [`MalformedCapsule`]. With the secret of another key, the result is another element and no error: compare the data
/// public key.
pub fn open<U: KeyUse>(
    capsule: &Capsule,
    secret: &SecretKey<U>,
) -> Result<RecordElement, MalformedCapsule> {
    let (ephemeral, masked) = decode(capsule)?;
    Ok(RecordElement {
        point: masked - secret.scalar() * ephemeral,
    })
}

pub(crate) fn decode(
    capsule: &Capsule,
) -> Result<(RistrettoPoint, RistrettoPoint), MalformedCapsule> {
    let ephemeral = CompressedRistretto(capsule.ephemeral)
        .decompress()
        .filter(|point| !point.is_identity());
    let masked = CompressedRistretto(capsule.masked).decompress();
    ephemeral.zip(masked).ok_or(MalformedCapsule)
}

/// The statement that a creator's proof is about.
#[derive(Clone, Copy, Debug)]
pub struct RecordBinding {
    /// The id of the program.
    pub program_id: Address,
    /// The address of the record to be created.
    pub record: Address,
    /// The wallet of the creator.
    pub creator: Address,
    /// The current encryption key of the owner.
    pub owner_key: EncryptionKey,
    /// The data public key of the record.
    pub data_public_key: DataPublicKey,
}

/// Proves that the holder of `randomness` made `capsule`, for this record and this owner key.
pub fn prove(
    binding: &RecordBinding,
    capsule: &Capsule,
    randomness: &CapsuleRandomness,
    rng: &mut impl CryptoRngCore,
) -> CapsuleProof {
    let mut nonce = Scalar::random(rng);
    let challenge = CapsuleStatement {
        program_id: &binding.program_id,
        record: &binding.record,
        creator: &binding.creator,
        owner_key: &binding.owner_key.to_bytes(),
        data_public_key: &binding.data_public_key.0,
        capsule,
    }
    .challenge(&RistrettoPoint::mul_base(&nonce).compress().to_bytes());
    let response = nonce - Scalar::from(u128::from_le_bytes(challenge)) * randomness.scalar;
    nonce.zeroize();
    CapsuleProof {
        challenge,
        response: response.to_bytes(),
    }
}
