//! Documents: age v1 files (C2SP age specification) whose only recipient is the record's data public key. Documents are
//! streamed in constant memory.
//!
//! The `age` crate wraps the file key, and parses and checks headers of strangers, whose length is limited before. This
//! module seals and opens the chunks of the payload as the specification says, with ring's cipher. The chunks are
//! distributed over the cores of the machine, and hashed at the same time. One after the other would take twice as long
//! (docs/PERFORMANCE.md has the figures).

mod error;
mod file_key;
mod hash;
mod header;
mod lanes;
mod limits;
mod payload;
#[cfg(test)]
mod testkit;

use std::{
    cell::RefCell,
    io::{Read, Write},
};

use age::x25519;
use age_core::format::{FILE_KEY_BYTES, FileKey};
use rand_core::{OsRng, RngCore};

use crate::record::{DataPublicKey, RecordKey};

pub use self::error::DocumentError;

use self::{
    file_key::derive,
    hash::Hash,
    header::{Head, NONCE_BYTES},
    payload::{Block, PayloadKey},
};

/// Identifies an encrypted document in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CiphertextDigest {
    /// SHA-256 of the ciphertext.
    pub sha256: [u8; 32],
    /// Length of the ciphertext, in bytes.
    pub size: u64,
}

/// Encrypts a document.
///
/// # Errors
/// [`DocumentError::Io`] if reading or writing fails; [`DocumentError::UnusableKey`].
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

/// Decrypts a document. Returns the number of plain bytes. Each chunk is written as soon as it is authenticated, so
/// `plaintext` may be incomplete until this function returns `Ok`. Write it to a place where nobody takes it for
/// complete.
///
/// # Errors
/// [`DocumentError`]: reading or writing fails, the key is another one, the header is too long, or the file is damaged.
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
