//! Plain documents that become records. Each is opened once.

use std::{
    fmt,
    fs::{File, Metadata},
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::SystemTime,
};

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

use super::{
    error::FileError,
    staged_file::{StagedFile, kind},
};

/// The largest number of bytes that are read from a pipe or device, which may have no end: the default limit of readers that
/// fetch documents.
const MAX_SPOOLED: u64 = 1 << 30;

/// An open plain document: a file, or bytes in memory. Even if the file is renamed or replaced, this file is read, as often as
/// necessary. If its contents change, no record is made of it.
#[derive(Debug)]
pub struct DocumentFile {
    path: PathBuf,
    contents: Contents,
}

enum Contents {
    File(File, State),
    /// Wiped when it is dropped.
    Memory(Bytes),
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file, _) => f.debug_tuple("File").field(file).finish(),
            Self::Memory(bytes) => write!(f, "Memory({} bytes)", bytes.0.len()),
        }
    }
}

#[derive(Clone)]
struct Bytes(Arc<Zeroizing<Vec<u8>>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The values of a file that change when it is written to.
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
            // Files that the system generates while they are read have no length.
            None if metadata.len() > 0 => Ok(Self {
                path: path.to_owned(),
                contents: Contents::File(file, State::of(&metadata)),
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
            contents: Contents::File(spooled.into_file(), state),
        })
    }

    /// A document in memory, which never touches the disk. Errors call it `name`.
    pub fn from_bytes(name: impl Into<PathBuf>, bytes: Vec<u8>) -> Self {
        Self {
            path: name.into(),
            contents: Contents::Memory(Bytes(Arc::new(Zeroizing::new(bytes)))),
        }
    }

    /// As [`Self::from_bytes`], with all bytes of a reader, up to 1 GiB.
    ///
    /// # Errors
    /// [`FileError::Io`]: the reader fails, or does not end.
    pub async fn from_reader(
        name: impl Into<PathBuf> + Send,
        reader: impl AsyncRead + Send,
    ) -> Result<Self, FileError> {
        let path = name.into();
        let mut bytes = Zeroizing::new(Vec::new());
        let read = pin!(reader.take(MAX_SPOOLED + 1))
            .read_to_end(&mut bytes)
            .await;
        let failed = |source| FileError::Io {
            path: path.clone(),
            source,
        };
        if read.map_err(failed)? as u64 > MAX_SPOOLED {
            let reason = format!("more than {MAX_SPOOLED} bytes came");
            return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, reason)));
        }
        let contents = Contents::Memory(Bytes(Arc::new(bytes)));
        Ok(Self { path, contents })
    }

    /// The name that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the document, as it was opened.
    pub fn length(&self) -> u64 {
        match &self.contents {
            Contents::File(_, state) => state.length,
            Contents::Memory(bytes) => bytes.as_ref().len() as u64,
        }
    }

    /// The document from its start, and one byte more where it grew. One reader at a time: they share the file's position.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn reader(&self) -> Result<impl Read + use<>, FileError> {
        let (file, length) = match &self.contents {
            Contents::File(file, state) => (file, state.length),
            Contents::Memory(bytes) => return Ok(Reader::Memory(Cursor::new(bytes.clone()))),
        };
        let from_start = || {
            let mut file = file.try_clone()?;
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        };
        let file: File = from_start().map_err(|source| self.error(source))?;
        Ok(Reader::File(file.take(length + 1)))
    }

    /// Refuses a document that was changed while it was read.
    ///
    /// # Errors
    /// [`FileError::Changed`].
    pub fn require_unchanged(&self, read: u64) -> Result<(), FileError> {
        let is_unchanged = match &self.contents {
            Contents::File(file, state) => {
                let now = file.metadata().map_err(|source| self.error(source))?;
                State::of(&now) == *state
            }
            Contents::Memory(_) => true,
        };
        match is_unchanged && read == self.length() {
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

enum Reader {
    File(io::Take<File>),
    Memory(Cursor<Bytes>),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => Read::read(file, buffer),
            Self::Memory(bytes) => Read::read(bytes, buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(document: &DocumentFile) -> Vec<u8> {
        let mut read = Vec::new();
        document.reader().unwrap().read_to_end(&mut read).unwrap();
        document.require_unchanged(read.len() as u64).unwrap();
        read
    }

    #[tokio::test]
    async fn bytes_and_readers_are_documents_as_files_are() {
        let bytes = DocumentFile::from_bytes("scan", b"plain".to_vec());
        let reader = DocumentFile::from_reader("scan", &b"plain"[..])
            .await
            .unwrap();
        for document in [bytes, reader] {
            assert_eq!(document.length(), 5);
            // As often as it takes.
            assert_eq!(
                (all(&document), all(&document)),
                (b"plain".to_vec(), b"plain".to_vec())
            );
            assert!(document.require_unchanged(4).is_err());
            assert!(!format!("{document:?}").contains("plain"));
        }
    }
}
