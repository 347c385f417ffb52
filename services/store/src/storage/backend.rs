use std::{
    fs::{File, TryLockError},
    io,
    ops::Range,
    path::{Path as FsPath, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Error as ObjectError, GetOptions, GetResultPayload, ObjectStore, ObjectStoreExt, PutMode,
    PutOptions, WriteMultipart, local::LocalFileSystem, path::Path,
};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::key::{BlobId, StorageKey};

/// Bytes that are read from a file at a time: large enough that the switch to a blocking thread costs nothing.
const READ_BYTES: usize = 256 * 1024;

/// Bytes as they are read.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// The folder can't be used as storage.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another store uses it.
    #[error(
        "another store is running on {}: stop it, or give this one a folder of its own", .0.display()
    )]
    InUse(PathBuf),
    /// The file system refused.
    #[error("can't {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The file system's answer.
        source: io::Error,
    },
    /// What an earlier run left behind could not be put in order.
    #[error("can't finish what an earlier run left behind")]
    Leftovers(#[source] StorageError),
}

/// The storage failed.
#[derive(Debug, Error)]
pub enum StorageError {
    /// An object could not be read or written.
    #[error("can't {action} {path}")]
    Object {
        /// What was tried.
        action: &'static str,
        /// The object.
        path: Path,
        /// The storage's answer.
        source: ObjectError,
    },
    /// A document's record is not one that a store writes.
    #[error("{path} is damaged: restore it from a backup")]
    Record {
        /// The record.
        path: Path,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A document's bytes are gone or cut short although nobody deleted it.
    #[error("{path} is missing or not {size} bytes long: restore it from a backup")]
    Blob {
        /// The object with the bytes.
        path: Path,
        /// The length that the document's record tells.
        size: u64,
    },
    /// The system gave no random bytes.
    #[error("can't draw a random number: {0}")]
    Random(getrandom::Error),
}

impl StorageError {
    /// Whether the cause is that there is no room left.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                let kind = error.kind();
                return matches!(
                    kind,
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                );
            }
            cause = error.source();
        }
        false
    }
}

/// Where objects are kept: anything that speaks `object_store`. So far that is a local folder.
///
/// What `create`, `replace` and a finished upload wrote survives a power cut: `LocalFileSystem` with `with_fsync`
/// syncs the file and then its folder before it reports success.
#[derive(Clone, Debug)]
pub struct Backend {
    objects: Arc<dyn ObjectStore>,
    folder: Arc<Folder>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Held, never read: the lock goes with the process, however it ends.
    _lock: File,
}

impl Backend {
    /// Takes the folder for this process alone, makes it if it is not there, and removes the files that writes of an
    /// earlier run left unfinished.
    pub fn open_folder(path: &FsPath) -> Result<Self, OpenError> {
        let io = |action, path: &FsPath| {
            let path = path.to_owned();
            move |source| OpenError::Io {
                action,
                path,
                source,
            }
        };
        let path = std::path::absolute(path).map_err(io("find", path))?;
        make_folder(&path).map_err(io("make the folder", &path))?;
        let lock_path = path.join("lock");
        let lock = File::create(&lock_path).map_err(io("create", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(io("lock", &lock_path)(source)),
        }
        for folder in StorageKey::FOLDERS {
            let folder = path.join(folder);
            make_folder(&folder).map_err(io("make the folder", &folder))?;
            remove_staged(&folder).map_err(io("remove unfinished files from", &folder))?;
        }
        let objects = LocalFileSystem::new_with_prefix(&path)
            .map_err(io::Error::other)
            .map_err(io("open", &path))?
            .with_fsync(true);
        Ok(Self {
            objects: Arc::new(objects),
            folder: Arc::new(Folder { path, _lock: lock }),
        })
    }

    /// A small object's content, or `None` if it is not there.
    pub async fn get(&self, key: StorageKey<'_>) -> Result<Option<Bytes>, StorageError> {
        let path = key.path();
        let content = async { self.objects.get(&path).await?.bytes().await };
        match content.await {
            Ok(content) => Ok(Some(content)),
            Err(ObjectError::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("read", path, source)),
        }
    }

    /// Writes an object unless it is there; says whether it did. Of several callers at once one gets `true`.
    pub async fn create(
        &self,
        key: StorageKey<'_>,
        content: Vec<u8>,
    ) -> Result<bool, StorageError> {
        let path = key.path();
        let options = PutOptions::from(PutMode::Create);
        match self.objects.put_opts(&path, content.into(), options).await {
            Ok(_) => Ok(true),
            Err(ObjectError::AlreadyExists { .. }) => Ok(false),
            Err(source) => Err(failed("create", path, source)),
        }
    }

    /// Writes an object over what was there: readers see the old content or the new, whole.
    pub async fn replace(&self, key: StorageKey<'_>, content: Vec<u8>) -> Result<(), StorageError> {
        let path = key.path();
        match self.objects.put(&path, content.into()).await {
            Ok(_) => Ok(()),
            Err(source) => Err(failed("replace", path, source)),
        }
    }

    /// Begins to write a document's bytes, which are not there before [`WriteMultipart::finish`] returns.
    pub async fn begin(&self, blob: BlobId) -> Result<WriteMultipart, StorageError> {
        let path = StorageKey::Blob(blob).path();
        match self.objects.put_multipart(&path).await {
            Ok(upload) => Ok(WriteMultipart::new(upload)),
            Err(source) => Err(failed("begin", path, source)),
        }
    }

    /// Removes an object, if it is there. It may come back after a power cut.
    pub async fn remove(&self, path: Path) -> Result<(), StorageError> {
        match self.objects.delete(&path).await {
            Ok(()) | Err(ObjectError::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("remove", path, source)),
        }
    }

    /// Removes a document's bytes, if they are there, so that no power cut brings them back.
    pub async fn remove_blob_for_good(&self, blob: BlobId) -> Result<(), StorageError> {
        let path = StorageKey::Blob(blob).path();
        self.remove(path.clone()).await?;
        // `with_fsync` leaves deletions out.
        let folder = self.folder.path.join(StorageKey::BLOBS);
        match tokio::task::spawn_blocking(move || File::open(folder)?.sync_all()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failed("sync", path, generic(error))),
            Err(error) => Err(failed("sync", path, error.into())),
        }
    }

    /// A part of a document's bytes, or `None` if they are not there or not `size` in number.
    pub async fn stream(
        &self,
        blob: BlobId,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<ByteStream>, StorageError> {
        let path = StorageKey::Blob(blob).path();
        // An empty document has no range that could be asked for.
        let options = match range.is_empty() {
            true => GetOptions::new(),
            false => GetOptions::new().with_range(Some(range.clone())),
        };
        let found = match self.objects.get_opts(&path, options).await {
            Ok(found) if found.meta.size == size => found,
            Ok(_) | Err(ObjectError::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(failed("read", path, source)),
        };
        // `into_stream` reads files in pieces of 8 KiB, each on a blocking thread.
        Ok(Some(match found.payload {
            GetResultPayload::File(file, _) => {
                let mut file = tokio::fs::File::from_std(file);
                if let Err(error) = file.seek(io::SeekFrom::Start(range.start)).await {
                    return Err(failed("read", path, generic(error)));
                }
                let part = file.take(range.end - range.start);
                ReaderStream::with_capacity(part, READ_BYTES).boxed()
            }
            GetResultPayload::Stream(stream) => stream.map_err(io::Error::other).boxed(),
        }))
    }

    /// The paths of the objects in one of [`StorageKey::FOLDERS`].
    pub fn list(&self, folder: &'static str) -> BoxStream<'static, Result<Path, StorageError>> {
        let path = Path::from(folder);
        self.objects
            .list(Some(&path))
            .map_ok(|object| object.location)
            .map_err(move |source| failed("list", path.clone(), source))
            .boxed()
    }
}

pub(super) fn failed(action: &'static str, path: Path, source: ObjectError) -> StorageError {
    StorageError::Object {
        action,
        path,
        source,
    }
}

fn generic(error: io::Error) -> ObjectError {
    ObjectError::Generic {
        store: "LocalFileSystem",
        source: Box::new(error),
    }
}

/// Makes the folder and those above it, so that they are there after a power cut.
fn make_folder(path: &FsPath) -> io::Result<()> {
    let existing = path.ancestors().find(|folder| folder.is_dir());
    std::fs::create_dir_all(path)?;
    if existing == Some(path) {
        return Ok(());
    }
    for folder in path.ancestors().skip(1) {
        File::open(folder)?.sync_all()?;
        if existing == Some(folder) {
            break;
        }
    }
    Ok(())
}

/// Removes what `LocalFileSystem` writes before it publishes a file: `{name}#{number}`, a name that it keeps for
/// that and shows to nobody. The folder's lock says that nobody is writing.
fn remove_staged(folder: &FsPath) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.split_once('#'));
        if number.is_some_and(|(_, number)| number.parse::<u64>().is_ok()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_store_at_a_time_has_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let first = Backend::open_folder(&path).unwrap();
        let second = Backend::open_folder(&path);
        assert!(matches!(second, Err(OpenError::InUse(p)) if p == path));
        drop(first);
        Backend::open_folder(&path).unwrap();
    }

    #[test]
    fn a_folder_that_can_t_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "").unwrap();
        let error = Backend::open_folder(&path).unwrap_err();
        assert!(matches!(error, OpenError::Io { path: p, .. } if p == path));
    }
}
