//! Sealing locators: a libsodium-compatible sealed box to the record's data public key.

use generion_interface::locator::{Locator, LocatorError};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::record::{DataPublicKey, RecordKey};

/// Why a sealed locator could not be made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedLocatorError {
    /// The seal was made for another key, or is damaged.
    #[error(
        "the record's locator does not open with the record's key: the record's creator is at fault"
    )]
    WrongKey,
    /// What is in the seal is no locator.
    #[error(transparent)]
    Locator(#[from] LocatorError),
}

/// Seals a locator for the ledger.
///
/// # Errors
/// [`SealedLocatorError::Locator`] where it is too long.
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
/// [`SealedLocatorError`]: a seal for another key, or something else than a locator in it.
pub fn open(sealed: &[u8], key: &RecordKey) -> Result<Locator, SealedLocatorError> {
    let plain = Zeroizing::new(
        key.secret
            .unseal(sealed)
            .map_err(|_| SealedLocatorError::WrongKey)?,
    );
    Ok(Locator::decode(&plain)?)
}
