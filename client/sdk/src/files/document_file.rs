//! Plain documents that become records. Each is opened once.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    error::FileError,
    staged_file::{StagedFile, kind},
};

/// Most bytes that are read from a pipe or device, which may have no end: the default limit of what readers fetch.
const MAX_SPOOLED: u64 = 1 << 30;

/// An open plain document. Whatever happens to its name, this file is read, as often as it takes. Where its contents change,
/// no record is made of it.
#[derive(Debug)]
pub struct DocumentFile {
    path: PathBuf,
    file: File,
    state: State,
}

/// What tells of a file that it was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
    /// Seconds and nanoseconds of the last change, which no program can set.
    changed: (i64, i64),
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
        }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
const fn changed(_: &Metadata) -> (i64, i64) {
    (0, 0)
}

impl DocumentFile {
    /// Opens a document. A pipe, a terminal or `/dev/stdin` is read to its end, which waits for its writer, and kept in a file
    /// without a name.
    ///
    /// # Errors
    /// [`FileError::Io`]: it can't be opened or read, is a folder, or does not end.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let error = |source| FileError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(error)?;
        let metadata = file.metadata().map_err(error)?;
        match kind(metadata.file_type()) {
            // What the system makes up as it is read has no length.
            None if metadata.len() > 0 => Ok(Self {
                path: path.to_owned(),
                file,
                state: State::of(&metadata),
            }),
            Some("a folder") => Err(error(io::ErrorKind::IsADirectory.into())),
            _ => Self::spool(path, file),
        }
    }

    /// As [`Self::open`], but refuses everything but regular files, so that it never waits for a writer.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn open_regular(path: &Path) -> Result<Self, FileError> {
        let error = |source| FileError::Io {
            path: path.to_owned(),
            source,
        };
        let metadata = path.metadata().map_err(error)?;
        if let Some(found) = kind(metadata.file_type()) {
            let reason = format!("it is {found}, and no regular file");
            return Err(error(io::Error::new(io::ErrorKind::InvalidInput, reason)));
        }
        Self::open(path)
    }

    fn spool(path: &Path, file: File) -> Result<Self, FileError> {
        let spooled = StagedFile::temporary()?;
        let mut from = file.take(MAX_SPOOLED + 1);
        let mut buffer = vec![0; 64 * 1024];
        let mut length = 0;
        let failed = |source| FileError::Io {
            path: path.to_owned(),
            source,
        };
        loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed(error)),
            };
            length += count as u64;
            io::Write::write_all(&mut spooled.file(), &buffer[..count])
                .map_err(|error| spooled.error(error))?;
        }
        if length > MAX_SPOOLED {
            let reason = format!("more than {MAX_SPOOLED} bytes came, and it is no regular file");
            return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, reason)));
        }
        let metadata = spooled.file().metadata();
        let state = State::of(&metadata.map_err(|error| spooled.error(error))?);
        Ok(Self {
            path: path.to_owned(),
            file: spooled.into_file(),
            state,
        })
    }

    /// The name that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the document, as it was opened.
    pub const fn length(&self) -> u64 {
        self.state.length
    }

    /// The document from its start, and one byte more where it grew. One reader at a time: they share the file's position.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn reader(&self) -> Result<impl Read + use<>, FileError> {
        let from_start = || {
            let mut file = self.file.try_clone()?;
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        };
        let file: File = from_start().map_err(|source| self.error(source))?;
        Ok(file.take(self.state.length + 1))
    }

    /// Refuses a document that was changed while it was read.
    ///
    /// # Errors
    /// [`FileError::Changed`].
    pub fn require_unchanged(&self, read: u64) -> Result<(), FileError> {
        let now = self.file.metadata().map_err(|source| self.error(source))?;
        match State::of(&now) == self.state && read == self.state.length {
            true => Ok(()),
            false => Err(FileError::Changed {
                path: self.path.clone(),
            }),
        }
    }

    fn error(&self, source: io::Error) -> FileError {
        FileError::Io {
            path: self.path.clone(),
            source,
        }
    }
}
