//! An upload in progress, and its publication.

use std::time::{Duration, Instant};

use bytes::Bytes;
use generion_interface::store::{FileId, LinkNote};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::{
    blob::BlobWriter,
    error::StorageError,
    key::{BlobId, Change, StorageKey},
    metadata::{Metadata, PublishedFile},
    objects::Objects,
};
use crate::log;

/// Limits of an upload.
#[derive(Clone, Copy, Debug)]
pub struct UploadBounds {
    /// The largest document, in bytes.
    pub max_bytes: u64,
    /// The longest time from the start of an upload to its publication.
    pub lifetime: Duration,
}

/// The result of an upload whose bytes all arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadOutcome {
    /// This upload published the file.
    Created(PublishedFile),
    /// Another upload has published the file, or it was deleted. It stays as it is.
    Existed,
    /// The bytes have this SHA-256, which is not the one in the id of the file.
    HashMismatch([u8; 32]),
}

/// An upload in progress. Dropping it leaves nothing that can be read, but may leave bytes, which recovery removes.
pub struct Upload {
    objects: Objects,
    lifetime: Duration,
    started: Instant,
    file: FileId,
    uploader: Address,
    pub(super) blob: BlobId,
    pending: StorageKey<'static>,
    pub(super) writer: BlobWriter,
    hash: Sha256,
    size: u64,
}

impl Upload {
    /// Starts an upload, which will count to the uploader's usage.
    pub async fn begin(
        objects: &Objects,
        bounds: UploadBounds,
        file: FileId,
        uploader: Address,
    ) -> Result<Self, StorageError> {
        let blob = BlobId::random().map_err(StorageError::Random)?;
        let pending = StorageKey::Pending(file, blob, Change::Upload);
        let started = Instant::now();
        let content = uploader.to_string().into();
        objects.create(pending, content).await?;
        Ok(Self {
            writer: objects.write_blob(blob, bounds.max_bytes),
            objects: objects.clone(),
            lifetime: bounds.lifetime,
            started,
            file,
            uploader,
            blob,
            pending,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// The number of bytes received so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends bytes. Waits while too many are being written. Adds the time that hashing took to `hashing`.
    pub async fn write(
        &mut self,
        bytes: Bytes,
        hashing: &mut Duration,
    ) -> Result<(), StorageError> {
        let start = Instant::now();
        self.hash.update(&bytes);
        *hashing += start.elapsed();
        self.size += bytes.len() as u64;
        self.writer.write(bytes).await
    }

    /// Publishes the file if the bytes have the hash of its id and it has no metadata yet. A link needs a note.
    pub async fn publish(
        self,
        erase_authority: Address,
        note: Option<&LinkNote>,
    ) -> Result<UploadOutcome, StorageError> {
        let found: [u8; 32] = self.hash.clone().finalize().into();
        if found != *self.file.sha256() {
            self.discard().await?;
            return Ok(UploadOutcome::HashMismatch(found));
        }
        let Self {
            objects,
            lifetime,
            started,
            file,
            uploader,
            blob,
            pending,
            writer,
            size,
            ..
        } = self;
        let usage = StorageKey::Usage(uploader, blob, size);
        let remove_blob = async || {
            objects.remove_durably(usage).await?;
            objects.remove_durably(StorageKey::Blob(blob)).await?;
            objects.remove(&pending.path()).await
        };
        let undo = async || {
            if let Err(error) = remove_blob().await {
                log::error(&error);
            }
        };
        let written = async {
            writer.finish().await?;
            objects.create(usage, Bytes::new()).await?;
            if let (Some(link), Some(note)) = (file.link(), note) {
                let key = StorageKey::Note(erase_authority, link);
                // Another upload of the same link may have written its note before. It is the same authority's.
                let content = Bytes::copy_from_slice(note.as_str().as_bytes());
                objects.create(key, content).await?;
            }
            let path = StorageKey::Blob(blob).path();
            match started.elapsed() > lifetime {
                // Another store may have treated the upload as abandoned.
                true => Err(StorageError::UploadExpired { path }),
                false => Ok(()),
            }
        };
        if let Err(error) = written.await {
            undo().await;
            return Err(error);
        }
        let published = PublishedFile {
            erase_authority,
            uploader,
            size,
            blob,
        };
        let metadata = Metadata::Published(published).to_json();
        let key = StorageKey::Metadata(file);
        let created = match objects.create(key, metadata).await {
            Ok(created) => created,
            // A request that failed may still reach object storage, and then the blob has to exist. In a folder no
            // write happens later.
            Err(error) if objects.is_shared() => return Err(error),
            Err(error) => {
                // If the metadata exists nevertheless, or its state is unknown, recovery decides.
                if let Ok(None) = objects.get(key).await {
                    undo().await;
                }
                return Err(error);
            }
        };
        match created {
            true => {
                objects.remove(&pending.path()).await?;
                Ok(UploadOutcome::Created(published))
            }
            false => {
                remove_blob().await?;
                Ok(UploadOutcome::Existed)
            }
        }
    }

    /// Cancels the upload, and leaves nothing behind.
    pub async fn discard(self) -> Result<(), StorageError> {
        self.writer.abort().await?;
        self.objects.remove(&self.pending.path()).await
    }
}
