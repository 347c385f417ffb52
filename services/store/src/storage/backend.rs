use std::{
    io,
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Error as ObjectError, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions,
    local::LocalFileSystem, path::Path,
};

use super::{
    blob::BlobWriter,
    conditions,
    error::{FORMAT, OpenError, StorageError, failed},
    folder::Folder,
    key::{BlobId, StorageKey},
    location::{StorageLocation, open_objects},
    read::{self, ByteStream, Version, WHOLE_BYTES},
};

/// How often a creation that met another one is tried, where the storage says that neither took place.
const CREATE_ATTEMPTS: usize = 4;

/// Where objects are kept: anything that speaks `object_store` and writes conditionally.
///
/// What `create`, `replace` and a finished upload wrote survives a power cut: object storage promises it, and
/// `LocalFileSystem` with `with_fsync` syncs the file and then its folder before it reports success.
#[derive(Clone, Debug)]
pub struct Backend {
    objects: Arc<dyn ObjectStore>,
    /// If it is a folder. Then nobody else writes here, and removals have to be made to last.
    folder: Option<Arc<Folder>>,
}

/// A document's bytes.
pub enum Content {
    /// All of them, and which version of the file they are from. Only small files are read so.
    Whole(Bytes, Version),
    /// The ones that were asked for.
    Stream(ByteStream),
}

impl Listed {
    /// An object that was found beside a listing.
    pub fn now(key: StorageKey<'_>, size: u64) -> Self {
        Self {
            path: key.path(),
            size,
            modified: SystemTime::now(),
        }
    }
}

/// An object in a listing.
#[derive(Clone, Debug)]
pub struct Listed {
    pub path: Path,
    /// Length in bytes.
    pub size: u64,
    /// By the storage's clock.
    pub modified: SystemTime,
}

impl Backend {
    /// Takes the storage, and makes sure that it does what a store relies on and has the form that we know.
    pub async fn open(location: &StorageLocation) -> Result<Self, OpenError> {
        let backend = match location {
            StorageLocation::Folder(path) => Self::on_folder(Folder::take(path)?)?,
            StorageLocation::Objects { url, settings } => Self {
                objects: open_objects(url, settings)?.into(),
                folder: None,
            },
        };
        let is_marked = backend.check_format().await?;
        if backend.is_shared() {
            conditions::check(&*backend.objects).await?;
        }
        if !is_marked {
            let marked = backend.create(StorageKey::Format, Bytes::from_static(FORMAT.as_bytes()));
            marked.await.map_err(OpenError::Unreachable)?;
            // Whoever was faster may know another form.
            backend.check_format().await?;
        }
        Ok(backend)
    }

    /// Takes the storage to read it, also while stores are running on it.
    pub async fn look_at(location: &StorageLocation) -> Result<Self, OpenError> {
        let backend = match location {
            StorageLocation::Folder(path) => Self::on_folder(Folder::look_at(path)?)?,
            StorageLocation::Objects { url, settings } => Self {
                objects: open_objects(url, settings)?.into(),
                folder: None,
            },
        };
        backend.check_format().await?;
        Ok(backend)
    }

    fn on_folder(folder: Folder) -> Result<Self, OpenError> {
        let objects = LocalFileSystem::new_with_prefix(folder.path());
        let objects = objects.map_err(|source| OpenError::Io {
            action: "open",
            path: folder.path().to_owned(),
            source: source.into(),
        })?;
        Ok(Self {
            objects: Arc::new(objects.with_fsync(true)),
            folder: Some(Arc::new(folder)),
        })
    }

    /// Refuses a storage of another form; says whether it is marked as one of ours. What was used before there were
    /// marks has the first form, too.
    async fn check_format(&self) -> Result<bool, OpenError> {
        let mark = self.get(StorageKey::Format).await;
        match mark.map_err(OpenError::Unreachable)? {
            None => Ok(false),
            Some(mark) if mark.trim_ascii() == FORMAT.as_bytes() => Ok(true),
            Some(mark) => Err(OpenError::OtherFormat {
                found: String::from_utf8_lossy(&mark).chars().take(40).collect(),
            }),
        }
    }

    /// Whether other stores may be writing here too.
    pub fn is_shared(&self) -> bool {
        self.folder.is_none()
    }

    /// The storage answers a read.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.get(StorageKey::READINESS).await.map(drop)
    }

    /// A small object's content, or `None` if it is not there.
    pub async fn get(&self, key: StorageKey<'_>) -> Result<Option<Bytes>, StorageError> {
        let path = key.path();
        if let Some(folder) = &self.folder {
            return match folder.root().content(path.as_ref()).await {
                Ok(content) => Ok(Some(content)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(failed("read", path, generic(error))),
            };
        }
        let content = async { self.objects.get(&path).await?.bytes().await };
        match content.await {
            Ok(content) => Ok(Some(content)),
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("read", path, source)),
        }
    }

    /// Length of an object in bytes, or `None` if it is not there.
    pub async fn size(&self, key: StorageKey<'_>) -> Result<Option<u64>, StorageError> {
        let path = key.path();
        match self.objects.head(&path).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("look at", path, source)),
        }
    }

    /// Writes an object unless it is there; says whether what is there is of this call. Of several callers at once
    /// one gets `true`, if no two of them write the same content.
    pub async fn create(&self, key: StorageKey<'_>, content: Bytes) -> Result<bool, StorageError> {
        let path = key.path();
        for _ in 0..CREATE_ATTEMPTS {
            let options = PutOptions::from(PutMode::Create);
            let put = self
                .objects
                .put_opts(&path, content.clone().into(), options);
            match put.await {
                Ok(_) => return Ok(true),
                Err(ObjectError::AlreadyExists { .. }) => {}
                Err(source) => return Err(failed("create", path, source)),
            }
            // It may be our own: a request whose answer was lost is sent again, and then finds what it wrote.
            if let Some(found) = self.get(key).await? {
                return Ok(found == content);
            }
            // S3 answers so to writers that were in each other's way (409), and has written nothing.
        }
        Err(StorageError::Contended { path })
    }

    /// Writes an object over what was there: readers see the old content or the new, whole.
    pub async fn replace(&self, key: StorageKey<'_>, content: Bytes) -> Result<(), StorageError> {
        let path = key.path();
        match self.objects.put(&path, content.into()).await {
            Ok(_) => Ok(()),
            Err(source) => Err(failed("replace", path, source)),
        }
    }

    /// Begins to write a document's bytes, at most `max_bytes` of them.
    pub fn begin(&self, blob: BlobId, max_bytes: u64) -> BlobWriter {
        let path = StorageKey::Blob(blob).path();
        BlobWriter::new(self.objects.clone(), path, max_bytes)
    }

    /// Removes an object, if it is there. It may come back after a power cut.
    pub async fn remove(&self, path: Path) -> Result<(), StorageError> {
        match self.objects.delete(&path).await {
            Ok(()) | Err(ObjectError::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("remove", path, source)),
        }
    }

    /// Removes an object, if it is there, so that no power cut brings it back.
    pub async fn remove_for_good(&self, key: StorageKey<'_>) -> Result<(), StorageError> {
        let path = key.path();
        self.remove(path.clone()).await?;
        // `with_fsync` leaves deletions out.
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        match folder.sync_removal(&path).await {
            Ok(()) => Ok(()),
            // With the folder, whatever was in it is gone.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed("sync", path, generic(error))),
        }
    }

    /// A document's bytes in this range, or `None` if they are not there or not `size` in number.
    pub async fn read(
        &self,
        blob: BlobId,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<Content>, StorageError> {
        let path = StorageKey::Blob(blob).path();
        if let Some(folder) = &self.folder {
            return match of_file(folder, &path, size, range).await {
                Ok(content) => Ok(content),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(failed("read", path, generic(error))),
            };
        }
        // An empty document has no range that could be asked for.
        let options = match range.is_empty() {
            true => GetOptions::new(),
            false => GetOptions::new().with_range(Some(range)),
        };
        match self.objects.get_opts(&path, options).await {
            Ok(found) if found.meta.size == size => {
                let bytes = found.into_stream();
                let bytes = bytes.map_err(io::Error::other).boxed();
                Ok(Some(Content::Stream(bytes)))
            }
            Ok(_) | Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("read", path, source)),
        }
    }

    /// All of a document's bytes piece by piece, or `None` if they are not there or not `size` in number.
    pub async fn stream(
        &self,
        blob: BlobId,
        size: u64,
    ) -> Result<Option<ByteStream>, StorageError> {
        Ok(match self.read(blob, size, 0..size).await? {
            Some(Content::Stream(bytes)) => Some(bytes),
            Some(Content::Whole(bytes, _)) => {
                Some(futures::stream::once(std::future::ready(Ok(bytes))).boxed())
            }
            None => None,
        })
    }

    /// Whether a blob is what it was when all of it was read.
    pub fn is_still(&self, blob: BlobId, version: &Version) -> bool {
        let path = StorageKey::Blob(blob).path();
        let found = self
            .folder
            .as_ref()
            .map(|folder| folder.root().version(path.as_ref()));
        found.flatten().as_ref() == Some(version)
    }

    /// The objects in one of [`StorageKey::FOLDERS`], or in a folder below.
    pub fn list(&self, folder: Path) -> BoxStream<'static, Result<Listed, StorageError>> {
        self.objects
            .list(Some(&folder))
            .map_ok(|object| Listed {
                path: object.location,
                size: object.size,
                modified: object.last_modified.into(),
            })
            .map_err(move |source| failed("list", folder.clone(), source))
            .boxed()
    }

    /// The objects in one of [`StorageKey::FOLDERS`] that were written longer than `age` ago.
    pub fn list_older(
        &self,
        folder: &'static str,
        age: Duration,
    ) -> BoxStream<'static, Result<Path, StorageError>> {
        let now = SystemTime::now();
        let is_old = move |listed: &Listed| {
            age.is_zero()
                || now
                    .duration_since(listed.modified)
                    .is_ok_and(|since| since > age)
        };
        self.list(Path::from(folder))
            .try_filter_map(move |listed| {
                let path = is_old(&listed).then_some(listed.path);
                futures::future::ok(path)
            })
            .boxed()
    }
}

async fn of_file(
    folder: &Folder,
    path: &Path,
    size: u64,
    range: Range<u64>,
) -> io::Result<Option<Content>> {
    let file = folder.root().file(path.as_ref()).await?;
    let found = file.metadata()?;
    if found.len() != size {
        return Ok(None);
    }
    match usize::try_from(size) {
        Ok(length) if length <= WHOLE_BYTES => {
            let bytes = read::whole(file, length).await?;
            Ok(Some(Content::Whole(bytes, Version::of(&found))))
        }
        _ => Ok(Some(Content::Stream(read::stream(file, range)))),
    }
}

fn generic(error: io::Error) -> ObjectError {
    ObjectError::Generic {
        store: "LocalFileSystem",
        source: Box::new(error),
    }
}
