//! The objects of a store, by their [`StorageKey`]s, on any backend.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Error as ObjectError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path,
};

use super::{
    backend::{Backend, BlobContent, folder::Folder, object_storage::ObjectStorage},
    blob::BlobWriter,
    directory::{ByteStream, FileVersion},
    error::{FORMAT, OpenError, StorageError, object_error},
    key::{BlobId, StorageKey},
    location::StorageLocation,
};

/// How often a creation that conflicted with another one is tried, when the storage says that neither took place.
const CREATE_ATTEMPTS: usize = 4;

/// The objects of a store. Clones share one backend.
///
/// Objects that [`Self::create`], [`Self::replace`] and a finished [`BlobWriter`] have written survive a power cut.
#[derive(Clone, Debug)]
pub struct Objects(Arc<dyn Backend>);

/// An object in a listing.
#[derive(Clone, Debug)]
pub struct ObjectInfo {
    pub path: Path,
    /// Length in bytes.
    pub size: u64,
    /// When the object was written, by the clock of the storage.
    pub modified: SystemTime,
}

impl ObjectInfo {
    /// An object that was written after the listing was made.
    pub fn just_written(key: StorageKey<'_>, size: u64) -> Self {
        Self {
            path: key.path(),
            size,
            modified: SystemTime::now(),
        }
    }

    /// Whether the object was written more than `age` ago. An age of zero includes every object.
    pub fn is_older_than(&self, age: Duration, now: SystemTime) -> bool {
        let since = now.duration_since(self.modified);
        age.is_zero() || since.is_ok_and(|since| since > age)
    }
}

impl Objects {
    /// Opens the storage for a store. Checks the properties of the storage that a store relies on, and that its format is the
    /// one that this program knows.
    pub async fn open(location: &StorageLocation) -> Result<Self, OpenError> {
        let objects = match location {
            StorageLocation::Folder(path) => Self(Arc::new(Folder::lock(path)?)),
            StorageLocation::Objects { url, settings } => {
                Self(Arc::new(ObjectStorage::open(url, settings)?))
            }
        };
        let is_marked = objects.check_format().await?;
        objects.0.verify().await?;
        if !is_marked {
            let format = Bytes::from_static(FORMAT.as_bytes());
            let marked = objects.create(StorageKey::Format, format).await;
            marked.map_err(OpenError::Unreachable)?;
            // A store of another version may have been faster.
            objects.check_format().await?;
        }
        Ok(objects)
    }

    /// Opens the storage for reading only. A store may be running on it.
    pub async fn open_read_only(location: &StorageLocation) -> Result<Self, OpenError> {
        let objects = match location {
            StorageLocation::Folder(path) => Self(Arc::new(Folder::open_read_only(path)?)),
            StorageLocation::Objects { url, settings } => {
                Self(Arc::new(ObjectStorage::open(url, settings)?))
            }
        };
        objects.check_format().await?;
        Ok(objects)
    }

    /// Refuses a storage of another format. Returns whether the format is marked: storages from before the mark have
    /// the first format.
    async fn check_format(&self) -> Result<bool, OpenError> {
        let mark = self.get(StorageKey::Format).await;
        match mark.map_err(OpenError::Unreachable)? {
            None => Ok(false),
            Some(mark) if mark.trim_ascii() == FORMAT.as_bytes() => Ok(true),
            Some(mark) => Err(OpenError::UnknownFormat {
                found: String::from_utf8_lossy(&mark).chars().take(40).collect(),
            }),
        }
    }

    fn object_store(&self) -> &Arc<dyn ObjectStore> {
        self.0.object_store()
    }

    /// Whether other stores may write to the same storage at the same time.
    pub fn is_shared(&self) -> bool {
        self.0.is_shared()
    }

    /// Checks that the storage answers a read.
    pub async fn check_readiness(&self) -> Result<(), StorageError> {
        self.get(StorageKey::READINESS).await.map(drop)
    }

    /// The content of a small object, or `None` if there is no such object.
    pub async fn get(&self, key: StorageKey<'_>) -> Result<Option<Bytes>, StorageError> {
        self.0.get(&key.path()).await
    }

    /// The length of an object in bytes, or `None` if there is no such object.
    pub async fn size(&self, key: StorageKey<'_>) -> Result<Option<u64>, StorageError> {
        let path = key.path();
        match self.object_store().head(&path).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(object_error("look up", &path, source)),
        }
    }

    /// Writes an object unless it exists. Returns whether the object now has the content of this call.
    ///
    /// If several callers create an object with different contents at the same time, one of them gets `true`.
    pub async fn create(&self, key: StorageKey<'_>, content: Bytes) -> Result<bool, StorageError> {
        let path = key.path();
        for _ in 0..CREATE_ATTEMPTS {
            let options = PutOptions::from(PutMode::Create);
            let payload = content.clone().into();
            match self.object_store().put_opts(&path, payload, options).await {
                Ok(_) => return Ok(true),
                Err(ObjectError::AlreadyExists { .. }) => {}
                Err(source) => return Err(object_error("create", &path, source)),
            }
            // The object may be this call's own: a request whose answer was lost is sent again, and then finds what it
            // wrote before.
            if let Some(found) = self.get(key).await? {
                return Ok(found == content);
            }
            // S3 answers 409 to writers that conflicted, and has written nothing.
        }
        Err(StorageError::Contended { path })
    }

    /// Overwrites an object. Readers see the old content or the new content, never a mixture.
    pub async fn replace(&self, key: StorageKey<'_>, content: Bytes) -> Result<(), StorageError> {
        let path = key.path();
        match self.object_store().put(&path, content.into()).await {
            Ok(_) => Ok(()),
            Err(source) => Err(object_error("replace", &path, source)),
        }
    }

    /// Starts to write a blob of at most `max_bytes`.
    pub fn write_blob(&self, blob: BlobId, max_bytes: u64) -> BlobWriter {
        let path = StorageKey::Blob(blob).path();
        BlobWriter::new(self.object_store().clone(), path, max_bytes)
    }

    /// Removes an object if it exists. After a power cut the object may be back.
    pub async fn remove(&self, path: &Path) -> Result<(), StorageError> {
        match self.object_store().delete(path).await {
            Ok(()) | Err(ObjectError::NotFound { .. }) => Ok(()),
            Err(source) => Err(object_error("remove", path, source)),
        }
    }

    /// Removes an object if it exists. No power cut brings it back.
    pub async fn remove_durably(&self, key: StorageKey<'_>) -> Result<(), StorageError> {
        let path = key.path();
        self.remove(&path).await?;
        self.0.persist_removal(&path).await
    }

    /// The bytes of a blob in `range`, or `None` if there is no such blob or its length is not `size`.
    pub async fn read(
        &self,
        blob: BlobId,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<BlobContent>, StorageError> {
        self.0
            .read(&StorageKey::Blob(blob).path(), size, range)
            .await
    }

    /// All bytes of a blob as a stream, or `None` if there is no such blob or its length is not `size`.
    pub async fn stream(
        &self,
        blob: BlobId,
        size: u64,
    ) -> Result<Option<ByteStream>, StorageError> {
        Ok(match self.read(blob, size, 0..size).await? {
            Some(BlobContent::Stream(bytes)) => Some(bytes),
            Some(BlobContent::Whole(bytes, _)) => {
                Some(futures::stream::once(std::future::ready(Ok(bytes))).boxed())
            }
            None => None,
        })
    }

    /// Whether a blob is still the file that was read as [`BlobContent::Whole`].
    pub fn is_unchanged(&self, blob: BlobId, version: &FileVersion) -> bool {
        self.0.is_unchanged(&StorageKey::Blob(blob).path(), version)
    }

    /// The objects in one of [`StorageKey::FOLDERS`], or in a folder below.
    pub fn list(&self, folder: Path) -> BoxStream<'static, Result<ObjectInfo, StorageError>> {
        self.object_store()
            .list(Some(&folder))
            .map_ok(|object| ObjectInfo {
                path: object.location,
                size: object.size,
                modified: object.last_modified.into(),
            })
            .map_err(move |source| object_error("list", &folder, source))
            .boxed()
    }

    /// The paths of the objects in one of [`StorageKey::FOLDERS`] that were written more than `age` ago.
    pub fn list_older(
        &self,
        folder: &'static str,
        age: Duration,
    ) -> BoxStream<'static, Result<Path, StorageError>> {
        let now = SystemTime::now();
        self.list(Path::from(folder))
            .try_filter_map(move |object| {
                let path = object.is_older_than(age, now).then_some(object.path);
                futures::future::ok(path)
            })
            .boxed()
    }
}
