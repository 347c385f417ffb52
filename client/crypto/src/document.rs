//! Documents: age v1 files (C2SP age specification) with the record's data public key as only recipient, streamed in
//! constant memory.
//!
//! Files are opened by the `age` crate. They are written here, with its recipient and the specification's words:
//! [`encrypt`] also has to hash what it writes, and hashing takes as long as encrypting. So the hash runs beside the
//! encryption, on a thread of its own, and the cipher is ring's. (docs/PERFORMANCE.md has the figures.)

mod hash;
mod seal;

use std::io::{self, BufReader, Read, Write};

use crate::record::{DataPublicKey, RecordKey};

/// Bytes that are copied at a time when a document is opened.
const COPY_BYTES: usize = 64 * 1024;

/// What identifies an encrypted document in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CiphertextDigest {
    /// SHA-256 of the ciphertext.
    pub sha256: [u8; 32],
    /// Bytes of the ciphertext.
    pub size: u64,
}

/// Why a document could not be encrypted or opened.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The ciphertext is for another key.
    #[error("the document is not encrypted to this record's key")]
    WrongKey,
    /// The ciphertext is damaged or is no age file.
    #[error("the document is damaged, or is no age file")]
    Damaged,
    /// The record's data public key is unusable.
    #[error("the record's data public key is unusable")]
    UnusableKey,
}

/// Encrypts a document.
///
/// # Errors
/// [`DocumentError::Io`] of either side; [`DocumentError::UnusableKey`].
pub fn encrypt(
    plaintext: impl Read,
    ciphertext: impl Write,
    key: &DataPublicKey,
) -> Result<CiphertextDigest, DocumentError> {
    let recipient = key
        .to_age_recipient()
        .parse()
        .map_err(|_| DocumentError::UnusableKey)?;
    seal::seal(plaintext, ciphertext, &recipient)
}

/// Opens a document; the number of plain bytes. Blocks are written as they are authenticated: until this returns `Ok`,
/// `plaintext` may be cut short, so write it where nobody takes it for whole.
///
/// # Errors
/// [`DocumentError`]: reading or writing, another key, or damage anywhere in the file.
pub fn decrypt(
    ciphertext: impl Read,
    mut plaintext: impl Write,
    key: &RecordKey,
) -> Result<u64, DocumentError> {
    let identity: age::x25519::Identity = key
        .to_age_identity()
        .parse()
        .map_err(|_| DocumentError::UnusableKey)?;
    let reader = age::Decryptor::new(ciphertext)
        .and_then(|decryptor| decryptor.decrypt(core::iter::once(&identity as &dyn age::Identity)))
        .map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => DocumentError::WrongKey,
            age::DecryptError::Io(error) => damaged_or_io(error),
            _ => DocumentError::Damaged,
        })?;
    let mut reader = BufReader::with_capacity(COPY_BYTES, reader);
    let size = io::copy(&mut reader, &mut plaintext).map_err(damaged_or_io)?;
    plaintext.flush()?;
    Ok(size)
}

/// age reports damage as an I/O error of these kinds.
fn damaged_or_io(error: io::Error) -> DocumentError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => DocumentError::Damaged,
        _ => DocumentError::Io(error),
    }
}
