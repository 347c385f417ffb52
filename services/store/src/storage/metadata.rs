//! The metadata of a file: a small JSON object in the storage, which makes the file visible.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use solana_address::Address;

use super::key::BlobId;

/// The state of a file that was uploaded at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Metadata {
    /// The file can be read.
    Published(PublishedFile),
    /// The file was deleted, and can't be uploaded again. In the storage this is the file's tombstone.
    Erased,
}

/// A file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedFile {
    /// The only key that may delete the file.
    #[serde(with = "base58")]
    pub erase_authority: Address,
    /// The first uploader, to whose usage the file counts.
    #[serde(with = "base58")]
    pub uploader: Address,
    /// Length in bytes.
    pub size: u64,
    /// The blob with the bytes.
    pub blob: BlobId,
}

impl Metadata {
    /// The metadata as it is stored.
    pub fn to_json(self) -> Bytes {
        // An enum of strings and numbers with string keys always serializes.
        let json = serde_json::to_vec(&self);
        json.expect("metadata serializes to JSON").into()
    }
}

/// Addresses in base58.
mod base58 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use solana_address::Address;

    pub fn serialize<S: Serializer>(address: &Address, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(address)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
