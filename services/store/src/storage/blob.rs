//! Writing the bytes of a document.

use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayloadMut, WriteMultipart, path::Path};

use super::error::{StorageError, object_error};

/// The smallest part that object storage accepts, except for the last part.
const MIN_PART_BYTES: u64 = 5 << 20;
/// The largest number of parts of an object.
const MAX_PARTS: u64 = 10_000;
/// How many parts are written while the next one is received.
const PARTS_IN_FLIGHT: usize = 2;

/// Writes a blob, in several parts if it is large. Nobody can read the blob before [`Self::finish`] returns.
pub struct BlobWriter {
    object_store: Arc<dyn ObjectStore>,
    path: Path,
    part_bytes: usize,
    state: State,
}

enum State {
    /// Less than one part so far. It is written by one request instead of three.
    Small(PutPayloadMut),
    Large(WriteMultipart),
}

impl BlobWriter {
    /// Starts to write an object of at most `max_bytes`.
    pub fn new(object_store: Arc<dyn ObjectStore>, path: Path, max_bytes: u64) -> Self {
        let part_bytes = MIN_PART_BYTES.max(max_bytes.div_ceil(MAX_PARTS));
        Self {
            object_store,
            path,
            // A part that exceeds the address space is never filled.
            part_bytes: usize::try_from(part_bytes).unwrap_or(usize::MAX),
            state: State::Small(PutPayloadMut::new()),
        }
    }

    /// Appends bytes. Waits while too many parts are being written.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        if let State::Small(buffer) = &mut self.state {
            if buffer.content_length() + bytes.len() < self.part_bytes {
                buffer.push(bytes);
                return Ok(());
            }
            let upload = self.object_store.put_multipart(&self.path).await;
            let upload = upload.map_err(|error| object_error("begin", &self.path, error))?;
            let mut parts = WriteMultipart::new_with_chunk_size(upload, self.part_bytes);
            if let State::Small(buffer) = &mut self.state {
                for bytes in std::mem::take(buffer).freeze() {
                    parts.put(bytes);
                }
            }
            self.state = State::Large(parts);
        }
        if let State::Large(parts) = &mut self.state {
            let ready = parts.wait_for_capacity(PARTS_IN_FLIGHT).await;
            ready.map_err(|error| object_error("write", &self.path, error))?;
            parts.put(bytes);
        }
        Ok(())
    }

    /// Completes the object. After an error the object may exist nevertheless.
    pub async fn finish(self) -> Result<(), StorageError> {
        let written = match self.state {
            State::Small(buffer) => self.object_store.put(&self.path, buffer.freeze()).await,
            State::Large(parts) => parts.finish().await,
        };
        written
            .map(drop)
            .map_err(|error| object_error("write", &self.path, error))
    }

    /// Cancels the write, and leaves nothing behind.
    pub async fn abort(self) -> Result<(), StorageError> {
        match self.state {
            State::Small(_) => Ok(()),
            State::Large(mut parts) => {
                // Object storage may keep a part that is in flight when the upload is aborted, so wait for all parts.
                // Their errors don't matter here: each error ends one part.
                while parts.wait_for_capacity(1).await.is_err() {}
                parts
                    .abort()
                    .await
                    .map_err(|error| object_error("abort the upload of", &self.path, error))
            }
        }
    }

    /// Acts like a crash: runs no destructor.
    #[cfg(test)]
    pub fn crash(self) {
        std::mem::forget(self.state);
    }
}
