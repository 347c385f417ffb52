//! Sealing locators: a libsodium-compatible sealed box to the record's data public key.

use generion_interface::locator::{Locator, LocatorError};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::record::{DataPublicKey, RecordKey};

/// Why a locator can't be sealed or opened. A new variant is a breaking change: the known answers for other implementations
/// have a sample of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedLocatorError {
    /// The locator is sealed to another key, or damaged.
    #[error(
        "the record's locator can't be opened with the record's key: the record's creator is at fault"
    )]
    WrongKey,
    /// The seal does not contain a locator.
    #[error(transparent)]
    Locator(#[from] LocatorError),
}

/// Seals a locator for the ledger.
///
/// # Errors
/// [`SealedLocatorError::Locator`] if the locator is too long.
pub fn seal(
    locator: &Locator,
    key: &DataPublicKey,
    rng: &mut impl CryptoRngCore,
) -> Result<Vec<u8>, SealedLocatorError> {
    let plain = locator.encode()?;
    crypto_box::PublicKey::from_bytes(key.0)
        .seal(rng, &plain)
        .map_err(|_| SealedLocatorError::WrongKey)
}

/// Opens a sealed locator.
///
/// # Errors
/// [`SealedLocatorError`]: the locator is sealed to another key, or the seal contains something else.
pub fn open(sealed: &[u8], key: &RecordKey) -> Result<Locator, SealedLocatorError> {
    let plain = Zeroizing::new(
        key.secret
            .unseal(sealed)
            .map_err(|_| SealedLocatorError::WrongKey)?,
    );
    Ok(Locator::decode(&plain)?)
}
