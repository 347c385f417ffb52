//! Errors of the storage.

use std::{io, path::PathBuf};

use object_store::{Error as ObjectError, path::Path};
use thiserror::Error;

/// The content of the format mark of a storage that this program can use.
pub const FORMAT: &str = "1";

/// The storage can't be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another store is running on the folder.
    #[error(
        "another store is running on {}: stop it, or use another folder for this store", .0.display()
    )]
    InUse(PathBuf),
    /// A file system operation failed.
    #[error("can't {action} {}", path.display())]
    Io {
        /// The operation that failed.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The URL does not name a supported storage.
    #[error(
        "{url} is not a supported storage: use file:///FOLDER, s3://BUCKET, gs://BUCKET or az://CONTAINER, followed by a \
         path if the bucket also holds other data"
    )]
    UnknownStorage {
        /// The URL without user name and password.
        url: String,
    },
    /// The provider's settings are incomplete or wrong.
    #[error(
        "{url} can't be used with these settings: check the environment variables AWS_*, GOOGLE_* or AZURE_*"
    )]
    Settings {
        /// The URL.
        url: String,
        /// The error of the client library.
        source: ObjectError,
    },
    /// The storage can't be reached, or refuses the requests.
    #[error(
        "the storage does not respond as expected: check its address, the bucket and the credentials"
    )]
    Unreachable(#[source] StorageError),
    /// The storage does not support conditional writes: two uploads of one document could both be the first.
    #[error(
        "this storage overwrites objects although the request forbids it (If-None-Match: *), or lets two writers create \
         the same object: use a storage that supports conditional writes"
    )]
    NoConditionalWrites,
    /// The storage has a format that this version of the program does not know.
    #[error(
        "this storage has format {found:?}, but this version of generion-store supports only format {FORMAT:?}: run \
         the newer version that has used this storage"
    )]
    UnknownFormat {
        /// The content of the format mark.
        found: String,
    },
    /// The recovery after an earlier run failed.
    #[error("can't recover the uploads and deletions that an earlier run left unfinished")]
    Recovery(#[source] StorageError),
}

/// An operation on the storage failed.
#[derive(Debug, Error)]
pub enum StorageError {
    /// An object could not be read or written.
    #[error("can't {action} {path}")]
    Object {
        /// The operation that failed.
        action: &'static str,
        /// The object.
        path: Path,
        /// The error of the storage.
        source: ObjectError,
    },
    /// Several writers conflicted, and none of them succeeded in several attempts.
    #[error("{path} is being written by too many clients at the same time")]
    Contended {
        /// The object.
        path: Path,
    },
    /// The metadata of a document can't be parsed.
    #[error("{path} is damaged: restore it from a backup")]
    InvalidMetadata {
        /// The metadata object.
        path: Path,
        /// Why it can't be parsed.
        source: serde_json::Error,
    },
    /// The blob of a document that was not deleted is missing or has the wrong length.
    #[error("{path} is missing or not {size} bytes long: restore it from a backup")]
    InvalidBlob {
        /// The blob.
        path: Path,
        /// The length in bytes that the metadata says.
        size: u64,
    },
    /// An upload ended when another store could already treat it as abandoned.
    #[error("the upload of {path} took longer than the store allows")]
    UploadExpired {
        /// The blob.
        path: Path,
    },
    /// The operating system returned no random bytes.
    #[error("can't get random bytes from the operating system")]
    Random(#[source] getrandom::Error),
}

impl StorageError {
    /// Whether the metadata of a document can't be parsed.
    pub fn is_invalid_metadata(&self) -> bool {
        matches!(self, Self::InvalidMetadata { .. })
    }

    /// Whether the cause is a full disk or an exhausted quota.
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

/// A request to the storage failed.
pub fn object_error(action: &'static str, path: &Path, source: ObjectError) -> StorageError {
    StorageError::Object {
        action,
        path: path.clone(),
        source,
    }
}

/// Reading or syncing failed.
pub fn io_error(action: &'static str, path: &Path, source: io::Error) -> StorageError {
    let source = ObjectError::Generic {
        store: "storage",
        source: Box::new(source),
    };
    object_error(action, path, source)
}
