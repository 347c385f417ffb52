//! Documents in the storage.
//!
//! A document is one small record, which says who may delete it and names the blob with its bytes. The record is
//! created once, and only after the blob is complete and its hash was checked: this one conditional write publishes
//! the document together with its erase authority, and of several first uploads exactly one makes it. Deletion writes
//! the record over with a tombstone, also one atomic write, and then removes the blob. Readers go by the record alone,
//! so a blob without one is nothing that anybody can see. Nothing is ever renamed, which object storage can't do.
//!
//! Blobs without a use are what a crash can leave. Whoever is about to make one, by uploading or by deleting, first
//! writes a *pending* object that names document, blob and uploader, and removes it when record, blob and usage are in
//! step. [`Documents::settle`] puts in order what such objects tell of: at the start of a store that has its folder for
//! itself all of them, and from time to time those that are older than any upload may become, since in a shared bucket
//! another store may be at work on the younger ones. An upload that took longer than that publishes nothing.
//!
//! *Usage* objects say, by their names, what is on whose account. One is written after the blob and before the record,
//! and removed before the blob: as long as there is a blob, settling knows how long it is, and so what the object of
//! its usage is called.
//!
//! What a crash leaves in object storage beyond that are the parts of a multipart upload that nobody finished. They can
//! be neither read nor listed; a rule of the bucket (`AbortIncompleteMultipartUpload`) drops them.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::DocumentId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::config::Limits;

use super::{
    Backend, Content, StorageError,
    key::{BlobId, Change, StorageKey},
    read::ByteStream,
    recent::{Entry, Moment, Recent},
};

mod upload;

pub use upload::Upload;

/// How much later than at its end an upload's traces count as left behind: longer than the last requests of an upload
/// take, and than clocks are apart.
const SETTLE_MARGIN: Duration = Duration::from_secs(3600);

/// What became of a document that was uploaded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Record {
    /// It is there.
    Published(Published),
    /// It was deleted, and stays so.
    Erased,
}

/// A document that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Who may delete it.
    #[serde(with = "base58")]
    pub erase_authority: Address,
    /// Who uploaded it first, on whose account it is.
    #[serde(with = "base58")]
    pub uploader: Address,
    /// Length in bytes.
    pub size: u64,
    blob: BlobId,
}

/// What there is of a document whose bytes are wanted.
pub enum Found {
    /// It is there.
    Readable(Readable),
    /// It was deleted.
    Erased,
}

/// A document that is there, for [`Documents::read`].
pub struct Readable {
    pub published: Published,
    source: Source,
}

impl Readable {
    /// Its bytes are here already.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.source, Source::Memory(_))
    }
}

enum Source {
    Memory(Bytes),
    Storage(DocumentId, Moment),
}

/// Bytes of a document.
pub enum Body {
    /// All that were asked for.
    Bytes(Bytes),
    /// The same, piece by piece.
    Stream(ByteStream),
}

/// What came of an upload whose bytes all arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document is there now.
    Created(Published),
    /// The document got its record from somebody else meanwhile: it stays as it is.
    Existed,
    /// The bytes are not the document's.
    HashMismatch(DocumentId),
}

/// How large and how long uploads may become.
#[derive(Clone, Copy, Debug)]
pub struct UploadBounds {
    /// Bytes of the largest document.
    pub max_bytes: u64,
    /// From its first byte until it is published.
    pub lifetime: Duration,
}

/// All documents.
#[derive(Clone, Debug)]
pub struct Documents {
    storage: Backend,
    bounds: UploadBounds,
    recent: Recent,
}

impl Documents {
    /// The documents in this storage. What an earlier run did not finish is undone or finished before this returns,
    /// unless another store may be at it.
    pub async fn open(
        storage: Backend,
        bounds: UploadBounds,
        recent: Recent,
    ) -> Result<Self, StorageError> {
        let alone = !storage.is_shared();
        let documents = Self {
            storage,
            bounds,
            recent,
        };
        match alone {
            true => documents.settle_older(Duration::ZERO).await?,
            false => documents.settle().await?,
        }
        Ok(documents)
    }

    /// The documents in a storage that is only read.
    pub fn looked_at(storage: Backend, limits: &Limits) -> Self {
        Self {
            storage,
            bounds: limits.upload_bounds(),
            recent: Recent::new(0),
        }
    }

    /// How long after its first write an upload counts as left behind, where stores may be at work.
    pub fn abandoned_after(&self) -> Duration {
        self.bounds.lifetime + SETTLE_MARGIN
    }

    /// Undoes or finishes the uploads and deletions that were left behind long enough ago.
    pub async fn settle(&self) -> Result<(), StorageError> {
        self.settle_older(self.abandoned_after()).await
    }

    async fn settle_older(&self, age: Duration) -> Result<(), StorageError> {
        let pending = self.storage.list_older(StorageKey::PENDING, age);
        let pending: Vec<_> = pending.try_collect().await?;
        for path in pending {
            let Some(key) = StorageKey::parse_pending(&path) else {
                continue;
            };
            let StorageKey::Pending(document, blob, _) = key else {
                continue;
            };
            match self.record(document).await? {
                Some(Record::Published(published)) if published.blob == blob => {}
                _ => self.drop_blob(key, blob).await?,
            }
            self.storage.remove(path).await?;
        }
        Ok(())
    }

    /// Removes a blob that no record names, and takes it off its uploader's account.
    async fn drop_blob(&self, pending: StorageKey<'_>, blob: BlobId) -> Result<(), StorageError> {
        let Some(size) = self.storage.size(StorageKey::Blob(blob)).await? else {
            return Ok(());
        };
        let uploader = self.storage.get(pending).await?;
        let uploader = uploader.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        if let Some(uploader) = uploader {
            let usage = StorageKey::Usage(uploader, blob, size);
            self.storage.remove_for_good(usage).await?;
        }
        self.storage.remove_for_good(StorageKey::Blob(blob)).await
    }

    /// Whether the storage answers.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.storage.check().await
    }

    /// What became of a document; `None` if it was never uploaded.
    pub async fn record(&self, document: DocumentId) -> Result<Option<Record>, StorageError> {
        let key = StorageKey::Document(document);
        let Some(json) = self.storage.get(key).await? else {
            return Ok(None);
        };
        let record = serde_json::from_slice(&json).map_err(|source| StorageError::Record {
            path: key.path(),
            source,
        })?;
        Ok(Some(record))
    }

    /// As [`Self::record`]; a document that a backup has lost to an erasure between its copies counts as erased.
    pub async fn state(&self, document: DocumentId) -> Result<Option<Record>, StorageError> {
        let record = self.record(document).await?;
        match record {
            Some(Record::Published(published)) if self.has_left(&published).await? => {
                Ok(Some(Record::Erased))
            }
            record => Ok(record),
        }
    }

    /// Whether a document that has a record has neither blob nor usage: nothing but an erasure takes both, and so it did
    /// after the record was copied and before these were.
    async fn has_left(&self, published: &Published) -> Result<bool, StorageError> {
        let Published {
            uploader,
            blob,
            size,
            ..
        } = *published;
        let blob_is_there = self.storage.size(StorageKey::Blob(blob)).await?.is_some();
        let usage = StorageKey::Usage(uploader, blob, size);
        Ok(!blob_is_there && self.storage.size(usage).await?.is_none())
    }

    /// Looks for a document whose bytes are wanted.
    pub async fn find(&self, document: DocumentId) -> Result<Option<Found>, StorageError> {
        if let Some(entry) = self.recent.get(&document) {
            if self.storage.is_still(entry.published.blob, &entry.version) {
                let Entry {
                    published, bytes, ..
                } = entry;
                let source = Source::Memory(bytes);
                return Ok(Some(Found::Readable(Readable { published, source })));
            }
            self.recent.forget(&document);
        }
        let moment = self.recent.now();
        Ok(self.record(document).await?.map(|record| match record {
            Record::Published(published) => {
                let source = Source::Storage(document, moment);
                Found::Readable(Readable { published, source })
            }
            Record::Erased => Found::Erased,
        }))
    }

    /// Its bytes in this range, which must lie within its size; `None` if it was deleted meanwhile.
    pub async fn read(
        &self,
        Readable { published, source }: Readable,
        range: Range<u64>,
    ) -> Result<Option<Body>, StorageError> {
        let Published { size, blob, .. } = published;
        // Within a size that is that of bytes in memory.
        let part =
            |bytes: &Bytes| Body::Bytes(bytes.slice(range.start as usize..range.end as usize));
        let (document, moment) = match source {
            Source::Memory(bytes) => return Ok(Some(part(&bytes))),
            Source::Storage(document, moment) => (document, moment),
        };
        match self.storage.read(blob, size, range.clone()).await? {
            Some(Content::Stream(bytes)) => return Ok(Some(Body::Stream(bytes))),
            Some(Content::Whole(bytes, version)) => {
                let body = part(&bytes);
                let entry = Entry {
                    published,
                    bytes,
                    version,
                };
                self.recent.remember(document, entry, moment);
                return Ok(Some(body));
            }
            None => {}
        }
        if self.state(document).await? == Some(Record::Erased) {
            return Ok(None);
        }
        let path = StorageKey::Blob(blob).path();
        Err(StorageError::Blob { path, size })
    }

    /// Begins an upload on the uploader's account.
    pub async fn begin(
        &self,
        document: DocumentId,
        uploader: Address,
    ) -> Result<Upload, StorageError> {
        let blob = BlobId::random().map_err(StorageError::Random)?;
        let pending = StorageKey::Pending(document, blob, Change::Upload);
        let started = Instant::now();
        let content = uploader.to_string().into();
        self.storage.create(pending, content).await?;
        Ok(Upload {
            bytes: self.storage.begin(blob, self.bounds.max_bytes),
            storage: self.storage.clone(),
            lifetime: self.bounds.lifetime,
            started,
            document,
            uploader,
            blob,
            pending,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// Deletes a document for good: when this returns, its bytes are gone. Returns how many there were, or `None` if
    /// somebody else deleted it meanwhile.
    pub async fn erase(
        &self,
        document: DocumentId,
        published: &Published,
    ) -> Result<Option<u64>, StorageError> {
        if self.record(document).await? != Some(Record::Published(*published)) {
            return Ok(None);
        }
        let Self { storage, .. } = self;
        let Published {
            blob,
            uploader,
            size,
            ..
        } = *published;
        let pending = StorageKey::Pending(document, blob, Change::Erasure);
        // It is there already if two deletions run at once, which do the same.
        storage.create(pending, uploader.to_string().into()).await?;
        let replaced = storage
            .replace(StorageKey::Document(document), Record::tombstone())
            .await;
        // Even where it failed: it may have been written all the same.
        self.recent.forget(&document);
        replaced?;
        let usage = StorageKey::Usage(uploader, blob, size);
        storage.remove_for_good(usage).await?;
        storage.remove_for_good(StorageKey::Blob(blob)).await?;
        storage.remove(pending.path()).await?;
        Ok(Some(size))
    }
}

impl Documents {
    /// Makes a document one that was deleted, whatever it was before, which is returned.
    pub async fn bury(&self, document: DocumentId) -> Result<Option<Record>, StorageError> {
        let key = StorageKey::Document(document);
        loop {
            match self.record(document).await {
                Ok(Some(Record::Erased)) => return Ok(Some(Record::Erased)),
                Ok(Some(Record::Published(published))) => {
                    if self.erase(document, &published).await?.is_some() {
                        return Ok(Some(Record::Published(published)));
                    }
                }
                Ok(None) => {
                    self.storage.create(key, Record::tombstone()).await?;
                    // Of two that bury it at once, both have. What somebody uploaded meanwhile is deleted in turn.
                    if self.record(document).await? == Some(Record::Erased) {
                        return Ok(None);
                    }
                }
                // What it was nobody can tell any more, and it is not to be read.
                Err(StorageError::Record { .. }) => {
                    self.storage.replace(key, Record::tombstone()).await?;
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Record {
    /// What is written over the record of a document that is deleted.
    pub fn tombstone() -> Bytes {
        json(&Self::Erased)
    }
}

impl Published {
    /// What its bytes are called in the storage.
    pub fn blob(&self) -> BlobId {
        self.blob
    }
}

fn json(record: &Record) -> Bytes {
    // It can't fail: there are only strings and numbers, in a tagged enum with string keys.
    serde_json::to_vec(record).expect("a record is JSON").into()
}

/// An address as people read it.
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

#[cfg(test)]
mod tests;
