use std::sync::Arc;

use bytes::Bytes;
use object_store::{
    Error as ObjectError, ObjectStore, ObjectStoreExt, PutPayloadMut, WriteMultipart, path::Path,
};

use super::{StorageError, error::failed};

/// Smallest part that object storage takes, but for the last.
const MIN_PART_BYTES: u64 = 5 << 20;
/// Parts that an object may have.
const MAX_PARTS: u64 = 10_000;
/// Parts that are being written while the next one is received.
const PARTS_IN_FLIGHT: usize = 2;

/// A document's bytes as they are written, in parts if they are many. They are not there before [`Self::finish`]
/// returns.
pub struct BlobWriter {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    part_bytes: usize,
    state: State,
}

enum State {
    /// Less than a part: it is written at once, which is one request instead of three.
    Small(PutPayloadMut),
    Large(WriteMultipart),
}

impl BlobWriter {
    /// Begins to write an object of at most `max_bytes`.
    pub fn new(objects: Arc<dyn ObjectStore>, path: Path, max_bytes: u64) -> Self {
        let part_bytes = MIN_PART_BYTES.max(max_bytes.div_ceil(MAX_PARTS));
        Self {
            objects,
            path,
            // A part that does not fit into memory is none that anybody sends.
            part_bytes: usize::try_from(part_bytes).unwrap_or(usize::MAX),
            state: State::Small(PutPayloadMut::new()),
        }
    }

    /// Takes the next bytes, when there is room for them.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        if let State::Small(buffer) = &mut self.state {
            if buffer.content_length() + bytes.len() < self.part_bytes {
                buffer.push(bytes);
                return Ok(());
            }
            let upload = self.objects.put_multipart(&self.path).await;
            let upload = upload.map_err(|error| self.failed(error))?;
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
            ready.map_err(|error| failed("write", self.path.clone(), error))?;
            parts.put(bytes);
        }
        Ok(())
    }

    /// Puts the object in place, whole. After an error it may be there all the same.
    pub async fn finish(self) -> Result<(), StorageError> {
        let Self {
            objects,
            path,
            state,
            ..
        } = self;
        let written = match state {
            State::Small(buffer) => objects.put(&path, buffer.freeze()).await,
            State::Large(parts) => parts.finish().await,
        };
        written
            .map(drop)
            .map_err(|error| failed("write", path, error))
    }

    /// Ends without a trace.
    pub async fn abort(self) -> Result<(), StorageError> {
        match self.state {
            State::Small(_) => Ok(()),
            State::Large(mut parts) => {
                // Object storage may keep a part that is on its way when the upload is aborted. Whether it arrives
                // makes no difference; every error ends one.
                while parts.wait_for_capacity(1).await.is_err() {}
                parts
                    .abort()
                    .await
                    .map_err(|error| failed("abort the upload of", self.path, error))
            }
        }
    }

    fn failed(&self, error: ObjectError) -> StorageError {
        failed("begin", self.path.clone(), error)
    }

    /// What a crash does: no destructor runs.
    #[cfg(test)]
    pub fn crash(self) {
        std::mem::forget(self.state);
    }
}
