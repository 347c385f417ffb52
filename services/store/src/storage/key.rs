//! The paths of all objects in a storage.

use std::{fmt, str::FromStr};

use generion_interface::store::{DocumentId, FileId, LinkId, SignedRequest};
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use solana_address::Address;

/// The name of the object with the bytes of a file. Each upload draws a new random name, so that two uploads of one
/// file never write or remove the same object.
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
    /// The metadata of a file: where its bytes are and who may delete it, or that it was deleted.
    Metadata(FileId),
    /// The bytes of a file.
    Blob(BlobId),
    /// Announces a change in progress, after which no file may need the blob. Upload and erasure have separate
    /// objects, because an erasure may begin before the upload has removed its own.
    Pending(FileId, BlobId, Change),
    /// The note about a link, under the erase authority that can list it.
    Note(Address, LinkId),
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
    pub const LINKS: &'static str = "links";
    pub const NOTES: &'static str = "notes";
    pub const BLOBS: &'static str = "blobs";
    pub const PENDING: &'static str = "pending";
    pub const NONCES: &'static str = "nonces";
    pub const USAGE: &'static str = "usage";
    pub const PROBES: &'static str = "probes";
    pub const FOLDERS: [&'static str; 8] = [
        Self::DOCUMENTS,
        Self::LINKS,
        Self::NOTES,
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
            Self::Metadata(FileId::Document(document)) => (Self::DOCUMENTS, document.to_string()),
            Self::Metadata(FileId::Link(link)) => (Self::LINKS, link_name(*link)),
            Self::Blob(blob) => (Self::BLOBS, blob.to_string()),
            Self::Pending(file, blob, change) => {
                let change = match change {
                    Change::Upload => "upload",
                    Change::Erasure => "erasure",
                };
                let file = match file {
                    FileId::Document(document) => document.to_string(),
                    FileId::Link(link) => link_name(*link),
                };
                (Self::PENDING, format!("{file}.{blob}.{change}"))
            }
            Self::Nonce(signed) => {
                let (time, nonce) = (signed.request.unix_time, signed.request.nonce);
                (Self::NONCES, format!("{time}.{}.{nonce}", signed.signer))
            }
            Self::Usage(uploader, blob, size) => {
                return Self::usage_of(uploader).join(format!("{blob}.{size}"));
            }
            Self::Note(authority, link) => {
                return Self::notes_of(authority).join(link_name(*link));
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

    /// The folder with the [`StorageKey::Note`] objects of an erase authority.
    pub fn notes_of(authority: &Address) -> Path {
        Path::from_iter([Self::NOTES, &authority.to_string()])
    }

    /// The blob's length in bytes in the path of a [`StorageKey::Usage`].
    pub fn parse_usage_size(path: &Path) -> Option<u64> {
        path.filename()?.split_once('.')?.1.parse().ok()
    }

    /// The file of the [`StorageKey::Metadata`] at a path.
    pub fn parse_metadata(path: &Path) -> Option<FileId> {
        let mut parts = path.parts();
        let folder = parts.next()?;
        let name = parts.next()?;
        match folder.as_ref() {
            Self::DOCUMENTS => parse_file(name.as_ref()).filter(|file| file.link().is_none()),
            Self::LINKS => parse_file(name.as_ref()).filter(|file| file.link().is_some()),
            _ => None,
        }
    }

    /// The link of the [`StorageKey::Note`] at a path.
    pub fn parse_note(path: &Path) -> Option<LinkId> {
        parse_file(path.filename()?)?.link()
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
        let (file, blob) = (parse_file(parts.next()?)?, parts.next()?.parse().ok()?);
        let change = match parts.next()? {
            "upload" => Change::Upload,
            "erasure" => Change::Erasure,
            _ => return None,
        };
        Some(StorageKey::Pending(file, blob, change))
    }

    /// The time of signing in the path of a [`StorageKey::Nonce`].
    pub fn parse_nonce_time(path: &Path) -> Option<u64> {
        path.filename()?.split_once('.')?.0.parse().ok()
    }
}

/// A link in the name of an object. The expiry comes first, so a listing shows the expired links first.
fn link_name(link: LinkId) -> String {
    format!("{}-{}", link.expiry, hex::encode(link.sha256))
}

/// The file in the name of an object.
fn parse_file(name: &str) -> Option<FileId> {
    match name.split_once('-') {
        None => name.parse::<DocumentId>().ok().map(FileId::from),
        Some((expiry, sha256)) => {
            let link: LinkId = format!("{expiry}/{sha256}").parse().ok()?;
            Some(link.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_links_and_documents_parse_back_and_are_not_confused() {
        let document = FileId::from(DocumentId::of(b"ciphertext"));
        let link = FileId::from(LinkId::of(1_790_000_000, b"file"));
        let authority = Address::new_from_array([7; 32]);
        for file in [document, link] {
            let metadata = StorageKey::Metadata(file).path();
            assert_eq!(StorageKey::parse_metadata(&metadata), Some(file));
            let pending = StorageKey::Pending(file, BlobId::filled(1), Change::Erasure).path();
            let parsed = StorageKey::parse_pending(&pending);
            assert!(
                matches!(parsed, Some(StorageKey::Pending(found, _, Change::Erasure)) if found == file)
            );
        }
        let note = StorageKey::Note(authority, link.link().unwrap()).path();
        assert_eq!(StorageKey::parse_note(&note), link.link());
        let name = StorageKey::Metadata(link).path();
        let name = name.filename().unwrap();
        assert_eq!(
            StorageKey::parse_metadata(&Path::from_iter(["documents", name])),
            None
        );
    }
}
