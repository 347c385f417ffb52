use futures::TryStreamExt;
use solana_address::Address;

use super::{Backend, StorageError, backend::Listed, key::StorageKey};

/// What an uploader has in the storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Documents that are not deleted.
    pub documents: u64,
    /// Their ciphertexts' bytes.
    pub bytes: u64,
}

/// Counts what uploaders have.
#[derive(Clone, Debug)]
pub struct UsageStore(Backend);

impl UsageStore {
    pub fn new(backend: Backend) -> Self {
        Self(backend)
    }

    /// Counts anew; one listing of the uploader's documents.
    pub async fn count(&self, uploader: &Address) -> Result<Usage, StorageError> {
        let mut usage = Usage::default();
        let mut listing = self.0.list(StorageKey::usage_of(uploader));
        while let Some(Listed { path, .. }) = listing.try_next().await? {
            if let Some(size) = StorageKey::parse_usage_size(&path) {
                usage.documents += 1;
                usage.bytes = usage.bytes.saturating_add(size);
            }
        }
        Ok(usage)
    }
}
