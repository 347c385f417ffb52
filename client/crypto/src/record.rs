//! A record's key material: a random group element `M`, and an X25519 key pair that is derived from it.

use core::fmt;

use bech32::{Bech32, Hrp};
use curve25519_dalek::ristretto::RistrettoPoint;
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use sha2::Sha256;
use solana_address::Address;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random group element from which a record's keys are derived. It opens the record.
///
/// ```compile_fail,E0277
/// fn print(element: generion_crypto::record::RecordElement) { println!("{element:?}") }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecordElement {
    pub(crate) point: RistrettoPoint,
}

impl RecordElement {
    /// Draws a random element: 64 uniform bytes, mapped to the group.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut uniform = Zeroizing::new([0; 64]);
        rng.fill_bytes(uniform.as_mut());
        Self {
            point: RistrettoPoint::from_uniform_bytes(&uniform),
        }
    }

    /// The record's key, which also depends on the wallets of owner and creator.
    pub fn record_key(&self, owner: &Address, creator: &Address) -> RecordKey {
        let ikm = Zeroizing::new(self.point.compress().to_bytes());
        let mut secret = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"generion/record-key/v1"), ikm.as_ref())
            .expand_multi_info(&[owner.as_ref(), creator.as_ref()], secret.as_mut())
            .expect("32 bytes are within what HKDF-SHA256 gives");
        RecordKey {
            secret: crypto_box::SecretKey::from_bytes(*secret),
        }
    }
}

/// The X25519 secret `d` that opens a record's document and locator.
///
/// ```compile_fail,E0277
/// fn print(key: generion_crypto::record::RecordKey) { println!("{key:?}") }
/// ```
#[derive(Clone)]
pub struct RecordKey {
    pub(crate) secret: crypto_box::SecretKey,
}

impl RecordKey {
    /// The public key, which is on the ledger.
    pub fn data_public_key(&self) -> DataPublicKey {
        DataPublicKey(self.secret.public_key().to_bytes())
    }

    /// The secret as an age identity (`AGE-SECRET-KEY-1...`). Every age tool can open the document with it.
    pub fn to_age_identity(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(self.secret.to_bytes());
        let mut lower =
            bech32::encode::<Bech32>(Hrp::parse_unchecked("age-secret-key-"), bytes.as_ref())
                .expect("32 bytes fit a Bech32 string");
        let upper = Zeroizing::new(lower.to_uppercase());
        lower.zeroize();
        upper
    }
}

/// The X25519 public key that a record's document and locator are encrypted to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DataPublicKey(pub [u8; 32]);

impl DataPublicKey {
    /// The key as an age recipient (`age1...`).
    pub fn to_age_recipient(&self) -> String {
        bech32::encode::<Bech32>(Hrp::parse_unchecked("age"), &self.0)
            .expect("32 bytes fit a Bech32 string")
    }
}

impl fmt::Debug for DataPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataPublicKey({})", self.to_age_recipient())
    }
}
