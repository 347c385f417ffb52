//! Checks that a storage is complete and consistent.

use std::collections::HashSet;

use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::{
    error::MaintenanceError,
    report::{CheckReport, Finding},
    survey::{CONCURRENT_READS, Survey},
};
use crate::{
    config::limits::Limits,
    storage::{
        documents::Documents,
        error::{StorageError, io_error},
        key::StorageKey,
        location::StorageLocation,
        metadata::PublishedFile,
        objects::Objects,
    },
};

/// Checks a storage without changing anything. With `bytes`, also reads every document and compares its hash. A store
/// may be running on the storage.
///
/// # Errors
/// [`MaintenanceError`] if the storage can't be opened or returns errors.
pub async fn check(
    location: &StorageLocation,
    limits: &Limits,
    bytes: bool,
) -> Result<CheckReport, MaintenanceError> {
    let objects = Objects::open_read_only(location).await?;
    let documents = Documents::open_read_only(objects.clone(), limits.upload_bounds());
    let survey = Survey::of(&objects, &documents).await?;
    let mut report = survey.report();
    if bytes {
        let wrong = find_wrong_bytes(&objects, &survey, &report.findings).await?;
        report.findings.extend(wrong);
    }
    Ok(report)
}

/// Reads every document whose bytes are not known to be missing, and compares its hash.
async fn find_wrong_bytes(
    objects: &Objects,
    survey: &Survey,
    findings: &[Finding],
) -> Result<Vec<Finding>, StorageError> {
    let missing: HashSet<_> = findings.iter().filter_map(Finding::without_bytes).collect();
    let published = survey.published.iter();
    let readable = published.filter(|(file, _)| !missing.contains(file));
    let hashes = readable.map(|(file, published)| async move {
        let is_same = match hash(objects, published).await? {
            Some(found) => found == *file.sha256(),
            // Erased in the meantime.
            None => true,
        };
        Ok::<_, StorageError>((!is_same).then_some(Finding::WrongBytes { file: *file }))
    });
    let hashes = stream::iter(hashes).buffer_unordered(CONCURRENT_READS);
    hashes
        .try_filter_map(|wrong| std::future::ready(Ok(wrong)))
        .try_collect()
        .await
}

/// The SHA-256 of the bytes in the blob of a file, or `None` if there is no such blob.
async fn hash(
    objects: &Objects,
    published: &PublishedFile,
) -> Result<Option<[u8; 32]>, StorageError> {
    let size = published.size;
    let Some(mut bytes) = objects.stream(published.blob, size).await? else {
        return Ok(None);
    };
    let mut hash = Sha256::new();
    while let Some(bytes) = bytes.try_next().await.map_err(|source| {
        let path = StorageKey::Blob(published.blob).path();
        io_error("read", &path, source)
    })? {
        hash.update(&bytes);
    }
    Ok(Some(hash.finalize().into()))
}
