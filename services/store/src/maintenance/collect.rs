use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::{
    MaintenanceError,
    check::{Report, Survey},
};
use crate::{
    config::Limits,
    storage::{Backend, Documents, Listed, Recent, StorageKey, StorageLocation},
};

/// What was put in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Blobs of no document that were removed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries of accounts that belonged to no document, and were removed.
    pub usage_removed: u64,
    /// Documents that were put on their uploader's account.
    pub usage_added: u64,
    /// What is left.
    pub left: Report,
}

/// Removes blobs that no record names, and puts accounts in order. On a folder no store may be running. In a bucket
/// stores may be at work, so that only what is older than an upload may become is removed.
///
/// # Errors
/// [`MaintenanceError`]: the storage can't be used, or fails.
pub async fn collect(
    location: &StorageLocation,
    limits: &Limits,
) -> Result<Collected, MaintenanceError> {
    let storage = Backend::open(location).await?;
    let bounds = limits.upload_bounds();
    let documents = Documents::open(storage.clone(), bounds, Recent::new(0)).await?;
    let survey = Survey::of(&storage, &documents).await?;
    let age = match storage.is_shared() {
        true => documents.abandoned_after(),
        false => Duration::ZERO,
    };
    let now = SystemTime::now();
    let is_old = |listed: &Listed| {
        age.is_zero()
            || now
                .duration_since(listed.modified)
                .is_ok_and(|since| since > age)
    };
    let mut collected = Collected::default();
    for ((uploader, blob, size), listed) in survey.orphan_usage() {
        if is_old(listed) {
            let usage = StorageKey::Usage(uploader, blob, size);
            storage.remove_for_good(usage).await?;
            collected.usage_removed += 1;
        }
    }
    for (blob, listed) in survey.orphan_blobs() {
        if is_old(listed) {
            storage.remove_for_good(StorageKey::Blob(blob)).await?;
            collected.blobs += 1;
            collected.bytes += listed.size;
        }
    }
    for (_, published) in survey.without_usage() {
        let usage = StorageKey::Usage(published.uploader, published.blob(), published.size);
        storage.create(usage, Bytes::new()).await?;
        collected.usage_added += 1;
    }
    collected.left = Survey::of(&storage, &documents).await?.report();
    Ok(collected)
}
