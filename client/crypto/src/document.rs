//! Documents: age v1 files (C2SP age specification) with the record's data public key as only recipient, streamed in
//! constant memory.
//!
//! The `age` crate wraps the file key, and parses and checks headers that come from outside, after they were cut to a
//! length. The payload's chunks are sealed and opened here, by the specification's words: with ring's cipher, side by side on
//! the machine's cores, and with the hash beside them, since one after the other they would take twice as long.
//! (docs/PERFORMANCE.md has the figures.)

mod hash;
mod header;
mod lanes;
mod payload;
#[cfg(test)]
mod testkit;

use std::{
    cell::RefCell,
    io::{self, Read, Write},
};

use age::x25519;
use age_core::{
    format::{FILE_KEY_BYTES, FileKey},
    secrecy::ExposeSecret,
};
use hkdf::Hkdf;
use rand_core::{OsRng, RngCore};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::record::{DataPublicKey, RecordKey};

use self::{
    hash::Hash,
    header::{Head, MAX_HEADER_BYTES, MAX_STANZAS, NONCE_BYTES},
    payload::{Block, PayloadKey},
};

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
    /// The age header is longer than a reader has to take.
    #[error(
        "the document's age header has more than {MAX_HEADER_BYTES} bytes or {MAX_STANZAS} recipients, and is not read: \
         a document of Generion has one recipient"
    )]
    HeaderTooLong,
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
    mut ciphertext: impl Write,
    key: &DataPublicKey,
) -> Result<CiphertextDigest, DocumentError> {
    let recipient: x25519::Recipient = key
        .to_age_recipient()
        .parse()
        .map_err(|_| DocumentError::UnusableKey)?;
    let file_key = FileKey::init_with_mut(|bytes: &mut [u8; FILE_KEY_BYTES]| {
        OsRng.fill_bytes(bytes);
    });
    let mut head = header::write(&file_key, &recipient)?;
    let mut nonce = [0; NONCE_BYTES];
    OsRng.fill_bytes(&mut nonce);
    head.extend_from_slice(&nonce);
    ciphertext.write_all(&head)?;

    let key = PayloadKey::new(&derive(&nonce, b"payload", &file_key));
    let mut size = head.len() as u64;
    let mut hash = Hash::new(head);
    let free = RefCell::new(Vec::new());
    let mut blocks = payload::plain(plaintext)?;
    lanes::in_order(
        || Ok(blocks.next(free.take())?),
        |block| key.seal(block),
        |block: Block| {
            let sealed = block.into_bytes();
            ciphertext.write_all(&sealed)?;
            size += sealed.len() as u64;
            free.replace(hash.update(sealed));
            Ok::<_, DocumentError>(())
        },
    )?;
    ciphertext.flush()?;
    let sha256 = hash.finish();
    Ok(CiphertextDigest { sha256, size })
}

/// Opens a document; the number of plain bytes. Chunks are written as they are authenticated: until this returns `Ok`,
/// `plaintext` may be cut short, so write it where nobody takes it for whole.
///
/// # Errors
/// [`DocumentError`]: reading or writing, another key, a header that is too long, or damage anywhere in the file.
pub fn decrypt(
    ciphertext: impl Read,
    plaintext: impl Write,
    key: &RecordKey,
) -> Result<u64, DocumentError> {
    let identity: x25519::Identity = key
        .to_age_identity()
        .parse()
        .map_err(|_| DocumentError::UnusableKey)?;
    open(ciphertext, plaintext, &identity)
}

fn open(
    mut ciphertext: impl Read,
    mut plaintext: impl Write,
    identity: &x25519::Identity,
) -> Result<u64, DocumentError> {
    let head = Head::read(&mut ciphertext)?;
    let key = PayloadKey::new(&*head.open(identity)?);
    let free = RefCell::new(Vec::new());
    let mut blocks = payload::sealed(head.payload.chain(ciphertext))?;
    let mut size = 0;
    lanes::in_order(
        || Ok(blocks.next(free.take())?),
        |block| key.open(block),
        |block: Block| {
            size += block.write_plain(&mut plaintext)?;
            free.replace(block.into_bytes());
            Ok::<_, DocumentError>(())
        },
    )?;
    plaintext.flush()?;
    Ok(size)
}

/// HKDF-SHA-256 of the file key.
fn derive(salt: &[u8], info: &[u8], file_key: &FileKey) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), file_key.expose_secret())
        .expand(info, key.as_mut())
        .expect("32 bytes are no more than HKDF gives");
    key
}

/// age reports damage as an I/O error of these kinds.
fn damaged_or_io(error: io::Error) -> DocumentError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => DocumentError::Damaged,
        _ => DocumentError::Io(error),
    }
}
