//! Documents: age v1 files (C2SP age specification) with the record's data public key as only recipient, streamed in
//! constant memory.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::record::{DataPublicKey, RecordKey};

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
    mut plaintext: impl Read,
    ciphertext: impl Write,
    key: &DataPublicKey,
) -> Result<CiphertextDigest, DocumentError> {
    let recipient: age::x25519::Recipient = key
        .to_age_recipient()
        .parse()
        .map_err(|_| DocumentError::UnusableKey)?;
    let encryptor =
        age::Encryptor::with_recipients([&recipient as &dyn age::Recipient].into_iter())
            .map_err(|_| DocumentError::UnusableKey)?;
    let mut hashed = HashingWriter {
        inner: ciphertext,
        hasher: Sha256::new(),
        size: 0,
    };
    let mut writer = encryptor.wrap_output(&mut hashed)?;
    io::copy(&mut plaintext, &mut writer)?;
    writer.finish()?;
    hashed.flush()?;
    Ok(CiphertextDigest {
        sha256: hashed.hasher.finalize().into(),
        size: hashed.size,
    })
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
    let mut reader = age::Decryptor::new(ciphertext)
        .and_then(|decryptor| decryptor.decrypt(core::iter::once(&identity as &dyn age::Identity)))
        .map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => DocumentError::WrongKey,
            age::DecryptError::Io(error) => damaged_or_io(error),
            _ => DocumentError::Damaged,
        })?;
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

struct HashingWriter<W> {
    inner: W,
    hasher: Sha256,
    size: u64,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
