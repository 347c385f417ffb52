//! Errors of encryption and decryption of documents.

use std::io;

use crate::document::limits::{MAX_HEADER_BYTES, MAX_STANZAS};

/// Why a document can't be encrypted or decrypted.
/// A new variant is a breaking change, so that every program that advises its users learns of it when it is compiled.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The ciphertext is encrypted to another key.
    #[error("the document is not encrypted to this record's key")]
    WrongKey,
    /// The ciphertext is damaged, or not an age file.
    #[error("the document is damaged, or is no age file")]
    Damaged,
    /// The age header is longer than a reader accepts.
    #[error(
        "the document's age header has more than {MAX_HEADER_BYTES} bytes or {MAX_STANZAS} recipients, and is not read: \
         a document of Generion has one recipient"
    )]
    HeaderTooLong,
    /// The data public key of the record can't be used for encryption.
    #[error("the record's data public key is unusable")]
    UnusableKey,
}

impl DocumentError {
    /// Converts an error of the age crate, which reports damage as I/O errors of these kinds.
    pub(crate) fn of_age(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}
