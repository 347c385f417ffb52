//! What a local folder needs beyond what `LocalFileSystem` does: one store at a time, and no trace of a crash.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{error::OpenError, key::StorageKey, read::Root};

/// A folder that this process alone keeps documents in.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    root: Root,
    /// Held, never read: the lock goes with the process, however it ends. Who only reads has none.
    _lock: Option<File>,
}

/// What is in a folder is for the store alone: the names of some files name wallets.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

impl Folder {
    /// Takes the folder for this process alone, makes it if it is not there, and removes the files that writes of an
    /// earlier run left unfinished.
    pub fn take(path: &Path) -> Result<Self, OpenError> {
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io {
                action,
                path,
                source,
            }
        };
        let path = std::path::absolute(path).map_err(io("find", path))?;
        make(&path).map_err(io("make the folder", &path))?;
        // Where it is somebody else's, what we make in it is still for us alone.
        match close(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            closed => closed.map_err(io("close to others the folder", &path))?,
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
            make(&folder).map_err(io("make the folder", &folder))?;
            close(&folder).map_err(io("close to others the folder", &folder))?;
            remove_staged(&folder).map_err(io("remove unfinished files from", &folder))?;
        }
        let root = Root::open(&path).map_err(io("open", &path))?;
        Ok(Self {
            path,
            root,
            _lock: Some(lock),
        })
    }

    /// Takes a folder with documents in it to read them, also while a store is running on it.
    pub fn look_at(path: &Path) -> Result<Self, OpenError> {
        let opened = std::path::absolute(path).and_then(|path| {
            let documents = path.join(StorageKey::DOCUMENTS);
            std::fs::read_dir(documents)?;
            let root = Root::open(&path)?;
            Ok((path, root))
        });
        let (path, root) = opened.map_err(|source| OpenError::Io {
            action: "find documents in",
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path,
            root,
            _lock: None,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// To read the files in which `LocalFileSystem` has the objects: at their paths, as our names have no character
    /// that it would have to write otherwise.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Makes what was removed from the folder of this object stay removed after a power cut.
    pub async fn sync_removal(&self, object: &object_store::path::Path) -> io::Result<()> {
        let file = self.path.join(object.as_ref());
        let sync = move || match file.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        };
        tokio::task::spawn_blocking(sync).await?
    }
}

/// Makes the folder and those above it, so that they are there after a power cut.
fn make(path: &Path) -> io::Result<()> {
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

/// Takes a folder that may be an older one from everybody else.
fn close(folder: &Path) -> io::Result<()> {
    std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))
}

/// Removes what `LocalFileSystem` writes before it publishes a file: `{name}#{number}`, a name that it keeps for
/// that and shows to nobody. The folder's lock says that nobody is writing.
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
    fn only_one_store_at_a_time_has_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let first = Folder::take(&path).unwrap();
        let second = Folder::take(&path);
        assert!(matches!(second, Err(OpenError::InUse(p)) if p == path));
        drop(first);
        Folder::take(&path).unwrap();
    }

    #[test]
    fn a_folder_that_can_t_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "").unwrap();
        let error = Folder::take(&path).unwrap_err();
        assert!(matches!(error, OpenError::Io { path: p, .. } if p == path));
    }

    #[test]
    fn unfinished_files_are_removed_wherever_they_lie() {
        let folder = tempfile::tempdir().unwrap();
        drop(Folder::take(folder.path()).unwrap());
        let staged = ["blobs/a#1", "usage/b#7"].map(|name| folder.path().join(name));
        let nested = folder.path().join("usage/signer");
        std::fs::create_dir(&nested).unwrap();
        let (deep, kept) = (nested.join("c#2"), nested.join("c"));
        for path in staged.iter().chain([&deep, &kept]) {
            std::fs::write(path, "").unwrap();
        }
        drop(Folder::take(folder.path()).unwrap());
        assert!(staged.iter().chain([&deep]).all(|path| !path.exists()));
        assert!(kept.exists());
    }
}
