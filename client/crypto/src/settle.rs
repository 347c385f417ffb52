//! The seller's secret that settles a purchase (docs/PROTOCOL.md, section 6). A delivery can be opened only with the
//! buyer's secret and this one together. The program takes it, publishes it, and pays.

use core::fmt;

use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use generion_interface::Deployment;
use hkdf::Hkdf;
use sha2::Sha512;
use solana_address::Address;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    keys::{DeliveryKey, EncryptionSecret, PublicKey, PurchaseKey},
    point::KeyPoint,
};

/// A seller's view of a purchase. The settle secret is derived from all of it. If a node lied to the seller about a part, the
/// capsules are for another secret, which is never shown to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The cluster, and the program on it.
    pub deployment: Deployment,
    /// The address of the purchase.
    pub purchase: Address,
    /// The deadline of the purchase, in Unix seconds.
    pub deadline: i64,
    /// `B`, the buyer's key for this purchase.
    pub buyer_key: PurchaseKey,
    /// Hash of the order's terms ([`generion::state::Terms::hash`]). The terms contain the addresses of the records,
    /// which the seller recomputed from the contents.
    pub terms: [u8; 32],
}

/// `s` or `B + S` is zero. The probability of that is negligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the purchase has no usable settle key: refund it")]
pub struct UnusableSettleKey;

/// The seller's secret `s` for one purchase.
///
/// ```compile_fail,E0277
/// fn print(secret: generion_crypto::settle::SettleSecret) { println!("{secret:?}") }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SettleSecret {
    scalar: Scalar,
}

impl SettleSecret {
    /// Derives the secret for a sale from the owner's secret for the key that the records were made for: 64 bytes of
    /// HKDF-SHA512 with salt `generion/settle-key/v1`, ikm `x` and info `genesis || program || purchase || deadline ||
    /// B || terms`, reduced mod `l`. The same sale always gives the same secret, so nothing has to be stored, and two
    /// agents of one seller agree.
    ///
    /// # Errors
    /// [`UnusableSettleKey`].
    pub fn derive(owner: &EncryptionSecret, sale: &Sale) -> Result<Self, UnusableSettleKey> {
        let Sale {
            deployment,
            purchase,
            deadline,
            buyer_key,
            terms,
        } = sale;
        let mut wide = Zeroizing::new([0; 64]);
        Hkdf::<Sha512>::new(Some(b"generion/settle-key/v1"), owner.to_bytes().as_ref())
            .expand_multi_info(
                &[
                    deployment.genesis.as_ref(),
                    deployment.program_id.as_ref(),
                    purchase.as_ref(),
                    &deadline.to_le_bytes(),
                    &buyer_key.to_bytes(),
                    terms,
                ],
                wide.as_mut(),
            )
            .expect("64 bytes are within what HKDF-SHA512 gives");
        let secret =
            Self::new(Scalar::from_bytes_mod_order_wide(&wide)).ok_or(UnusableSettleKey)?;
        secret
            .public_key()
            .delivery_key(buyer_key)
            .ok_or(UnusableSettleKey)?;
        Ok(secret)
    }

    fn new(scalar: Scalar) -> Option<Self> {
        (scalar != Scalar::ZERO).then_some(Self { scalar })
    }

    /// Decodes a secret from the ledger. `None` if it is not a canonical scalar, or zero. Use [`Self::is_of`] to see
    /// whether it belongs to a sale.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        Scalar::from_canonical_bytes(*bytes)
            .into_option()
            .and_then(Self::new)
    }

    /// The secret as the instruction `settle` takes it, as 32 canonical little-endian bytes. A buyer who sees it before
    /// the purchase is locked can open the delivery and still get the price refunded.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.scalar.to_bytes())
    }

    /// `S = sG`.
    pub fn public_key(&self) -> SettleKey {
        let point = KeyPoint::new(RistrettoPoint::mul_base(&self.scalar));
        SettleKey {
            point: point.expect("the scalar is not zero"),
        }
    }

    /// Whether this is the secret of `S`, the settle key that a purchase held before it was settled.
    pub fn is_of(&self, settle_key: &[u8; 32]) -> bool {
        self.public_key().to_bytes() == *settle_key
    }

    pub(crate) fn scalar(&self) -> &Scalar {
        &self.scalar
    }
}

/// `S`, the public key of the secret that settles a purchase: a point other than the identity. It has a type of its
/// own, because nothing is ever encrypted to `S` alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SettleKey {
    point: KeyPoint,
}

impl SettleKey {
    /// Decodes a key. `None` if it is not a canonical point, or the identity.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        KeyPoint::decode(bytes).map(|point| Self { point })
    }

    /// The key as 32 canonical bytes.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.point.to_bytes()
    }

    /// `K = B + S`, the key that the capsules of a delivery are encrypted to. `None` if the sum is the identity.
    pub fn delivery_key(&self, buyer_key: &PurchaseKey) -> Option<DeliveryKey> {
        PublicKey::new(buyer_key.point() + self.point.point())
    }
}

impl fmt::Debug for SettleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettleKey({})", Address::new_from_array(self.to_bytes()))
    }
}
