//! The interface of a storage backend: a folder on this machine, or object storage of a provider.

use std::{fmt, ops::Range, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::{ObjectStore, path::Path};

use super::{
    directory::{ByteStream, FileVersion},
    error::{OpenError, StorageError},
};

pub mod conditional_writes;
pub mod folder;
pub mod object_storage;

/// The content of a blob.
pub enum BlobContent {
    /// All bytes of the blob, whatever range was asked for, and the version of the file that they were read from.
    /// A backend returns this only for small files.
    Whole(Bytes, FileVersion),
    /// The requested range.
    Stream(ByteStream),
}

/// A storage of objects that are addressed by paths.
///
/// Writing and listing work alike on all backends, and go through [`Backend::object_store`]. The other methods differ between
/// backends.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync {
    /// The client through which objects are written, listed and removed.
    ///
    /// An object that it reports as written survives a power cut.
    fn object_store(&self) -> &Arc<dyn ObjectStore>;

    /// Whether other stores may write to the same storage at the same time.
    fn is_shared(&self) -> bool;

    /// Checks that the storage keeps the promises that a store relies on.
    async fn verify(&self) -> Result<(), OpenError>;

    /// The content of a small object, or `None` if there is no such object.
    async fn get(&self, path: &Path) -> Result<Option<Bytes>, StorageError>;

    /// The bytes of a blob in `range`, or `None` if there is no such blob or its length is not `size`.
    async fn read(
        &self,
        path: &Path,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<BlobContent>, StorageError>;

    /// Makes the removal of an object survive a power cut.
    async fn persist_removal(&self, path: &Path) -> Result<(), StorageError>;

    /// Whether the blob at `path` is still the file that was read as [`BlobContent::Whole`].
    fn is_unchanged(&self, path: &Path, version: &FileVersion) -> bool;
}
