//! Removes orphans, and corrects the usage of uploaders.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::{error::MaintenanceError, report::CheckReport, survey::Survey};
use crate::{
    clock::Clock,
    config::limits::Limits,
    quota::{Quota, Quotas},
    storage::{
        cache::DocumentCache, documents::Documents, key::StorageKey, location::StorageLocation,
        objects::Objects, usage::UsageCounter,
    },
};

/// The result of [`collect`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectReport {
    /// The number of orphaned blobs that were removed.
    pub blobs: u64,
    /// The total size of these blobs, in bytes.
    pub bytes: u64,
    /// The number of orphaned usage objects that were removed.
    pub usage_removed: u64,
    /// The number of missing usage objects that were added.
    pub usage_added: u64,
    /// The number of expired links that were removed.
    pub links_expired: u64,
    /// The result of a check afterwards.
    pub remaining: CheckReport,
}

/// Removes links that expired a day ago by the clock, and blobs that no metadata names, and corrects the usage of uploaders. No
/// store may be running on a folder. In a bucket stores may be running, so only objects that are older than any upload may
/// become are removed.
///
/// # Errors
/// [`MaintenanceError`] if the storage can't be opened or returns errors.
pub async fn collect(
    location: &StorageLocation,
    limits: &Limits,
    clock: &Clock,
) -> Result<CollectReport, MaintenanceError> {
    let objects = Objects::open(location).await?;
    let bounds = limits.upload_bounds();
    let documents = Documents::open(objects.clone(), bounds, DocumentCache::new(0)).await?;
    let mut collected = CollectReport::default();
    // Nothing is uploaded here: the limits do not matter.
    let quotas = Quotas::new(UsageCounter::new(objects.clone()), Quota::default(), 1);
    collected.links_expired = quotas.remove_expired(&documents, clock()).await?;
    let survey = Survey::of(&objects, &documents).await?;
    let age = match objects.is_shared() {
        true => documents.abandoned_after(),
        false => Duration::ZERO,
    };
    let now = SystemTime::now();
    for ((uploader, blob, size), object) in survey.orphan_usage() {
        if object.is_older_than(age, now) {
            let usage = StorageKey::Usage(uploader, blob, size);
            objects.remove_durably(usage).await?;
            collected.usage_removed += 1;
        }
    }
    for (blob, object) in survey.orphan_blobs() {
        if object.is_older_than(age, now) {
            objects.remove_durably(StorageKey::Blob(blob)).await?;
            collected.blobs += 1;
            collected.bytes = collected.bytes.saturating_add(object.size);
        }
    }
    for (_, published) in survey.without_usage() {
        let usage = StorageKey::Usage(published.uploader, published.blob, published.size);
        objects.create(usage, Bytes::new()).await?;
        collected.usage_added += 1;
    }
    collected.remaining = Survey::of(&objects, &documents).await?.report();
    Ok(collected)
}
