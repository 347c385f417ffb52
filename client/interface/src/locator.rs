//! Locators: where a record's encrypted document is, and what it is (docs/PROTOCOL.md, section 3). On the ledger a
//! locator stands sealed to the record's data public key; this module is about the plain text in the seal.

mod reach;

use borsh::{BorshDeserialize, BorshSerialize};

pub use reach::is_public;

/// Version of the encoding.
pub const VERSION: u8 = 1;
/// Lengths that encoded locators are padded to, so that the seal's length tells nothing.
pub const PADDED_LENGTHS: [usize; 2] = [192, 448];
/// Bytes that a libsodium sealed box adds.
pub const SEAL_OVERHEAD: usize = 48;

const _: () = assert!(PADDED_LENGTHS[1] + SEAL_OVERHEAD <= generion::constants::MAX_LOCATOR_LEN);

/// Where an encrypted document is, and what it is. It comes from a stranger: a client decides which addresses it
/// follows, and never opens what it finds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    /// Address of the ciphertext.
    pub url: String,
    /// SHA-256 of the ciphertext.
    pub sha256: [u8; 32],
    /// Bytes of the ciphertext.
    pub size: u64,
    /// Media type of the plain text, e.g. `application/fhir+json`.
    pub media_type: String,
    /// What the document is, e.g. `fhir:Observation/4548-4`.
    pub kind: String,
}

/// Why a locator could not be encoded or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocatorError {
    /// Too long for the ledger.
    #[error(
        "the locator takes {0} bytes, the ledger holds at most 448: use a shorter address, media type or kind"
    )]
    TooLong(usize),
    /// Not an encoded locator.
    #[error("the locator is malformed: its creator's software is at fault, ask for a new record")]
    Malformed,
    /// A version that this software doesn't know.
    #[error("the locator has version {0}, this software knows version 1: update it")]
    UnknownVersion(u8),
}

#[derive(BorshSerialize, BorshDeserialize)]
struct Encoded {
    version: u8,
    url: String,
    sha256: [u8; 32],
    size: u64,
    media_type: String,
    kind: String,
}

impl Locator {
    /// The Borsh encoding, zero-padded.
    ///
    /// # Errors
    /// `TooLong` past the larger of [`PADDED_LENGTHS`].
    pub fn encode(&self) -> Result<Vec<u8>, LocatorError> {
        let Self {
            url,
            sha256,
            size,
            media_type,
            kind,
        } = self.clone();
        let mut bytes = borsh::to_vec(&Encoded {
            version: VERSION,
            url,
            sha256,
            size,
            media_type,
            kind,
        })
        .map_err(|_| LocatorError::Malformed)?;
        let padded = PADDED_LENGTHS
            .into_iter()
            .find(|length| *length >= bytes.len());
        bytes.resize(padded.ok_or(LocatorError::TooLong(bytes.len()))?, 0);
        Ok(bytes)
    }

    /// Reads the encoding back, and nothing but it.
    ///
    /// # Errors
    /// `UnknownVersion`, or `Malformed` for everything that [`Self::encode`] doesn't write.
    pub fn decode(bytes: &[u8]) -> Result<Self, LocatorError> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(version) => return Err(LocatorError::UnknownVersion(*version)),
            None => return Err(LocatorError::Malformed),
        }
        let mut rest = bytes;
        let Encoded {
            version: _,
            url,
            sha256,
            size,
            media_type,
            kind,
        } = Encoded::deserialize(&mut rest).map_err(|_| LocatorError::Malformed)?;
        if !PADDED_LENGTHS.contains(&bytes.len()) || rest.iter().any(|byte| *byte != 0) {
            return Err(LocatorError::Malformed);
        }
        Ok(Self {
            url,
            sha256,
            size,
            media_type,
            kind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locator(url_length: usize) -> Locator {
        Locator {
            url: "u".repeat(url_length),
            sha256: [7; 32],
            size: 4711,
            media_type: "application/fhir+json".into(),
            kind: "fhir:Observation/4548-4".into(),
        }
    }

    #[test]
    fn round_trips_in_both_lengths() {
        for (url_length, padded) in [(1, 192), (95, 192), (96, 448), (351, 448)] {
            let bytes = locator(url_length).encode().unwrap();
            assert_eq!(bytes.len(), padded, "{url_length}");
            assert_eq!(Locator::decode(&bytes), Ok(locator(url_length)));
        }
        assert_eq!(locator(352).encode(), Err(LocatorError::TooLong(449)));
    }

    #[test]
    fn refuses_what_it_does_not_write() {
        let good = locator(30).encode().unwrap();
        let mut version = good.clone();
        version[0] = 2;
        assert_eq!(
            Locator::decode(&version),
            Err(LocatorError::UnknownVersion(2))
        );
        let mut padding = good.clone();
        padding[191] = 1;
        let mut length = good.clone();
        length[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut text = good.clone();
        text[5] = 0xff;
        for bytes in [
            &padding[..],
            &length,
            &text,
            &good[..191],
            &[&good[..], &[0]].concat(),
            &[1],
            &[],
        ] {
            assert_eq!(Locator::decode(bytes), Err(LocatorError::Malformed));
        }
    }
}
