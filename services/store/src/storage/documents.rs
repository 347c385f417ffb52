//! The documents of a store and the files of health links, and why a crash at any moment leaves nothing half-done.
//!
//! A document is one small *metadata* object, which says who may delete the document and names the blob with its
//! bytes. The metadata is created once, and only after the blob is complete and its hash was checked. This one
//! conditional write publishes the document together with its erase authority, so that exactly one of several first
//! uploads succeeds. A deletion first overwrites the metadata with a tombstone, which is one atomic write, and then
//! removes the blob. Readers start from the metadata, so a blob without metadata is visible to nobody. Nothing is ever
//! renamed, because object storage can't rename.
//!
//! A crash can leave blobs that no metadata names. Therefore an upload or deletion first writes a *pending* object,
//! which names the document, the blob and the uploader, and removes it when metadata, blob and usage are consistent.
//! [`Documents::recover`] finishes or undoes what pending objects announce. A store that has a folder to itself
//! recovers all of them when it starts. In a shared bucket another store may be working on the younger ones, so a store
//! only recovers those that are older than any upload may become, from time to time. An upload that took longer than
//! that publishes nothing.
//!
//! The names of *usage* objects say which documents count to which uploader. A usage object is written after the blob
//! and before the metadata, and removed before the blob. So while a blob exists, recovery can find its length, and with
//! it the name of the usage object.
//!
//! The file of a health link is stored like a document. In addition there is a *note* under its erase authority, from
//! which lists are made. It is written before the metadata and counts only together with it, so a crash can leave a note
//! that nobody sees. Its name has the expiry: links, their tombstones and their notes are removed a day after it.
//!
//! A crash can also leave the parts of an unfinished multipart upload in object storage. They can be neither read nor
//! listed; a lifecycle rule of the bucket (`AbortIncompleteMultipartUpload`) removes them.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::FileId;
use solana_address::Address;

use super::{
    backend::BlobContent,
    cache::{CacheEntry, DocumentCache, Generation},
    directory::ByteStream,
    error::StorageError,
    key::{BlobId, Change, StorageKey},
    metadata::{Metadata, PublishedFile},
    objects::Objects,
    upload::{Upload, UploadBounds},
};

/// How much longer than the lifetime of an upload its pending object is left alone: longer than the last requests of an
/// upload take, and longer than clocks differ.
const RECOVERY_MARGIN: Duration = Duration::from_secs(3600);

/// The result of [`Documents::find`].
pub enum Found {
    /// The document can be read.
    Readable(ReadableDocument),
    /// The document was deleted.
    Erased,
}

/// The new metadata of a file that is removed.
#[derive(Clone, Copy)]
pub(super) enum Removal {
    /// A tombstone takes its place.
    Erased,
    /// It is removed, because no store would take the file again.
    Expired,
}

/// A document that was found, for [`Documents::read`].
pub struct ReadableDocument {
    pub published: PublishedFile,
    source: Source,
}

impl ReadableDocument {
    /// Whether the bytes come from the cache.
    pub fn is_cached(&self) -> bool {
        matches!(self.source, Source::Cache(_))
    }
}

enum Source {
    Cache(Bytes),
    Storage(FileId, Generation),
}

/// The requested bytes of a document.
pub enum DocumentBytes {
    Whole(Bytes),
    Stream(ByteStream),
}

/// All documents of a store, and the files of links.
#[derive(Clone, Debug)]
pub struct Documents {
    pub(super) objects: Objects,
    bounds: UploadBounds,
    cache: DocumentCache,
}

impl Documents {
    /// The documents in a storage. Before this returns, everything that an earlier run left unfinished is undone or
    /// finished, unless another store may be working on it.
    pub async fn open(
        objects: Objects,
        bounds: UploadBounds,
        cache: DocumentCache,
    ) -> Result<Self, StorageError> {
        let is_shared = objects.is_shared();
        let documents = Self {
            objects,
            bounds,
            cache,
        };
        match is_shared {
            true => documents.recover().await?,
            false => documents.recover_older(Duration::ZERO).await?,
        }
        Ok(documents)
    }

    /// The documents in a storage that is only read.
    pub fn open_read_only(objects: Objects, bounds: UploadBounds) -> Self {
        Self {
            objects,
            bounds,
            cache: DocumentCache::new(0),
        }
    }

    /// The age at which an unfinished upload counts as abandoned in a shared storage.
    pub fn abandoned_after(&self) -> Duration {
        self.bounds.lifetime.saturating_add(RECOVERY_MARGIN)
    }

    /// Undoes or finishes uploads and deletions that were abandoned.
    pub async fn recover(&self) -> Result<(), StorageError> {
        self.recover_older(self.abandoned_after()).await
    }

    async fn recover_older(&self, age: Duration) -> Result<(), StorageError> {
        let pending = self.objects.list_older(StorageKey::PENDING, age);
        let pending: Vec<_> = pending.try_collect().await?;
        for path in pending {
            let Some(key) = StorageKey::parse_pending(&path) else {
                continue;
            };
            let StorageKey::Pending(file, blob, _) = key else {
                continue;
            };
            match self.metadata(file).await? {
                Some(Metadata::Published(published)) if published.blob == blob => {}
                _ => self.remove_orphan(key, blob).await?,
            }
            self.objects.remove(&path).await?;
        }
        Ok(())
    }

    /// Removes a blob that no metadata names, and its usage object.
    async fn remove_orphan(
        &self,
        pending: StorageKey<'_>,
        blob: BlobId,
    ) -> Result<(), StorageError> {
        let Some(size) = self.objects.size(StorageKey::Blob(blob)).await? else {
            return Ok(());
        };
        let uploader = self.objects.get(pending).await?;
        let uploader = uploader.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        if let Some(uploader) = uploader {
            let usage = StorageKey::Usage(uploader, blob, size);
            self.objects.remove_durably(usage).await?;
        }
        self.objects.remove_durably(StorageKey::Blob(blob)).await
    }

    /// Checks that the storage answers.
    pub async fn check_readiness(&self) -> Result<(), StorageError> {
        self.objects.check_readiness().await
    }

    /// The metadata of a file, or `None` if it was never uploaded.
    pub async fn metadata(
        &self,
        file: impl Into<FileId>,
    ) -> Result<Option<Metadata>, StorageError> {
        let key = StorageKey::Metadata(file.into());
        let Some(json) = self.objects.get(key).await? else {
            return Ok(None);
        };
        let metadata =
            serde_json::from_slice(&json).map_err(|source| StorageError::InvalidMetadata {
                path: key.path(),
                source,
            })?;
        Ok(Some(metadata))
    }

    /// Like [`Self::metadata`], but a file that was erased while a backup was made counts as erased.
    pub async fn state(&self, file: FileId) -> Result<Option<Metadata>, StorageError> {
        let metadata = self.metadata(file).await?;
        match metadata {
            Some(Metadata::Published(published)) if self.is_erased_remnant(&published).await? => {
                Ok(Some(Metadata::Erased))
            }
            metadata => Ok(metadata),
        }
    }

    /// Whether a document that has metadata has neither blob nor usage object. Only an erasure removes both, so it
    /// happened after a backup copied the metadata and before the backup copied the other two.
    async fn is_erased_remnant(&self, published: &PublishedFile) -> Result<bool, StorageError> {
        let PublishedFile {
            uploader,
            blob,
            size,
            ..
        } = *published;
        let has_blob = self.objects.size(StorageKey::Blob(blob)).await?.is_some();
        let usage = StorageKey::Usage(uploader, blob, size);
        Ok(!has_blob && self.objects.size(usage).await?.is_none())
    }

    /// Looks up a file to read it, or returns `None` if it was never uploaded.
    pub async fn find(&self, file: impl Into<FileId>) -> Result<Option<Found>, StorageError> {
        let file = file.into();
        if let Some(entry) = self.cache.get(&file) {
            if self
                .objects
                .is_unchanged(entry.published.blob, &entry.version)
            {
                return Ok(Some(Found::Readable(ReadableDocument {
                    published: entry.published,
                    source: Source::Cache(entry.bytes),
                })));
            }
            self.cache.invalidate(&file);
        }
        let generation = self.cache.generation();
        Ok(self.metadata(file).await?.map(|metadata| match metadata {
            Metadata::Published(published) => {
                let source = Source::Storage(file, generation);
                Found::Readable(ReadableDocument { published, source })
            }
            Metadata::Erased => Found::Erased,
        }))
    }

    /// The bytes of a document in `range`, which must lie within its size. Returns `None` if the document was deleted
    /// since it was found.
    pub async fn read(
        &self,
        ReadableDocument { published, source }: ReadableDocument,
        range: Range<u64>,
    ) -> Result<Option<DocumentBytes>, StorageError> {
        let PublishedFile { size, blob, .. } = published;
        // The casts lose nothing: the range lies within a document that is in memory.
        let part = |bytes: &Bytes| {
            DocumentBytes::Whole(bytes.slice(range.start as usize..range.end as usize))
        };
        let (file, generation) = match source {
            Source::Cache(bytes) => return Ok(Some(part(&bytes))),
            Source::Storage(file, generation) => (file, generation),
        };
        match self.objects.read(blob, size, range.clone()).await? {
            Some(BlobContent::Stream(bytes)) => return Ok(Some(DocumentBytes::Stream(bytes))),
            Some(BlobContent::Whole(bytes, version)) => {
                let requested = part(&bytes);
                let entry = CacheEntry {
                    published,
                    bytes,
                    version,
                };
                self.cache.insert(file, entry, generation);
                return Ok(Some(requested));
            }
            None => {}
        }
        // A link that has expired in the meantime has no metadata any more.
        if self
            .state(file)
            .await?
            .is_none_or(|state| state == Metadata::Erased)
        {
            return Ok(None);
        }
        let path = StorageKey::Blob(blob).path();
        Err(StorageError::InvalidBlob { path, size })
    }

    /// Starts an upload, which will count to the uploader's usage.
    pub async fn begin_upload(
        &self,
        file: impl Into<FileId>,
        uploader: Address,
    ) -> Result<Upload, StorageError> {
        Upload::begin(&self.objects, self.bounds, file.into(), uploader).await
    }

    /// Deletes a file for good: when this returns, its bytes are gone, and a tombstone keeps it from being uploaded again.
    /// Returns the number of bytes, or `None` if the file was deleted by somebody else in the meantime.
    pub async fn erase(
        &self,
        file: impl Into<FileId>,
        published: &PublishedFile,
    ) -> Result<Option<u64>, StorageError> {
        self.remove(file.into(), published, Removal::Erased).await
    }

    pub(super) async fn remove(
        &self,
        file: FileId,
        published: &PublishedFile,
        removal: Removal,
    ) -> Result<Option<u64>, StorageError> {
        if self.metadata(file).await? != Some(Metadata::Published(*published)) {
            return Ok(None);
        }
        let Self { objects, .. } = self;
        let PublishedFile {
            erase_authority,
            blob,
            uploader,
            size,
        } = *published;
        let pending = StorageKey::Pending(file, blob, Change::Erasure);
        // Two deletions at the same time share the pending object, and do the same.
        objects.create(pending, uploader.to_string().into()).await?;
        let key = StorageKey::Metadata(file);
        let hidden = match removal {
            Removal::Erased => objects.replace(key, Metadata::Erased.to_json()).await,
            Removal::Expired => objects.remove_durably(key).await,
        };
        // Also after an error, because the tombstone may have been written nevertheless.
        self.cache.invalidate(&file);
        hidden?;
        if let FileId::Link(link) = file {
            let note = StorageKey::Note(erase_authority, link);
            objects.remove_durably(note).await?;
        }
        let usage = StorageKey::Usage(uploader, blob, size);
        objects.remove_durably(usage).await?;
        objects.remove_durably(StorageKey::Blob(blob)).await?;
        objects.remove(&pending.path()).await?;
        Ok(Some(size))
    }

    /// Makes sure that a file is deleted and can't be uploaded, whatever its state is. Returns the previous metadata.
    pub async fn ensure_erased(&self, file: FileId) -> Result<Option<Metadata>, StorageError> {
        let key = StorageKey::Metadata(file);
        loop {
            match self.metadata(file).await {
                Ok(Some(Metadata::Erased)) => return Ok(Some(Metadata::Erased)),
                Ok(Some(Metadata::Published(published))) => {
                    if self.erase(file, &published).await?.is_some() {
                        return Ok(Some(Metadata::Published(published)));
                    }
                }
                Ok(None) => {
                    self.objects.create(key, Metadata::Erased.to_json()).await?;
                    // Two callers at the same time both get here. If an upload was faster, the next round deletes it.
                    if self.metadata(file).await? == Some(Metadata::Erased) {
                        return Ok(None);
                    }
                }
                // The previous state is lost, and the document must not be readable.
                Err(StorageError::InvalidMetadata { .. }) => {
                    let tombstone = Metadata::Erased.to_json();
                    self.objects.replace(key, tombstone).await?;
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests;
