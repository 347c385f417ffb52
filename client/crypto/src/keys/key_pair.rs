//! Key pairs that are derived from a wallet.

use core::{fmt, marker::PhantomData};

use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar};
use ed25519_dalek::{Signature, VerifyingKey};
use generion_interface::Deployment;
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use sha2::Sha512;
use solana_address::Address;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::point::KeyPoint;

/// The purpose of a key. Keys of different purposes have different types, so that they can't be confused.
///
/// ```
/// # use generion_crypto::keys::{EncryptionKey, PurchaseKey};
/// fn share_with(_: EncryptionKey) {}
/// fn share(key: EncryptionKey) { share_with(key) }
/// ```
/// ```compile_fail,E0308
/// # use generion_crypto::keys::{EncryptionKey, PurchaseKey};
/// fn share_with(_: EncryptionKey) {}
/// fn share(key: PurchaseKey) { share_with(key) }
/// ```
pub trait KeyUse: 'static {}

/// A purpose whose keys are derived from a wallet.
pub trait WalletKeyUse: KeyUse {
    /// The salt of the derivation.
    const SALT: &'static [u8];
}

/// For all records that are written for or shared with a user.
pub enum Encryption {}

/// For one purchase.
pub enum ForPurchase {}

/// For all seats of one study, and for the letters of applicants.
pub enum ForStudy {}

/// For the deliveries of one purchase.
pub enum ForDelivery {}

impl KeyUse for Encryption {}
impl KeyUse for ForPurchase {}
impl KeyUse for ForStudy {}
impl KeyUse for ForDelivery {}

impl WalletKeyUse for Encryption {
    const SALT: &'static [u8] = b"generion/encryption-key/v1";
}

impl WalletKeyUse for ForPurchase {
    const SALT: &'static [u8] = b"generion/purchase-key/v1";
}

impl WalletKeyUse for ForStudy {
    const SALT: &'static [u8] = b"generion/study-key/v1";
}

/// A user's secret `x`.
pub type EncryptionSecret = SecretKey<Encryption>;
/// A user's public key `X = xG`, which is on the ledger.
pub type EncryptionKey = PublicKey<Encryption>;
/// A buyer's secret `b` for one purchase.
pub type PurchaseSecret = SecretKey<ForPurchase>;
/// A buyer's public key `B = bG` for one purchase.
pub type PurchaseKey = PublicKey<ForPurchase>;
/// A sponsor's secret `b` for one study. It opens everything that the study collects, and all letters.
pub type StudySecret = SecretKey<ForStudy>;
/// A sponsor's public key `B = bG` for one study: the buyer's key of each seat.
pub type StudyKey = PublicKey<ForStudy>;
/// `K = B + S`, which the capsules of a delivery are encrypted to. Its secret is the sum of the buyer's `b` and the
/// seller's `s`, which the ledger gets when the purchase is settled.
pub type DeliveryKey = PublicKey<ForDelivery>;

const WARNING: &str = "WARNING: whoever has this signature can read all your health records. Sign only in the Generion app.";

/// The line that a wallet signs to derive its encryption key with an index. It names the cluster, so that an app on a
/// test cluster never gets the secret of the main one.
pub fn encryption_key_line(deployment: &Deployment, index: u32) -> String {
    let Deployment {
        genesis,
        program_id,
    } = deployment;
    format!(
        "Generion encryption key v1. {WARNING} genesis={genesis} program={program_id} index={index}"
    )
}

/// The line that a wallet signs to derive its key for a purchase of an order.
pub fn purchase_key_line(deployment: &Deployment, order: &Address) -> String {
    let Deployment {
        genesis,
        program_id,
    } = deployment;
    format!(
        "Generion purchase key v1. {WARNING} genesis={genesis} program={program_id} order={order}"
    )
}

/// The line that a sponsor's wallet signs to derive its key for a study.
pub fn study_key_line(deployment: &Deployment, study: &Address) -> String {
    let Deployment {
        genesis,
        program_id,
    } = deployment;
    format!(
        "Generion study key v1. WARNING: whoever has this signature can read all data that this study collects. Sign only in the Generion app. genesis={genesis} program={program_id} study={study}"
    )
}

/// Why keys can't be derived from a wallet's signer. A new variant is a breaking change: the known answers for other
/// implementations have a sample of each.
#[derive(Debug, thiserror::Error)]
pub enum DerivationError<E> {
    /// The signer returned an error.
    #[error(transparent)]
    Signer(E),
    /// Two signatures over the same line differ.
    #[error(
        "wallet {0} signs the same text differently each time: use a key file instead of deriving keys from it"
    )]
    NotDeterministic(Address),
    /// The signature is not the wallet's, or not over the plain line.
    #[error("wallet {0} does not sign plain text: use a key file instead of deriving keys from it")]
    NotPlain(Address),
}

/// A secret scalar that opens capsules. Unlike a public key, it can't be printed.
///
/// ```
/// fn print(key: generion_crypto::keys::EncryptionKey) { println!("{key:?}") }
/// ```
/// ```compile_fail,E0277
/// fn print(secret: generion_crypto::keys::EncryptionSecret) { println!("{secret:?}") }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SecretKey<U: KeyUse> {
    scalar: Scalar,
    #[zeroize(skip)]
    key_use: PhantomData<U>,
}

impl<U: WalletKeyUse> SecretKey<U> {
    /// Derives the secret from a wallet. `sign` is called twice with `line`, and the signatures never leave this
    /// function.
    ///
    /// # Errors
    /// [`DerivationError`]: the signer fails, is not deterministic, or wraps the text that it signs.
    fn derive<E>(
        wallet: &Address,
        line: &str,
        mut sign: impl FnMut(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, DerivationError<E>> {
        let signature = Zeroizing::new(sign(line.as_bytes()).map_err(DerivationError::Signer)?);
        let again = Zeroizing::new(sign(line.as_bytes()).map_err(DerivationError::Signer)?);
        if signature != again {
            return Err(DerivationError::NotDeterministic(*wallet));
        }
        VerifyingKey::from_bytes(wallet.as_array())
            .and_then(|key| key.verify_strict(line.as_bytes(), &Signature::from_bytes(&signature)))
            .map_err(|_| DerivationError::NotPlain(*wallet))?;
        Ok(Self::from_signature(&signature))
    }

    fn from_signature(signature: &[u8; 64]) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        Hkdf::<Sha512>::new(Some(U::SALT), signature)
            .expand(&[], wide.as_mut())
            .expect("64 bytes are within what HKDF-SHA512 gives");
        Self::from_wide(&wide)
    }
}

impl<U: KeyUse> SecretKey<U> {
    pub(crate) fn from_wide(wide: &[u8; 64]) -> Self {
        Self {
            scalar: Scalar::from_bytes_mod_order_wide(wide),
            key_use: PhantomData,
        }
    }

    /// Decodes an exported secret. `None` if it is not a canonical scalar, or zero.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let scalar = Scalar::from_canonical_bytes(*bytes)
            .into_option()
            .filter(|scalar| *scalar != Scalar::ZERO)?;
        Some(Self {
            scalar,
            key_use: PhantomData,
        })
    }

    /// The secret for export, 32 canonical little-endian bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.scalar.to_bytes())
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey<U> {
        PublicKey::new(RistrettoPoint::mul_base(&self.scalar)).expect("the scalar is not zero")
    }

    pub(crate) fn scalar(&self) -> &Scalar {
        &self.scalar
    }
}

impl EncryptionSecret {
    /// Derives a user's secret with this index from the wallet that `sign` signs for.
    ///
    /// # Errors
    /// The signer fails, is not deterministic, or wraps the text that it signs.
    pub fn derive_from_wallet<E>(
        wallet: &Address,
        deployment: &Deployment,
        index: u32,
        sign: impl FnMut(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, DerivationError<E>> {
        Self::derive(wallet, &encryption_key_line(deployment, index), sign)
    }
}

impl PurchaseSecret {
    /// Derives a buyer's secret for a purchase of `order` from the wallet that `sign` signs for.
    ///
    /// # Errors
    /// The signer fails, is not deterministic, or wraps the text that it signs.
    pub fn derive_from_wallet<E>(
        wallet: &Address,
        deployment: &Deployment,
        order: &Address,
        sign: impl FnMut(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, DerivationError<E>> {
        Self::derive(wallet, &purchase_key_line(deployment, order), sign)
    }
}

impl StudySecret {
    /// Derives a sponsor's secret for `study` from the wallet that `sign` signs for.
    ///
    /// # Errors
    /// The signer fails, is not deterministic, or wraps the text that it signs.
    pub fn derive_from_wallet<E>(
        wallet: &Address,
        deployment: &Deployment,
        study: &Address,
        sign: impl FnMut(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, DerivationError<E>> {
        Self::derive(wallet, &study_key_line(deployment, study), sign)
    }

    /// A secret for a sponsor's wallet that can't sign text. It has to be on the disk before the study is created.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut());
        Self::from_wide(&wide)
    }

    /// The same secret as the buyer's secret of a seat: a seat is a purchase whose buyer's key is the study's.
    pub fn for_seats(&self) -> PurchaseSecret {
        SecretKey {
            scalar: self.scalar,
            key_use: PhantomData,
        }
    }
}

impl StudyKey {
    /// The same key as the buyer's key of a seat.
    pub const fn for_seats(&self) -> PurchaseKey {
        PublicKey::of(self.point)
    }
}

/// A public key that capsules are encrypted to: a point other than the identity.
pub struct PublicKey<U: KeyUse> {
    point: KeyPoint,
    key_use: PhantomData<U>,
}

impl<U: KeyUse> PublicKey<U> {
    /// Decodes a key. `None` if it is not a canonical point, or the identity.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        KeyPoint::decode(bytes).map(Self::of)
    }

    /// The key as 32 canonical bytes.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.point.to_bytes()
    }

    /// `None`: the point is the identity.
    pub(crate) fn new(point: RistrettoPoint) -> Option<Self> {
        KeyPoint::new(point).map(Self::of)
    }

    const fn of(point: KeyPoint) -> Self {
        Self {
            point,
            key_use: PhantomData,
        }
    }

    pub(crate) fn point(&self) -> &RistrettoPoint {
        self.point.point()
    }
}

impl<U: KeyUse> Clone for PublicKey<U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U: KeyUse> Copy for PublicKey<U> {}

impl<U: KeyUse> PartialEq for PublicKey<U> {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl<U: KeyUse> Eq for PublicKey<U> {}

impl<U: KeyUse> fmt::Debug for PublicKey<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", Address::new_from_array(self.to_bytes()))
    }
}
