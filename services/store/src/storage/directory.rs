//! Fast reads of the files in a folder.
//!
//! Data in the page cache is read at once; only reads that would wait for the disk go to a blocking thread. (tokio's
//! files switch threads for every read, which costs more than the read.)

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    ops::Range,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
    sync::Arc,
};

use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::task::spawn_blocking;

/// How many bytes are read from a file at a time: few enough to be still in the processor's cache when they are sent.
const READ_BYTES: usize = 128 * 1024;

/// Longer than any small file. A read that returns less has read the whole file.
const SMALL_FILE_BYTES: usize = 1024;

/// The longest file that is read in one piece.
pub const WHOLE_FILE_BYTES: usize = READ_BYTES;

/// Bytes in the order in which they are read.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// A folder whose files are opened by their relative paths.
#[derive(Clone, Debug)]
pub struct Directory {
    path: Arc<Path>,
    /// Opening files relative to this descriptor saves the lookup of the path above it.
    #[cfg(target_os = "linux")]
    folder: Arc<File>,
}

impl Directory {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.into(),
            #[cfg(target_os = "linux")]
            folder: Arc::new(File::open(path)?),
        })
    }

    /// Opens a file.
    pub async fn open_file(&self, path: &str) -> io::Result<File> {
        if let Some(file) = non_blocking::open(self, path) {
            return Ok(file);
        }
        let path = self.path.join(path);
        spawn_blocking(move || File::open(path)).await?
    }

    /// The current version of a file, or `None` if the file can't be read. Blocks, so call it only for files that were
    /// opened recently: their paths are in the kernel's cache.
    pub fn file_version(&self, path: &str) -> Option<FileVersion> {
        let file = std::fs::metadata(self.path.join(path));
        file.as_ref().map(FileVersion::of).ok()
    }

    /// The content of a small file.
    pub async fn read(&self, path: &str) -> io::Result<Bytes> {
        let mut file = self.open_file(path).await?;
        let mut start = [0; SMALL_FILE_BYTES];
        match non_blocking::read(&file, &mut start, 0) {
            Some(read) if read < SMALL_FILE_BYTES => Ok(Bytes::copy_from_slice(&start[..read])),
            _ => {
                let read = move || {
                    let mut content = Vec::new();
                    file.read_to_end(&mut content)?;
                    Ok(content.into())
                };
                spawn_blocking(read).await?
            }
        }
    }
}

/// Identifies the content of a file. The version changes when the file is written to or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileVersion {
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileVersion {
    pub fn of(file: &Metadata) -> Self {
        Self {
            inode: file.ino(),
            length: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

/// The first `length` bytes of a file. A shorter file is an error.
pub async fn read_whole(file: File, length: usize) -> io::Result<Bytes> {
    let mut content = vec![0; length];
    if non_blocking::read(&file, &mut content, 0) != Some(length) {
        content = spawn_blocking(move || {
            file.read_exact_at(&mut content, 0)?;
            io::Result::Ok(content)
        })
        .await??;
    }
    Ok(content.into())
}

/// A range of a file. A file that ends within the range is an error.
pub fn stream(file: File, range: Range<u64>) -> ByteStream {
    let state = (Arc::new(file), range, BytesMut::new());
    stream::try_unfold(state, |(file, range, mut buffer)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        // Reuses the memory of the previous piece if that has been sent.
        buffer.resize(left.min(READ_BYTES), 0);
        let read = match non_blocking::read(&file, &mut buffer, range.start) {
            Some(read) => read,
            None => {
                let (file, start) = (file.clone(), range.start);
                let read;
                (buffer, read) = spawn_blocking(move || {
                    let read = file.read_at(&mut buffer, start);
                    (buffer, read)
                })
                .await?;
                read?
            }
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let piece = buffer.split_to(read).freeze();
        let range = range.start + read as u64..range.end;
        Ok(Some((piece, (file, range, buffer))))
    })
    .boxed()
}

#[cfg(target_os = "linux")]
mod non_blocking {
    use std::{fs::File, io::IoSliceMut};

    use rustix::{
        fs::{Mode, OFlags, ResolveFlags, openat2},
        io::{ReadWriteFlags, preadv2},
    };

    use super::Directory;

    /// Opens the file if its path is in the kernel's cache. All errors give `None`: a blocking open reports them.
    pub fn open(directory: &Directory, path: &str) -> Option<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        openat2(
            &directory.folder,
            path,
            flags,
            Mode::empty(),
            ResolveFlags::CACHED,
        )
        .map(File::from)
        .ok()
    }

    /// Fills the buffer as far as possible without waiting. Returns the number of bytes read, which is 0 at the end of
    /// the file, or `None` if nothing can be read without waiting.
    pub fn read(file: &File, buffer: &mut [u8], offset: u64) -> Option<usize> {
        let buffers = &mut [IoSliceMut::new(buffer)];
        preadv2(file, buffers, offset, ReadWriteFlags::NOWAIT).ok()
    }
}

/// Other systems have no reads that don't wait.
#[cfg(not(target_os = "linux"))]
mod non_blocking {
    use std::fs::File;

    use super::Directory;

    pub fn open(_: &Directory, _: &str) -> Option<File> {
        None
    }

    pub fn read(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
        None
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    async fn read_range(directory: &Directory, range: Range<u64>) -> io::Result<Vec<u8>> {
        let pieces = stream(directory.open_file("file").await?, range).try_collect::<Vec<_>>();
        Ok(pieces.await?.concat())
    }

    fn with_file(content: &[u8]) -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), content).unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        (folder, directory)
    }

    #[tokio::test]
    async fn every_range_of_a_file_is_read() {
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let (_folder, directory) = with_file(&content);
        let length = content.len();
        for (start, end) in [
            (0, 0),
            (0, 1),
            (length - 1, length),
            (0, READ_BYTES),
            (1, READ_BYTES + 2),
            (0, length),
        ] {
            let read = read_range(&directory, start as u64..end as u64)
                .await
                .unwrap();
            assert!(read == content[start..end], "{start} to {end}");
        }
    }

    #[tokio::test]
    async fn files_of_any_length_are_read() {
        for length in [
            0,
            1,
            SMALL_FILE_BYTES - 1,
            SMALL_FILE_BYTES,
            SMALL_FILE_BYTES + 1,
            9000,
        ] {
            let (_folder, directory) = with_file(&vec![7; length]);
            let content = directory.read("file").await.unwrap();
            assert!(content == vec![7; length], "{length}");
        }
    }

    #[tokio::test]
    async fn a_file_that_ends_within_the_range_is_an_error() {
        let (_folder, directory) = with_file(&[7; 1000]);
        let error = read_range(&directory, 0..1001).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        for missing in ["another", "another/file"] {
            let error = directory.read(missing).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
    }
}
