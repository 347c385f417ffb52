//! The paths of all objects in a storage.

use std::{fmt, str::FromStr};

use generion_interface::store::{DocumentId, SignedRequest};
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use solana_address::Address;

/// The name of the object with the bytes of a document. Each upload draws a new random name, so that two uploads of one
/// document never write or remove the same object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BlobId([u8; 16]);

impl BlobId {
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    #[cfg(test)]
    pub const fn filled(byte: u8) -> Self {
        Self([byte; 16])
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for BlobId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl From<BlobId> for String {
    fn from(blob: BlobId) -> Self {
        blob.to_string()
    }
}

impl TryFrom<String> for BlobId {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A change that is in progress.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Upload,
    Erasure,
}

/// An object in the storage. This is the only place that knows paths.
#[derive(Clone, Copy, Debug)]
pub enum StorageKey<'a> {
    /// The metadata of a document: where its bytes are and who may delete it, or that it was deleted.
    Document(DocumentId),
    /// The bytes of a document.
    Blob(BlobId),
    /// Announces a change in progress, after which no document may need the blob. Upload and erasure have separate
    /// objects, because an erasure may begin before the upload has removed its own.
    Pending(DocumentId, BlobId, Change),
    /// A signed request that was accepted.
    Nonce(&'a SignedRequest),
    /// Says that a blob of this length in bytes counts to the usage of an uploader.
    Usage(Address, BlobId, u64),
    /// Written and removed to test the storage.
    Probe(BlobId),
    /// The format version of the storage.
    Format,
}

impl StorageKey<'_> {
    pub const DOCUMENTS: &'static str = "documents";
    pub const BLOBS: &'static str = "blobs";
    pub const PENDING: &'static str = "pending";
    pub const NONCES: &'static str = "nonces";
    pub const USAGE: &'static str = "usage";
    pub const PROBES: &'static str = "probes";
    pub const FOLDERS: [&'static str; 6] = [
        Self::DOCUMENTS,
        Self::BLOBS,
        Self::PENDING,
        Self::NONCES,
        Self::USAGE,
        Self::PROBES,
    ];

    /// The object that a readiness check reads. It never exists.
    pub const READINESS: Self = Self::Probe(BlobId([0; 16]));

    pub fn path(&self) -> Path {
        let (folder, name) = match self {
            Self::Document(document) => (Self::DOCUMENTS, document.to_string()),
            Self::Blob(blob) => (Self::BLOBS, blob.to_string()),
            Self::Pending(document, blob, change) => {
                let change = match change {
                    Change::Upload => "upload",
                    Change::Erasure => "erasure",
                };
                (Self::PENDING, format!("{document}.{blob}.{change}"))
            }
            Self::Nonce(signed) => {
                let (time, nonce) = (signed.request.unix_time, signed.request.nonce);
                (Self::NONCES, format!("{time}.{}.{nonce}", signed.signer))
            }
            Self::Usage(uploader, blob, size) => {
                return Self::usage_of(uploader).join(format!("{blob}.{size}"));
            }
            Self::Probe(probe) => (Self::PROBES, probe.to_string()),
            Self::Format => return Path::from("format"),
        };
        Path::from_iter([folder, &name])
    }

    /// The folder with the [`StorageKey::Usage`] objects of an uploader.
    pub fn usage_of(uploader: &Address) -> Path {
        Path::from_iter([Self::USAGE, &uploader.to_string()])
    }

    /// The blob's length in bytes in the path of a [`StorageKey::Usage`].
    pub fn parse_usage_size(path: &Path) -> Option<u64> {
        path.filename()?.split_once('.')?.1.parse().ok()
    }

    /// The document of the [`StorageKey::Document`] at a path.
    pub fn parse_document(path: &Path) -> Option<DocumentId> {
        path.filename()?.parse().ok()
    }

    /// The parts of the [`StorageKey::Usage`] at a path.
    pub fn parse_usage(path: &Path) -> Option<(Address, BlobId, u64)> {
        let mut parts = path.parts().skip(1);
        let uploader = parts.next()?.as_ref().parse().ok()?;
        let name = parts.next()?;
        let (blob, size) = name.as_ref().split_once('.')?;
        Some((uploader, blob.parse().ok()?, size.parse().ok()?))
    }

    /// The [`StorageKey::Pending`] at a path.
    pub fn parse_pending(path: &Path) -> Option<StorageKey<'static>> {
        let mut parts = path.filename()?.split('.');
        let (document, blob) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let change = match parts.next()? {
            "upload" => Change::Upload,
            "erasure" => Change::Erasure,
            _ => return None,
        };
        Some(StorageKey::Pending(document, blob, change))
    }

    /// The time of signing in the path of a [`StorageKey::Nonce`].
    pub fn parse_nonce_time(path: &Path) -> Option<u64> {
        path.filename()?.split_once('.')?.0.parse().ok()
    }
}
