//! What a check finds in a storage.

use std::fmt;

use generion_interface::store::DocumentId;

/// A fault in a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The metadata of a document can't be parsed.
    DamagedMetadata {
        /// The document.
        document: DocumentId,
    },
    /// A document has metadata, but neither blob nor usage object: it was erased while the backup was made.
    ErasedBetweenCopies {
        /// The document.
        document: DocumentId,
    },
    /// The blob of a document is missing.
    MissingBlob {
        /// The document.
        document: DocumentId,
    },
    /// The blob of a document has the wrong length, because a copy is incomplete.
    HalfBlob {
        /// The document.
        document: DocumentId,
        /// The length of the blob, in bytes.
        found: u64,
        /// The length of the document, in bytes.
        size: u64,
    },
    /// The bytes of a blob don't have the hash of the document.
    WrongBytes {
        /// The document.
        document: DocumentId,
    },
    /// No metadata names the blob.
    OrphanBlob {
        /// The path of the blob.
        path: String,
    },
    /// A document counts to no uploader's usage.
    MissingUsage {
        /// The document.
        document: DocumentId,
    },
    /// A usage object belongs to no document.
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
            Self::DamagedMetadata { document } => {
                write!(f, "documents/{document} is damaged: {advice}")
            }
            Self::ErasedBetweenCopies { document } => write!(
                f,
                "documents/{document} was erased while the backup was made, and requests for it are answered with 410: \
                 merge the tombstones"
            ),
            Self::MissingBlob { document } => {
                write!(f, "the blob of documents/{document} is missing: {advice}")
            }
            Self::HalfBlob {
                document,
                found,
                size,
            } => write!(
                f,
                "the blob of documents/{document} has {found} bytes instead of {size}: {advice}"
            ),
            Self::WrongBytes { document } => {
                write!(
                    f,
                    "the blob of documents/{document} has the wrong content: {advice}"
                )
            }
            Self::OrphanBlob { path } => {
                write!(
                    f,
                    "{path} belongs to no document: `generion-store collect` removes it"
                )
            }
            Self::MissingUsage { document } => write!(
                f,
                "documents/{document} does not count to its uploader's usage: `generion-store collect` adds it"
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

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The number of published documents, including those among the findings.
    pub published: u64,
    /// The number of deleted documents.
    pub erased: u64,
    /// The number of uploads and deletions that are in progress or were interrupted. The next start of the store recovers
    /// those that were interrupted.
    pub pending: u64,
    /// All faults.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// The document, if the finding says that its bytes are missing or incomplete.
    pub fn without_bytes(&self) -> Option<DocumentId> {
        match self {
            Self::ErasedBetweenCopies { document }
            | Self::MissingBlob { document }
            | Self::HalfBlob { document, .. } => Some(*document),
            _ => None,
        }
    }
}
