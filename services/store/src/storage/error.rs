use std::{io, path::PathBuf};

use object_store::{Error as ObjectError, path::Path};
use thiserror::Error;

/// What the marker of a storage says that has the form that this program knows.
pub const FORMAT: &str = "1";

/// The storage can't be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another store uses the folder.
    #[error(
        "another store is running on {}: stop it, or give this one a folder of its own", .0.display()
    )]
    InUse(PathBuf),
    /// The file system refused.
    #[error("can't {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The file system's answer.
        source: io::Error,
    },
    /// The URL names no storage that a store can work on.
    #[error(
        "{url} is no storage for documents: give file:///FOLDER, s3://BUCKET, gs://BUCKET or az://CONTAINER, \
         with a path behind it if the bucket holds other things too"
    )]
    UnknownStorage {
        /// The URL, without a user's name or password.
        url: String,
    },
    /// The provider's settings are incomplete or wrong.
    #[error(
        "{url} can't be used as it is set up: check the variables AWS_*, GOOGLE_* or AZURE_* in the environment"
    )]
    Settings {
        /// The URL.
        url: String,
        /// What the library says.
        source: ObjectError,
    },
    /// The storage can't be reached, or refuses.
    #[error(
        "the storage does not answer as it should: check its address, the bucket and the credentials"
    )]
    Unreachable(#[source] StorageError),
    /// Two uploads at once could both be the first on this storage.
    #[error(
        "this storage writes over an object although it was told not to (If-None-Match: *), or lets two writers at \
         once both be the first: use one that supports conditional writes"
    )]
    NoConditionalWrites,
    /// Another version of the program has used it.
    #[error(
        "this storage has the form {found:?}, and this program knows the form {FORMAT:?} alone: run the newer \
         generion-store that has used it"
    )]
    OtherFormat {
        /// What its marker says.
        found: String,
    },
    /// What an earlier run left behind could not be put in order.
    #[error("can't finish what an earlier run left behind")]
    Leftovers(#[source] StorageError),
}

/// The storage failed.
#[derive(Debug, Error)]
pub enum StorageError {
    /// An object could not be read or written.
    #[error("can't {action} {path}")]
    Object {
        /// What was tried.
        action: &'static str,
        /// The object.
        path: Path,
        /// The storage's answer.
        source: ObjectError,
    },
    /// Of several writers at once none got through, several times over.
    #[error("{path} is being written by too many at once")]
    Contended {
        /// The object.
        path: Path,
    },
    /// A document's record is not one that a store writes.
    #[error("{path} is damaged: restore it from a backup")]
    Record {
        /// The record.
        path: Path,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A document's bytes are gone or cut short although nobody deleted it.
    #[error("{path} is missing or not {size} bytes long: restore it from a backup")]
    Blob {
        /// The object with the bytes.
        path: Path,
        /// The length that the document's record tells.
        size: u64,
    },
    /// An upload came to its end after it could have been taken for an abandoned one.
    #[error("{path} was written for longer than an upload may take")]
    Expired {
        /// The object with the bytes.
        path: Path,
    },
    /// The system gave no random bytes.
    #[error("can't draw a random number: {0}")]
    Random(getrandom::Error),
}

impl StorageError {
    /// Whether the cause is that there is no room left.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                return matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull
                        | io::ErrorKind::QuotaExceeded
                        | io::ErrorKind::FileTooLarge
                );
            }
            cause = error.source();
        }
        false
    }
}

impl StorageError {
    /// An object broke off while it was read.
    pub fn unreadable(path: Path, source: io::Error) -> Self {
        let source = ObjectError::Generic {
            store: "storage",
            source: Box::new(source),
        };
        failed("read", path, source)
    }
}

pub(super) fn failed(action: &'static str, path: Path, source: ObjectError) -> StorageError {
    StorageError::Object {
        action,
        path,
        source,
    }
}
