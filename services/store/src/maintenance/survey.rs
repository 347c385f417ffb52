//! A survey of all objects in a storage.

use std::collections::{HashMap, HashSet, hash_map::Entry as HashEntry};

use futures::{StreamExt, TryStreamExt};
use generion_interface::store::FileId;
use object_store::path::Path;
use solana_address::Address;

use super::report::{CheckReport, Finding};
use crate::storage::{
    documents::Documents,
    error::StorageError,
    key::{BlobId, StorageKey},
    metadata::{Metadata, PublishedFile},
    objects::{ObjectInfo, Objects},
};

/// How many objects are read at the same time.
pub const CONCURRENT_READS: usize = 16;

/// The contents of a file's metadata.
enum Entry {
    Published(FileId, PublishedFile),
    Erased,
    Damaged(FileId),
    Stray(Path),
    Gone,
}

/// All objects in a storage, and how they belong together.
pub struct Survey {
    pub published: Vec<(FileId, PublishedFile)>,
    erased: u64,
    damaged: Vec<FileId>,
    pub blobs: HashMap<BlobId, ObjectInfo>,
    pub usage: HashMap<(Address, BlobId, u64), ObjectInfo>,
    /// The blobs of uploads and deletions in progress.
    pending: HashSet<BlobId>,
    strays: Vec<Path>,
}

impl Survey {
    /// Surveys a storage, on which a store may be running. Metadata is read after the objects that it needs were listed,
    /// so that concurrent uploads and deletions don't look like faults.
    pub async fn of(objects: &Objects, documents: &Documents) -> Result<Self, StorageError> {
        let mut strays = Vec::new();
        let mut usage = HashMap::new();
        let mut listing = objects.list(StorageKey::USAGE.into());
        while let Some(listed) = listing.try_next().await? {
            match StorageKey::parse_usage(&listed.path) {
                Some(key) => drop(usage.insert(key, listed)),
                None => strays.push(listed.path),
            }
        }
        let mut blobs = HashMap::new();
        let mut listing = objects.list(StorageKey::BLOBS.into());
        while let Some(listed) = listing.try_next().await? {
            match listed.path.filename().and_then(|name| name.parse().ok()) {
                Some(blob) => drop(blobs.insert(blob, listed)),
                None => strays.push(listed.path),
            }
        }
        let mut survey = Self {
            published: Vec::new(),
            erased: 0,
            damaged: Vec::new(),
            blobs,
            usage,
            pending: pending_blobs(objects).await?,
            strays,
        };
        let mut notes = objects.list(StorageKey::NOTES.into());
        while let Some(listed) = notes.try_next().await? {
            if StorageKey::parse_note(&listed.path).is_none() {
                survey.strays.push(listed.path);
            }
        }
        let listing = objects.list(StorageKey::DOCUMENTS.into());
        let listing = listing.chain(objects.list(StorageKey::LINKS.into()));
        let entries = listing.map_ok(|listed| async move {
            let Some(file) = StorageKey::parse_metadata(&listed.path) else {
                return Ok(Entry::Stray(listed.path));
            };
            match documents.metadata(file).await {
                Ok(Some(Metadata::Published(published))) => Ok(Entry::Published(file, published)),
                Ok(Some(Metadata::Erased)) => Ok(Entry::Erased),
                // A link that expired since the listing.
                Ok(None) if file.link().is_some() => Ok(Entry::Gone),
                Ok(None) => Ok(Entry::Damaged(file)),
                Err(error) if error.is_invalid_metadata() => Ok(Entry::Damaged(file)),
                Err(error) => Err(error),
            }
        });
        let mut entries = std::pin::pin!(entries.try_buffer_unordered(CONCURRENT_READS));
        while let Some(entry) = entries.try_next().await? {
            match entry {
                Entry::Published(file, published) => survey.published.push((file, published)),
                Entry::Erased => survey.erased += 1,
                Entry::Damaged(file) => survey.damaged.push(file),
                Entry::Stray(path) => survey.strays.push(path),
                Entry::Gone => {}
            }
        }
        survey.recheck(objects, documents).await?;
        Ok(survey)
    }

    /// Checks again for objects that were missing or orphaned, because they may have been written or removed in the
    /// meantime.
    async fn recheck(
        &mut self,
        objects: &Objects,
        documents: &Documents,
    ) -> Result<(), StorageError> {
        let mut erased = Vec::new();
        let mut expired = Vec::new();
        for (file, published) in &self.published {
            let usage = (published.uploader, published.blob, published.size);
            if let HashEntry::Vacant(missing) = self.blobs.entry(published.blob) {
                let key = StorageKey::Blob(published.blob);
                match objects.size(key).await? {
                    Some(size) => drop(missing.insert(ObjectInfo::just_written(key, size))),
                    None => match documents.metadata(*file).await? {
                        Some(Metadata::Erased) => {
                            erased.push(*file);
                            continue;
                        }
                        None => {
                            expired.push(*file);
                            continue;
                        }
                        Some(Metadata::Published(_)) => {}
                    },
                }
            }
            if let HashEntry::Vacant(missing) = self.usage.entry(usage) {
                let key = StorageKey::Usage(usage.0, usage.1, usage.2);
                if objects.size(key).await?.is_some() {
                    missing.insert(ObjectInfo::just_written(key, 0));
                }
            }
        }
        self.erased += erased.len() as u64;
        self.published
            .retain(|(file, _)| !erased.contains(file) && !expired.contains(file));
        let named: HashSet<_> = self.published.iter().map(|(_, p)| p.blob).collect();
        for blob in self.blobs.keys().copied().collect::<Vec<_>>() {
            if !named.contains(&blob) && objects.size(StorageKey::Blob(blob)).await?.is_none() {
                self.blobs.remove(&blob);
            }
        }
        for key in self.usage.keys().copied().collect::<Vec<_>>() {
            let object = StorageKey::Usage(key.0, key.1, key.2);
            if !named.contains(&key.1) && objects.size(object).await?.is_none() {
                self.usage.remove(&key);
            }
        }
        self.pending.extend(pending_blobs(objects).await?);
        Ok(())
    }

    /// Blobs that belong neither to metadata nor to an upload or deletion in progress.
    pub fn orphan_blobs(&self) -> Vec<(BlobId, &ObjectInfo)> {
        let named: HashSet<_> = self.published.iter().map(|(_, p)| p.blob).collect();
        let mut orphans: Vec<_> = self
            .blobs
            .iter()
            .map(|(blob, listed)| (*blob, listed))
            .filter(|(blob, _)| !named.contains(blob) && !self.pending.contains(blob))
            .collect();
        orphans.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        orphans
    }

    /// Usage objects that belong neither to a document nor to an upload or deletion in progress.
    pub fn orphan_usage(&self) -> Vec<((Address, BlobId, u64), &ObjectInfo)> {
        let counted: HashSet<_> = self.published.iter().map(|(_, p)| usage_of(p)).collect();
        let mut orphans: Vec<_> = self
            .usage
            .iter()
            .map(|(key, listed)| (*key, listed))
            .filter(|(key, _)| !counted.contains(key) && !self.pending.contains(&key.1))
            .collect();
        orphans.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        orphans
    }

    /// Documents with a blob but without a usage object.
    pub fn without_usage(&self) -> impl Iterator<Item = &(FileId, PublishedFile)> {
        self.published.iter().filter(|(_, published)| {
            !self.usage.contains_key(&usage_of(published))
                && !self.pending.contains(&published.blob)
                && self.blobs.contains_key(&published.blob)
        })
    }

    /// The faults that the survey shows, and the numbers of documents.
    pub fn report(&self) -> CheckReport {
        let mut findings = Vec::new();
        for file in &self.damaged {
            let file = *file;
            findings.push(Finding::DamagedMetadata { file });
        }
        for (file, published) in &self.published {
            let (file, size) = (*file, published.size);
            match self.blobs.get(&published.blob).map(|blob| blob.size) {
                None if !self.usage.contains_key(&usage_of(published)) => {
                    findings.push(Finding::ErasedBetweenCopies { file });
                }
                None => findings.push(Finding::MissingBlob { file }),
                Some(found) if found != size => {
                    findings.push(Finding::HalfBlob { file, found, size });
                }
                Some(_) => {}
            }
        }
        let without_usage = self.without_usage();
        findings.extend(without_usage.map(|(file, _)| Finding::MissingUsage { file: *file }));
        let path = |listed: &ObjectInfo| listed.path.to_string();
        findings.extend(
            self.orphan_blobs()
                .into_iter()
                .map(|(_, listed)| Finding::OrphanBlob { path: path(listed) }),
        );
        findings.extend(
            self.orphan_usage()
                .into_iter()
                .map(|(_, listed)| Finding::OrphanUsage { path: path(listed) }),
        );
        findings.extend(self.strays.iter().map(|path| Finding::Stray {
            path: path.to_string(),
        }));
        let links = self
            .published
            .iter()
            .filter(|(file, _)| file.link().is_some());
        let links = links.count() as u64;
        CheckReport {
            published: self.published.len() as u64 - links,
            links,
            erased: self.erased,
            pending: self.pending.len() as u64,
            findings,
        }
    }
}

fn usage_of(published: &PublishedFile) -> (Address, BlobId, u64) {
    (published.uploader, published.blob, published.size)
}

/// The blobs of uploads and deletions in progress.
async fn pending_blobs(objects: &Objects) -> Result<HashSet<BlobId>, StorageError> {
    let listing = objects.list(StorageKey::PENDING.into());
    let blobs = listing.try_filter_map(|listed| {
        let blob = match StorageKey::parse_pending(&listed.path) {
            Some(StorageKey::Pending(_, blob, _)) => Some(blob),
            _ => None,
        };
        std::future::ready(Ok(blob))
    });
    blobs.try_collect().await
}
