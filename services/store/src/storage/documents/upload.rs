use std::time::{Duration, Instant};

use bytes::Bytes;
use generion_interface::store::DocumentId;
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::{Outcome, Published, Record, json};
use crate::{
    log,
    storage::{
        Backend, StorageError,
        blob::BlobWriter,
        key::{BlobId, StorageKey},
    },
};

/// An upload under way. Dropping it leaves nothing readable, but may leave bytes for [`Documents::settle`] to remove.
pub struct Upload {
    pub(super) storage: Backend,
    pub(super) lifetime: Duration,
    pub(super) started: Instant,
    pub(super) document: DocumentId,
    pub(super) uploader: Address,
    pub(super) blob: BlobId,
    pub(super) pending: StorageKey<'static>,
    pub(super) bytes: BlobWriter,
    pub(super) hash: Sha256,
    pub(super) size: u64,
}

impl Upload {
    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes, when there is room for them. What hashing them took is added to `hashing`.
    pub async fn write(
        &mut self,
        bytes: Bytes,
        hashing: &mut Duration,
    ) -> Result<(), StorageError> {
        let start = Instant::now();
        self.hash.update(&bytes);
        *hashing += start.elapsed();
        self.size += bytes.len() as u64;
        self.bytes.write(bytes).await
    }

    /// Publishes the document, if the bytes are its own and it has no record yet.
    pub async fn publish(self, erase_authority: Address) -> Result<Outcome, StorageError> {
        let found = DocumentId::from_bytes(self.hash.clone().finalize().into());
        if found != self.document {
            self.discard().await?;
            return Ok(Outcome::HashMismatch(found));
        }
        let Self {
            storage,
            lifetime,
            started,
            document,
            uploader,
            blob,
            pending,
            bytes,
            size,
            ..
        } = self;
        let usage = StorageKey::Usage(uploader, blob, size);
        let take_back = async || {
            storage.remove_for_good(usage).await?;
            storage.remove_for_good(StorageKey::Blob(blob)).await?;
            storage.remove(pending.path()).await
        };
        let undo = async || {
            if let Err(left) = take_back().await {
                log::error(&left);
            }
        };
        let written = async {
            bytes.finish().await?;
            storage.create(usage, Bytes::new()).await?;
            let path = StorageKey::Blob(blob).path();
            match started.elapsed() > lifetime {
                // Another store may have taken it for abandoned.
                true => Err(StorageError::Expired { path }),
                false => Ok(()),
            }
        };
        if let Err(error) = written.await {
            undo().await;
            return Err(error);
        }
        let published = Published {
            erase_authority,
            uploader,
            size,
            blob,
        };
        let record = json(&Record::Published(published));
        let key = StorageKey::Document(document);
        let created = match storage.create(key, record).await {
            Ok(created) => created,
            // A request that failed may still arrive at object storage, and the blob has to be there then. What a
            // folder did is done.
            Err(error) if storage.is_shared() => return Err(error),
            Err(error) => {
                // Where it is there after all, or nobody can tell, `settle` will.
                if let Ok(None) = storage.get(key).await {
                    undo().await;
                }
                return Err(error);
            }
        };
        match created {
            true => {
                storage.remove(pending.path()).await?;
                Ok(Outcome::Created(published))
            }
            false => {
                take_back().await?;
                Ok(Outcome::Existed)
            }
        }
    }

    /// Ends the upload without a trace.
    pub async fn discard(self) -> Result<(), StorageError> {
        self.bytes.abort().await?;
        self.storage.remove(self.pending.path()).await
    }
}
