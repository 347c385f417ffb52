//! Files that get their name when they are complete. If the process is killed earlier, nothing remains of them.

use std::{
    fs::{self, File, FileType},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempPath};

use super::error::FileError;

/// The beginning of a hidden name, on systems where every file needs a name.
const PREFIX: &str = ".generion-";

/// Whether a staged file may replace an existing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Existing {
    /// The file may replace a regular file, and nothing else.
    Replace,
    /// The file may replace nothing: placing it fails with an error of the kind `AlreadyExists` if there is one.
    Keep,
}

/// A file that only this user can read, on the same disk as its later place. It has no name if the system supports
/// that. Otherwise it has a hidden name, and is removed when this value is dropped, or by the next staged file in the
/// folder.
#[derive(Debug)]
pub struct StagedFile {
    file: File,
    name: Option<TempPath>,
    folder: PathBuf,
}

impl StagedFile {
    /// Creates a file in the folder of its later place.
    ///
    /// # Errors
    /// [`FileError::Io`], which names the folder.
    pub fn beside(place: &Path) -> Result<Self, FileError> {
        Self::in_folder(folder_of(place))
    }

    /// Creates a file that never gets a place, in the system's folder for temporary files (`TMPDIR`).
    ///
    /// # Errors
    /// [`FileError::Io`], which names the folder.
    pub fn temporary() -> Result<Self, FileError> {
        Self::in_folder(&std::env::temp_dir())
    }

    /// Creates a file in a folder. Removes the hidden files of earlier processes from that folder.
    ///
    /// # Errors
    /// [`FileError::Io`], which names the folder.
    pub fn in_folder(folder: &Path) -> Result<Self, FileError> {
        Self::create(folder).map_err(|source| FileError::Io {
            path: folder.to_owned(),
            source,
        })
    }

    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        remove_abandoned(folder);
        let (file, name) = match unnamed(folder) {
            Some(file) => (file, None),
            None => {
                // Fails without naming the hidden file, which the user does not know.
                fs::metadata(folder)?;
                let (file, name) = named(folder)?;
                (file, Some(name))
            }
        };
        Ok(Self {
            file,
            name,
            folder: folder.to_owned(),
        })
    }

    /// The file, to write to.
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// The folder in which the file was created.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path by which this process can open the file, to read it from the start more than once.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.name {
            Some(name) => name.to_path_buf(),
            #[cfg(target_os = "linux")]
            None => name_of(&self.file).into(),
            // On such systems every staged file has a name.
            #[cfg(not(target_os = "linux"))]
            None => self.folder.clone(),
        }
    }

    /// The bare file, which never gets a place. If it had a hidden name, the name is removed.
    pub(crate) fn into_file(self) -> File {
        self.file
    }

    /// The same file again, without a name, for another thread.
    pub(crate) fn again(&self) -> io::Result<Self> {
        Ok(Self {
            file: self.file.try_clone()?,
            name: None,
            folder: self.folder.clone(),
        })
    }

    /// A writer for the file. Its errors name the folder, so that a full disk is not taken for another folder's.
    pub fn writer(&self) -> impl Write + '_ {
        InFolder(self)
    }

    /// A reader of the bytes that were written, from the start. Use one reader at a time, because all readers share the file's
    /// position.
    ///
    /// # Errors
    /// An error of the system.
    pub fn reader(&self) -> io::Result<impl Read + '_> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Adds the name of the folder to an error of the file's disk.
    pub fn error(&self, source: io::Error) -> FileError {
        FileError::Io {
            path: self.folder.clone(),
            source,
        }
    }

    /// Gives the file its place, after its contents are on the disk.
    ///
    /// # Errors
    /// `AlreadyExists` if there is something at the path and it may not be replaced; `InvalidInput` if there is
    /// something other than a regular file; an error of the system.
    pub fn place(self, path: &Path, existing: Existing) -> io::Result<()> {
        let Self { file, name, .. } = self;
        file.sync_all()?;
        if existing == Existing::Replace {
            require_regular(path)?;
        }
        match (name, existing) {
            (None, Existing::Keep) => link(&file, path),
            (None, Existing::Replace) => {
                let linked = tempfile::Builder::new()
                    .prefix(PREFIX)
                    .make_in(folder_of(path), |name| link(&file, name))?;
                linked
                    .into_temp_path()
                    .persist(path)
                    .map_err(|error| error.error)
            }
            (Some(name), Existing::Keep) => {
                name.persist_noclobber(path).map_err(|error| error.error)
            }
            (Some(name), Existing::Replace) => name.persist(path).map_err(|error| error.error),
        }
    }
}

struct InFolder<'a>(&'a StagedFile);

impl InFolder<'_> {
    fn name<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let folder = self.0.folder.display();
            let reason = format!("can't write in the folder {folder}: {error}");
            io::Error::new(error.kind(), reason)
        })
    }
}

impl Write for InFolder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut file = &self.0.file;
        self.name(file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut file = &self.0.file;
        self.name(file.flush())
    }
}

/// The kind of the file at a path, unless it is a regular file. Links are not followed.
pub fn irregular(path: &Path) -> Option<&'static str> {
    let found = path.symlink_metadata().ok()?;
    kind(found.file_type())
}

#[cfg(unix)]
pub(crate) fn kind(kind: FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;

    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_symlink() {
        Some("a link")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

#[cfg(not(unix))]
pub(crate) fn kind(kind: FileType) -> Option<&'static str> {
    (!kind.is_file()).then_some("no regular file")
}

fn require_regular(path: &Path) -> io::Result<()> {
    match irregular(path) {
        None => Ok(()),
        Some(found) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it is {found}, and only a regular file is replaced"),
        )),
    }
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// `None` if the system or the file system has no unnamed files that can get a name later.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};

    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    let file = File::from(file);
    Path::new(&name_of(&file)).exists().then_some(file)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> Option<File> {
    None
}

/// Gives an unnamed file a name that is free.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};

    Ok(linkat(
        CWD,
        name_of(file),
        CWD,
        path,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

/// A path of an open file that has no other name.
#[cfg(target_os = "linux")]
fn name_of(file: &File) -> String {
    use std::os::fd::AsRawFd;

    format!("/proc/self/fd/{}", file.as_raw_fd())
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file with a hidden name, and with a lock that shows other processes that the file is in use.
fn named(folder: &Path) -> io::Result<(File, TempPath)> {
    loop {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempfile_in(folder)?;
        file.as_file().lock()?;
        // Before the file was locked, another process may have taken it for abandoned and removed it.
        if file.path().exists() {
            return Ok(NamedTempFile::into_parts(file));
        }
    }
}

/// Removes the hidden files of killed processes. Files that can't be opened belong to another user, or stay until the
/// next time.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
        // Opening a pipe would wait for its writer.
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A staged file, as on a system where every file needs a name.
    fn with_name(folder: &Path) -> StagedFile {
        let (file, name) = named(folder).unwrap();
        let staged = StagedFile {
            file,
            name: Some(name),
            folder: folder.to_owned(),
        };
        staged.writer().write_all(b"whole").unwrap();
        staged
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_with_a_hidden_name_does_as_one_without() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let place = folder.join("place");
        let staged = with_name(folder);
        assert_eq!(fs::read(staged.path()).unwrap(), b"whole");
        // The next staged file in the folder leaves files in use alone.
        let other = StagedFile::create(folder).unwrap();
        assert_eq!(fs::read(other.path()).unwrap(), b"");
        assert!(staged.path().exists());
        staged.place(&place, Existing::Keep).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"whole");

        fs::write(&place, "kept").unwrap();
        let refused = with_name(folder).place(&place, Existing::Keep);
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&place).unwrap(), b"kept");
        with_name(folder).place(&place, Existing::Replace).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"whole");
        assert_eq!(count(folder), 1);

        drop(with_name(folder));
        let mut file = with_name(folder).into_file();
        assert_eq!(count(folder), 1);
        // The bare file can be read while it is open.
        let mut text = String::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "whole");
    }

    #[test]
    fn an_error_of_the_disk_names_its_folder() {
        // `/dev/full` behaves like a full disk.
        let full = StagedFile {
            file: File::options().write(true).open("/dev/full").unwrap(),
            name: None,
            folder: "some/folder".into(),
        };
        let error = full.writer().write_all(b"x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        let expected = "can't write in the folder some/folder: No space left";
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}
