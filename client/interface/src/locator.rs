//! Locators: the locations of a record's encrypted document and a description of its content (docs/PROTOCOL.md, section 3).
//! On the ledger a locator is sealed to the record's data public key; this module has its plain text.

mod reach;
mod store_url;

use borsh::{BorshDeserialize, BorshSerialize};

pub use reach::is_public;
pub use store_url::{InvalidStoreUrl, StoreUrl};

use crate::store::DocumentId;

/// Version of the encoding.
pub const VERSION: u8 = 2;
/// Largest number of stores in a locator.
pub const MAX_STORES: usize = 3;
/// Lengths to which encoded locators are padded, so that the length reveals almost nothing. Nearly all locators fit the
/// shorter length (`tests::lengths` has the measurement), the others the longer one.
pub const PADDED_LENGTHS: [usize; 2] = [256, 448];
/// Number of bytes that a libsodium sealed box adds.
pub const SEAL_OVERHEAD: usize = 48;

const _: () = assert!(PADDED_LENGTHS[1] + SEAL_OVERHEAD <= generion::constants::MAX_LOCATOR_LEN);

/// The locations of an encrypted document, and a description of its content. It comes from a stranger: a client decides
/// which addresses it follows, and never opens the files that it finds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    /// The stores that have the ciphertext: 1 to [`MAX_STORES`] different ones. A client tries them in this order.
    pub stores: Vec<StoreUrl>,
    /// SHA-256 of the ciphertext.
    pub sha256: [u8; 32],
    /// Size of the ciphertext in bytes.
    pub size: u64,
    /// Media type of the plain text, e.g. `application/fhir+json`.
    pub media_type: String,
    /// Kind of the document, e.g. `fhir:Observation/4548-4`.
    pub kind: String,
    /// The profile that determines which facts follow from the document, e.g. `document/1`.
    pub profile: String,
    /// Contents hash of the document's research copy, if there is one.
    pub copy: Option<[u8; 32]>,
    /// The creator's signature over the line of [`RecordAttestation`](crate::attestation::RecordAttestation), if there is
    /// one.
    pub signature: Option<[u8; 64]>,
}

/// Why a locator could not be encoded or decoded. A new variant is a breaking change: the known answers for other
/// implementations have a sample of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocatorError {
    /// The locator is too long for the ledger.
    #[error(
        "the locator takes {0} bytes, the ledger holds at most {max}: use fewer or shorter store addresses, a shorter media type or kind",
        max = PADDED_LENGTHS[1]
    )]
    TooLong(usize),
    /// There are no stores, too many, or one is repeated.
    #[error("a locator names 1 to {MAX_STORES} different stores, not {0}")]
    Stores(usize),
    /// The bytes are not an encoded locator.
    #[error("the locator is malformed: its creator's software is at fault, ask for a new record")]
    Malformed,
    /// The bytes have the previous version of the encoding, which named one address.
    #[error(
        "the locator has version 1, which no released software wrote: ask the record's creator to write it anew"
    )]
    Version1,
    /// This software does not know the version.
    #[error("the locator has version {0}, this software knows version {VERSION}: update it")]
    UnknownVersion(u8),
}

/// The Borsh encoding. Optional fields have a fixed size and are zeros if absent, so that their absence is not visible.
#[derive(BorshSerialize, BorshDeserialize)]
struct Encoded {
    version: u8,
    stores: Vec<String>,
    sha256: [u8; 32],
    size: u64,
    media_type: String,
    kind: String,
    profile: String,
    copy: [u8; 32],
    signature: [u8; 64],
}

impl Locator {
    /// The document's addresses, one for each store.
    pub fn documents(&self) -> impl Iterator<Item = String> + '_ {
        let document = DocumentId::from_bytes(self.sha256);
        self.stores
            .iter()
            .map(move |store| store.document(&document))
    }

    /// The Borsh encoding, padded with zeros to the shortest of [`PADDED_LENGTHS`] that fits.
    ///
    /// # Errors
    /// `Stores`; `TooLong` if it exceeds the longest; `Malformed` if `copy` or `signature` is present and all zeros.
    pub fn encode(&self) -> Result<Vec<u8>, LocatorError> {
        self.check_stores()?;
        let fixed = Encoded {
            version: VERSION,
            stores: self.stores.iter().map(StoreUrl::to_string).collect(),
            sha256: self.sha256,
            size: self.size,
            media_type: self.media_type.clone(),
            kind: self.kind.clone(),
            profile: self.profile.clone(),
            copy: present(self.copy)?,
            signature: present(self.signature)?,
        };
        let mut bytes = borsh::to_vec(&fixed).map_err(|_| LocatorError::Malformed)?;
        let padded = padded_length(bytes.len()).ok_or(LocatorError::TooLong(bytes.len()))?;
        bytes.resize(padded, 0);
        Ok(bytes)
    }

    /// Reads the encoding. Accepts exactly what [`Self::encode`] writes.
    ///
    /// # Errors
    /// `Version1` and `UnknownVersion` by the first byte; `Malformed` for everything else that [`Self::encode`] does not
    /// write.
    pub fn decode(bytes: &[u8]) -> Result<Self, LocatorError> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(1) => return Err(LocatorError::Version1),
            Some(version) => return Err(LocatorError::UnknownVersion(*version)),
            None => return Err(LocatorError::Malformed),
        }
        Self::read(bytes).ok_or(LocatorError::Malformed)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let encoded = Encoded::deserialize(&mut rest).ok()?;
        let is_padded = padded_length(bytes.len() - rest.len()) == Some(bytes.len());
        (is_padded && rest.iter().all(|byte| *byte == 0)).then_some(())?;
        let stores: Result<_, _> = encoded.stores.iter().map(|store| store.parse()).collect();
        let locator = Self {
            stores: stores.ok()?,
            sha256: encoded.sha256,
            size: encoded.size,
            media_type: encoded.media_type,
            kind: encoded.kind,
            profile: encoded.profile,
            copy: Some(encoded.copy).filter(|copy| *copy != [0; 32]),
            signature: Some(encoded.signature).filter(|signature| *signature != [0; 64]),
        };
        locator.check_stores().is_ok().then_some(locator)
    }

    fn check_stores(&self) -> Result<(), LocatorError> {
        let stores = &self.stores;
        let is_distinct = (1..stores.len()).all(|index| !stores[..index].contains(&stores[index]));
        match (1..=MAX_STORES).contains(&stores.len()) && is_distinct {
            true => Ok(()),
            false => Err(LocatorError::Stores(stores.len())),
        }
    }
}

/// The shortest padded length that fits this number of bytes.
fn padded_length(length: usize) -> Option<usize> {
    PADDED_LENGTHS.into_iter().find(|padded| *padded >= length)
}

/// The bytes of an optional field: zeros if it is absent.
fn present<const N: usize>(field: Option<[u8; N]>) -> Result<[u8; N], LocatorError> {
    match field {
        Some(bytes) if bytes == [0; N] => Err(LocatorError::Malformed),
        _ => Ok(field.unwrap_or([0; N])),
    }
}

#[cfg(test)]
mod tests;
