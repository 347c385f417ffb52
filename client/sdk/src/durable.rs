//! Files that are there in full or not at all, also after a crash.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

/// Whether a file may take the place of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It may.
    Replace,
    /// It may not: then it is an error of the kind `AlreadyExists`.
    Keep,
}

/// Writes a file, and makes its folder where there is none. When this returns, file and name are on the disk.
pub(crate) fn write(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match existing {
        Existing::Replace => file.persist(path).map_err(|error| error.error)?,
        Existing::Keep => file.persist_noclobber(path).map_err(|error| error.error)?,
    };
    sync_folder(folder)
}

/// Removes a file; one that is gone is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(folder_of(path)),
    }
}

/// A lock that one process holds at a time, beside the file that it is for.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder_of(path))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).append(true).open(name)?;
    file.lock()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
