//! Files that are written in full or not at all, even after a crash.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use super::staged_file::{Existing, StagedFile, folder_of};

/// Writes a file, and makes its folder if there is none. When this returns, file and name are on the disk. A file replaces
/// nothing but another regular file.
pub(crate) fn write(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let folder = folder_of(path);
    let in_folder = |error: io::Error| {
        let reason = format!("can't write in the folder {}: {error}", folder.display());
        io::Error::new(error.kind(), reason)
    };
    std::fs::create_dir_all(folder).map_err(in_folder)?;
    let staged = StagedFile::create(folder).map_err(in_folder)?;
    staged.file().write_all(bytes).map_err(in_folder)?;
    staged.place(path, existing)?;
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

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
