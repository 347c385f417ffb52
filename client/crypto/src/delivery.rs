//! Delivery: re-encrypts record keys to a buyer and proves it to the ledger (docs/PROTOCOL.md, section 6).

use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use generion::{
    GenerionError,
    proof::{
        Capsule,
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement, challenge, weights},
    },
};
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use sha2::Sha512;
use solana_address::Address;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    capsule::{self, MalformedCapsule},
    keys::{EncryptionSecret, PurchaseKey},
};

/// A record of the batch, as it stands on the ledger.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryRecord {
    /// The record's address.
    pub record: Address,
    /// Its capsule for the owner.
    pub capsule: Capsule,
}

/// A batch for the ledger. It reveals nothing but to the buyer: on a timeout the same bytes are sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The proof.
    pub proof: DeliveryProof,
    /// One capsule for the buyer for each record, in the batch's order.
    pub capsules: Vec<Capsule>,
}

/// Why a batch could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// A record's capsule does not decode, which the program would not have accepted.
    #[error("record {0}: its capsule is malformed")]
    MalformedCapsule(Address),
    /// Empty, or too many records.
    #[error("{0}")]
    Batch(GenerionError),
}

/// Re-encrypts the records of a batch to the buyer and proves it.
///
/// # Errors
/// [`DeliveryError`]: a capsule that does not decode, or a batch that is empty or larger than one delivery takes.
pub fn deliver(
    program_id: &Address,
    purchase: &Address,
    owner: &EncryptionSecret,
    buyer_key: &PurchaseKey,
    records: &[DeliveryRecord],
    rng: &mut impl CryptoRngCore,
) -> Result<Delivery, DeliveryError> {
    let hedge = HedgedScalars::new(owner, purchase, rng);

    let mut record_ephemerals = Vec::with_capacity(records.len());
    let mut ephemeral_scalars = Zeroizing::new(Vec::with_capacity(records.len()));
    let mut capsules = Vec::with_capacity(records.len());
    for (index, DeliveryRecord { record, capsule }) in records.iter().enumerate() {
        let malformed = |MalformedCapsule| DeliveryError::MalformedCapsule(*record);
        record_ephemerals.push(capsule::decode(capsule).map_err(malformed)?.0);
        let element = capsule::open(capsule, owner).map_err(malformed)?;
        let context: [&[u8]; 3] = [&buyer_key.to_bytes(), record.as_ref(), capsule.as_bytes()];
        let scalar = hedge.scalar(b"ephemeral", index, &context.concat());
        capsules.push(capsule::encrypt(&element, buyer_key, &scalar));
        ephemeral_scalars.push(scalar);
    }

    let items: Vec<_> = records
        .iter()
        .zip(&capsules)
        .map(
            |(DeliveryRecord { record, capsule }, delivered)| DeliveryItem {
                record,
                capsule,
                delivered,
            },
        )
        .collect();
    let seed = DeliveryStatement {
        program_id,
        purchase,
        owner_key: &owner.public_key().to_bytes(),
        buyer_key: &buyer_key.to_bytes(),
        items: &items,
    }
    .seed()
    .map_err(DeliveryError::Batch)?;
    let weights: Vec<Scalar> = weights(&seed, records.len()).map(Scalar::from).collect();
    let folded: RistrettoPoint = weights
        .iter()
        .zip(&record_ephemerals)
        .map(|(weight, point)| weight * point)
        .sum();
    let mut folded_scalar: Scalar = weights
        .iter()
        .zip(ephemeral_scalars.iter())
        .map(|(weight, scalar)| weight * scalar)
        .sum();

    let [mut k1, mut k2] = [1, 2].map(|index| hedge.scalar(b"commitment", index, &seed));
    let commitments = [
        RistrettoPoint::mul_base(&k1),
        RistrettoPoint::mul_base(&k2),
        k2 * buyer_key.point() - k1 * folded,
    ]
    .map(|point| point.compress().to_bytes());
    let challenge = challenge(&seed, &commitments);
    let e = Scalar::from(u128::from_le_bytes(challenge));
    let proof = DeliveryProof {
        challenge,
        owner_response: (k1 - e * owner.scalar()).to_bytes(),
        ephemeral_response: (k2 - e * folded_scalar).to_bytes(),
    };
    for secret in [&mut k1, &mut k2, &mut folded_scalar] {
        secret.zeroize();
    }
    Ok(Delivery { proof, capsules })
}

/// Random scalars that stay secret even where the random generator fails: it is mixed with the owner's secret, and with
/// all that a scalar is used for. Two batches of one purchase would otherwise share `k1` then, which gives away `x`.
struct HedgedScalars<'a> {
    hkdf: Hkdf<Sha512>,
    purchase: &'a Address,
}

impl<'a> HedgedScalars<'a> {
    fn new(owner: &EncryptionSecret, purchase: &'a Address, rng: &mut impl CryptoRngCore) -> Self {
        let mut ikm = Zeroizing::new([0; 96]);
        ikm[..32].copy_from_slice(owner.to_bytes().as_ref());
        rng.fill_bytes(&mut ikm[32..]);
        Self {
            hkdf: Hkdf::new(None, ikm.as_ref()),
            purchase,
        }
    }

    fn scalar(&self, label: &[u8], index: usize, context: &[u8]) -> Scalar {
        let mut wide = Zeroizing::new([0; 64]);
        let index = u8::try_from(index).unwrap_or(u8::MAX); // batches are far shorter, which `seed` checks
        self.hkdf
            .expand_multi_info(
                &[self.purchase.as_ref(), label, &[index], context],
                wide.as_mut(),
            )
            .expect("64 bytes are within what HKDF-SHA512 gives");
        Scalar::from_bytes_mod_order_wide(&wide)
    }
}
