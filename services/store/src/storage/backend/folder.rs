//! A folder on this machine, which one store uses at a time.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    ops::Range,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::{ObjectStore, local::LocalFileSystem, path::Path as ObjectPath};

use super::{Backend, BlobContent};
use crate::storage::{
    directory::{self, Directory, FileVersion, WHOLE_FILE_BYTES},
    error::{OpenError, StorageError, io_error},
    key::StorageKey,
};

/// A folder with the objects of a store as files.
///
/// Files are written through [`LocalFileSystem`], which syncs a file and its folder before it reports success. They
/// are read directly, which is faster: object paths contain no character that `LocalFileSystem` would have to escape.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    directory: Directory,
    object_store: Arc<dyn ObjectStore>,
    /// Never read: the operating system releases the lock when the process ends. A folder that is opened for reading
    /// only has none.
    _lock: Option<File>,
}

/// Permissions for the store alone, because some file names contain wallet addresses.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

impl Folder {
    /// Locks the folder for this process. Creates the folder if it does not exist, and removes the files that an
    /// earlier run left unfinished.
    pub fn lock(path: &Path) -> Result<Self, OpenError> {
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io {
                action,
                path,
                source,
            }
        };
        let path = std::path::absolute(path).map_err(io("find", path))?;
        create_folder(&path).map_err(io("create the folder", &path))?;
        // The folder may belong to another user. What the store creates in it is still private.
        match make_private(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            result => result.map_err(io("restrict access to the folder", &path))?,
        }
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(&lock_path)
            .map_err(io("create", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(io("lock", &lock_path)(source)),
        }
        for folder in StorageKey::FOLDERS {
            let folder = path.join(folder);
            create_folder(&folder).map_err(io("create the folder", &folder))?;
            make_private(&folder).map_err(io("restrict access to the folder", &folder))?;
            remove_staged(&folder).map_err(io("remove unfinished files from", &folder))?;
        }
        let directory = Directory::open(&path).map_err(io("open", &path))?;
        Self::new(path, directory, Some(lock))
    }

    /// Opens an existing folder for reading only. A store may be running on it.
    pub fn open_read_only(path: &Path) -> Result<Self, OpenError> {
        let opened = std::path::absolute(path).and_then(|path| {
            std::fs::read_dir(path.join(StorageKey::DOCUMENTS))?;
            let directory = Directory::open(&path)?;
            Ok((path, directory))
        });
        let (path, directory) = opened.map_err(|source| OpenError::Io {
            action: "find documents in",
            path: path.to_owned(),
            source,
        })?;
        Self::new(path, directory, None)
    }

    fn new(path: PathBuf, directory: Directory, lock: Option<File>) -> Result<Self, OpenError> {
        let files = LocalFileSystem::new_with_prefix(&path);
        let files = files.map_err(|source| OpenError::Io {
            action: "open",
            path: path.clone(),
            source: source.into(),
        })?;
        Ok(Self {
            path,
            directory,
            object_store: Arc::new(files.with_fsync(true)),
            _lock: lock,
        })
    }

    async fn read_file(
        &self,
        path: &ObjectPath,
        size: u64,
        range: Range<u64>,
    ) -> io::Result<Option<BlobContent>> {
        let file = self.directory.open_file(path.as_ref()).await?;
        let metadata = file.metadata()?;
        if metadata.len() != size {
            return Ok(None);
        }
        match usize::try_from(size) {
            Ok(length) if length <= WHOLE_FILE_BYTES => {
                let bytes = directory::read_whole(file, length).await?;
                Ok(Some(BlobContent::Whole(bytes, FileVersion::of(&metadata))))
            }
            _ => Ok(Some(BlobContent::Stream(directory::stream(file, range)))),
        }
    }

    async fn sync_parent(&self, path: &ObjectPath) -> io::Result<()> {
        let file = self.path.join(path.as_ref());
        let sync = move || match file.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        };
        tokio::task::spawn_blocking(sync).await?
    }
}

#[async_trait]
impl Backend for Folder {
    fn object_store(&self) -> &Arc<dyn ObjectStore> {
        &self.object_store
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn verify(&self) -> Result<(), OpenError> {
        // Local file systems create files atomically.
        Ok(())
    }

    async fn get(&self, path: &ObjectPath) -> Result<Option<Bytes>, StorageError> {
        match self.directory.read(path.as_ref()).await {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", path, error)),
        }
    }

    async fn read(
        &self,
        path: &ObjectPath,
        size: u64,
        range: Range<u64>,
    ) -> Result<Option<BlobContent>, StorageError> {
        match self.read_file(path, size, range).await {
            Ok(content) => Ok(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", path, error)),
        }
    }

    /// `LocalFileSystem` syncs folders after writes, but not after removals.
    async fn persist_removal(&self, path: &ObjectPath) -> Result<(), StorageError> {
        match self.sync_parent(path).await {
            Ok(()) => Ok(()),
            // If the folder is gone, everything in it is gone too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io_error("sync", path, error)),
        }
    }

    fn is_unchanged(&self, path: &ObjectPath, version: &FileVersion) -> bool {
        self.directory.file_version(path.as_ref()).as_ref() == Some(version)
    }
}

/// Creates the folder and its parents so that they survive a power cut.
fn create_folder(path: &Path) -> io::Result<()> {
    let existing = path.ancestors().find(|folder| folder.is_dir());
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(path)?;
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

/// Removes the permissions of everybody else, which an older folder may have.
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))
}

/// Removes the staging files of `LocalFileSystem`, which are named `{name}#{number}` and are in no listing. The lock on
/// the folder shows that no store is writing them.
fn remove_staged(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_staged(&entry.path())?;
            continue;
        }
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
    fn only_one_store_at_a_time_locks_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let first = Folder::lock(&path).unwrap();
        let second = Folder::lock(&path);
        assert!(matches!(second, Err(OpenError::InUse(p)) if p == path));
        drop(first);
        Folder::lock(&path).unwrap();
    }

    #[test]
    fn a_folder_that_can_t_be_created_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "").unwrap();
        let error = Folder::lock(&path).unwrap_err();
        assert!(matches!(error, OpenError::Io { path: p, .. } if p == path));
    }

    #[test]
    fn unfinished_files_are_removed_in_every_folder() {
        let folder = tempfile::tempdir().unwrap();
        drop(Folder::lock(folder.path()).unwrap());
        let staged = ["blobs/a#1", "usage/b#7"].map(|name| folder.path().join(name));
        let nested = folder.path().join("usage/signer");
        std::fs::create_dir(&nested).unwrap();
        let (deep, kept) = (nested.join("c#2"), nested.join("c"));
        for path in staged.iter().chain([&deep, &kept]) {
            std::fs::write(path, "").unwrap();
        }
        drop(Folder::lock(folder.path()).unwrap());
        assert!(staged.iter().chain([&deep]).all(|path| !path.exists()));
        assert!(kept.exists());
    }
}
