//! Capsules: how a record's group element travels (ElGamal in ristretto255).

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

/// The scalar `r` of a capsule; its maker keeps it just long enough to prove that it made the capsule.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CapsuleRandomness {
    scalar: Scalar,
}

/// Puts a group element into a capsule for `key`.
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

/// Takes the group element out of a capsule.
///
/// # Errors
/// [`MalformedCapsule`]. A capsule made for another key opens, to another element: compare the data public key.
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

/// What a creator proves its capsule for.
#[derive(Clone, Copy, Debug)]
pub struct RecordBinding {
    /// The program's id.
    pub program_id: Address,
    /// Address of the record to be created.
    pub record: Address,
    /// The creator's wallet.
    pub creator: Address,
    /// The owner's present encryption key.
    pub owner_key: EncryptionKey,
    /// The record's data public key.
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
