//! The findings of a check of a storage.

use std::fmt;

use generion_interface::store::FileId;
use object_store::path::Path;

use crate::storage::key::StorageKey;

/// A fault in a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The metadata of a file can't be parsed.
    DamagedMetadata {
        /// The document, or the file of a link.
        file: FileId,
    },
    /// A file has metadata, but neither blob nor usage object: it was erased while the backup was made.
    ErasedBetweenCopies {
        /// The document, or the file of a link.
        file: FileId,
    },
    /// The blob of a file is missing.
    MissingBlob {
        /// The document, or the file of a link.
        file: FileId,
    },
    /// The blob of a file has the wrong length, because a copy is incomplete.
    HalfBlob {
        /// The document, or the file of a link.
        file: FileId,
        /// The length of the blob, in bytes.
        found: u64,
        /// The length of the file, in bytes.
        size: u64,
    },
    /// The bytes of a blob don't have the hash of the file.
    WrongBytes {
        /// The document, or the file of a link.
        file: FileId,
    },
    /// No metadata names the blob.
    OrphanBlob {
        /// The path of the blob.
        path: String,
    },
    /// A file counts to no uploader's usage.
    MissingUsage {
        /// The document, or the file of a link.
        file: FileId,
    },
    /// A usage object belongs to no file.
    OrphanUsage {
        /// The path of the object.
        path: String,
    },
    /// The object was not written by a store.
    Stray {
        /// The path of the object.
        path: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = "copy it from another backup, or merge the tombstones if it was erased";
        match self {
            Self::DamagedMetadata { file } => {
                write!(f, "{} is damaged: {advice}", named(*file))
            }
            Self::ErasedBetweenCopies { file } => write!(
                f,
                "{} was erased while the backup was made, and requests for it are answered with 410: \
                 merge the tombstones",
                named(*file)
            ),
            Self::MissingBlob { file } => {
                write!(f, "the blob of {} is missing: {advice}", named(*file))
            }
            Self::HalfBlob { file, found, size } => write!(
                f,
                "the blob of {} has {found} bytes instead of {size}: {advice}",
                named(*file)
            ),
            Self::WrongBytes { file } => write!(
                f,
                "the blob of {} has the wrong content: {advice}",
                named(*file)
            ),
            Self::OrphanBlob { path } => {
                write!(
                    f,
                    "{path} belongs to no document: `generion-store collect` removes it"
                )
            }
            Self::MissingUsage { file } => write!(
                f,
                "{} does not count to its uploader's usage: `generion-store collect` adds it",
                named(*file)
            ),
            Self::OrphanUsage { path } => {
                write!(
                    f,
                    "{path} belongs to no document: `generion-store collect` removes it"
                )
            }
            Self::Stray { path } => {
                write!(f, "{path} was not written by a store: find out what it is")
            }
        }
    }
}

/// The metadata object of a file.
fn named(file: FileId) -> Path {
    StorageKey::Metadata(file).path()
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The number of published documents, including those among the findings.
    pub published: u64,
    /// The number of links, including those that have expired and were not removed yet.
    pub links: u64,
    /// The number of deleted documents, and of deleted links that have not expired.
    pub erased: u64,
    /// The number of uploads and deletions that are in progress or were interrupted. The next start of the store recovers
    /// those that were interrupted.
    pub pending: u64,
    /// All faults.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// The file, if the finding says that its bytes are missing or incomplete.
    pub fn without_bytes(&self) -> Option<FileId> {
        match self {
            Self::ErasedBetweenCopies { file }
            | Self::MissingBlob { file }
            | Self::HalfBlob { file, .. } => Some(*file),
            _ => None,
        }
    }
}
