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
    keys::{EncryptionSecret, PurchaseSecret},
    record::RecordElement,
    settle::{Sale, SettleKey, SettleSecret, UnusableSettleKey},
};

/// A record of a batch, as the ledger has it.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryRecord {
    /// The record's address.
    pub record: Address,
    /// The record's capsule, which its owner can open.
    pub capsule: Capsule,
}

/// A batch to send to the ledger. Until the purchase is settled, it reveals nothing to anybody. After a time-out, send
/// the same bytes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The settle key `S`. The first delivery of a purchase stores it on the ledger. If the ledger holds another one,
    /// somebody lied about the sale: send nothing more.
    pub settle_key: SettleKey,
    /// The proof.
    pub proof: DeliveryProof,
    /// A capsule for `B + S` for each record, in the order of the batch.
    pub capsules: Vec<Capsule>,
}

/// Why a batch can't be made.
/// A new variant is a breaking change, so that every program that advises its users learns of it when it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The capsule of a record does not decode. The program accepts no such capsule.
    #[error("record {0}: its capsule is malformed")]
    MalformedCapsule(Address),
    /// The batch is empty, or has too many records.
    #[error("{0}")]
    Batch(GenerionError),
    /// The sale has no usable settle key.
    #[error(transparent)]
    SettleKey(#[from] UnusableSettleKey),
}

/// Re-encrypts the records of a batch to `K = B + S`, with a proof. `S` is derived here from the seller's own view of the sale.
/// It is not a parameter, because a node that could choose `S` could open the delivery.
///
/// # Errors
/// [`DeliveryError`]: a capsule does not decode, or the batch is empty or larger than a delivery may be.
pub fn deliver(
    owner: &EncryptionSecret,
    sale: &Sale,
    records: &[DeliveryRecord],
    rng: &mut impl CryptoRngCore,
) -> Result<Delivery, DeliveryError> {
    let Sale {
        deployment,
        purchase,
        deadline,
        buyer_key,
        terms,
    } = sale;
    let settle_key = SettleSecret::derive(owner, sale)?.public_key();
    let delivery_key = settle_key
        .delivery_key(buyer_key)
        .ok_or(UnusableSettleKey)?;
    let hedge = HedgedScalars::new(owner, purchase, rng);

    let mut record_ephemerals = Vec::with_capacity(records.len());
    let mut ephemeral_scalars = Zeroizing::new(Vec::with_capacity(records.len()));
    let mut capsules = Vec::with_capacity(records.len());
    for (index, DeliveryRecord { record, capsule }) in records.iter().enumerate() {
        let malformed = |MalformedCapsule| DeliveryError::MalformedCapsule(*record);
        record_ephemerals.push(capsule::decode(capsule).map_err(malformed)?.0);
        let element = capsule::open(capsule, owner).map_err(malformed)?;
        let context: [&[u8]; 4] = [
            &buyer_key.to_bytes(),
            &settle_key.to_bytes(),
            record.as_ref(),
            capsule.as_bytes(),
        ];
        let scalar = hedge.scalar(b"ephemeral", index, &context.concat());
        capsules.push(capsule::encrypt(&element, &delivery_key, &scalar));
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
        program_id: &deployment.program_id,
        purchase,
        deadline: *deadline,
        terms,
        owner_key: &owner.public_key().to_bytes(),
        buyer_key: &buyer_key.to_bytes(),
        settle_key: &settle_key.to_bytes(),
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
        k2 * delivery_key.point() - k1 * folded,
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
    Ok(Delivery {
        settle_key,
        proof,
        capsules,
    })
}

/// Decrypts the group element of a capsule of a settled purchase: `M = C' - (b + s) R'`.
///
/// # Errors
/// [`MalformedCapsule`]. With the secrets of another purchase, the result is another element and no error: compare the
/// data public key.
pub fn open_settled(
    capsule: &Capsule,
    purchase_secret: &PurchaseSecret,
    settle_secret: &SettleSecret,
) -> Result<RecordElement, MalformedCapsule> {
    let (ephemeral, masked) = capsule::decode(capsule)?;
    let mut secret = purchase_secret.scalar() + settle_secret.scalar();
    let element = RecordElement {
        point: masked - secret * ephemeral,
    };
    secret.zeroize();
    Ok(element)
}

/// Random scalars that stay secret even if the random generator fails, because the owner's secret and everything that a
/// scalar is used for are mixed in. Otherwise two batches of one purchase would share `k1` in that case, which would
/// reveal `x`.
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
