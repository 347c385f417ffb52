//! The stored bytes and documents of uploaders.

use futures::TryStreamExt;
use solana_address::Address;

use super::{
    error::StorageError,
    key::StorageKey,
    objects::{ObjectInfo, Objects},
};

/// The storage that an uploader uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The number of documents that are not deleted.
    pub documents: u64,
    /// The bytes of their ciphertexts.
    pub bytes: u64,
}

/// Counts the usage of uploaders.
#[derive(Clone, Debug)]
pub struct UsageCounter(Objects);

impl UsageCounter {
    pub fn new(objects: Objects) -> Self {
        Self(objects)
    }

    /// Counts the usage of an uploader by one listing.
    pub async fn count(&self, uploader: &Address) -> Result<Usage, StorageError> {
        let mut usage = Usage::default();
        let mut listing = self.0.list(StorageKey::usage_of(uploader));
        while let Some(ObjectInfo { path, .. }) = listing.try_next().await? {
            if let Some(size) = StorageKey::parse_usage_size(&path) {
                usage.documents += 1;
                usage.bytes = usage.bytes.saturating_add(size);
            }
        }
        Ok(usage)
    }
}
