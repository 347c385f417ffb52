//! Reading files of a folder. What the system holds in memory is read at once; only what it would have to wait for goes
//! to a thread that may block. (tokio's files switch threads for every piece, which costs more than the piece.)

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

/// Bytes that are read from a file at a time: few enough to be still in the processor's cache when they are sent.
const READ_BYTES: usize = 128 * 1024;

/// More than there is in any small file: where one read brings less, it is the whole.
const SMALL_BYTES: usize = 1024;

/// The longest file that is read in one piece.
pub const WHOLE_BYTES: usize = READ_BYTES;

/// Bytes as they are read.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// A folder, whose files are opened by their paths in it.
#[derive(Clone, Debug)]
pub struct Root {
    path: Arc<Path>,
    /// From here the system has fewer names to look up.
    #[cfg(target_os = "linux")]
    folder: Arc<File>,
}

impl Root {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.into(),
            #[cfg(target_os = "linux")]
            folder: Arc::new(File::open(path)?),
        })
    }

    /// Opens a file.
    pub async fn file(&self, path: &str) -> io::Result<File> {
        if let Some(file) = at_once::open(self, path) {
            return Ok(file);
        }
        let path = self.path.join(path);
        spawn_blocking(move || File::open(path)).await?
    }

    /// The version of a file that was opened lately, so that nothing on its path has to be looked up on the disk.
    pub fn version(&self, path: &str) -> Option<Version> {
        let file = std::fs::metadata(self.path.join(path));
        file.as_ref().map(Version::of).ok()
    }

    /// A small file's content.
    pub async fn content(&self, path: &str) -> io::Result<Bytes> {
        let mut file = self.file(path).await?;
        let mut start = [0; SMALL_BYTES];
        match at_once::read(&file, &mut start, 0) {
            Some(read) if read < SMALL_BYTES => Ok(Bytes::copy_from_slice(&start[..read])),
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

/// Tells a file's content from what it was before, or will be: a file that was written to has another one, and so has one
/// that took its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Version {
    pub fn of(file: &Metadata) -> Self {
        Self {
            inode: file.ino(),
            length: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

/// The first bytes of a file, which it must have.
pub async fn whole(file: File, length: usize) -> io::Result<Bytes> {
    let mut content = vec![0; length];
    if at_once::read(&file, &mut content, 0) != Some(length) {
        content = spawn_blocking(move || {
            file.read_exact_at(&mut content, 0)?;
            io::Result::Ok(content)
        })
        .await??;
    }
    Ok(content.into())
}

/// A part of a file, which it must have.
pub fn stream(file: File, range: Range<u64>) -> ByteStream {
    let state = (Arc::new(file), range, BytesMut::new());
    stream::try_unfold(state, |(file, range, mut buffer)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        // It takes up the memory of the piece before, if that is sent by now.
        buffer.resize(left.min(READ_BYTES), 0);
        let read = match at_once::read(&file, &mut buffer, range.start) {
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
mod at_once {
    use std::{fs::File, io::IoSliceMut};

    use rustix::{
        fs::{Mode, OFlags, ResolveFlags, openat2},
        io::{ReadWriteFlags, preadv2},
    };

    use super::Root;

    /// The file, if nothing on its path has to be looked up on the disk. Whatever else keeps it from being opened, who
    /// opens it in the ordinary way will learn.
    pub fn open(root: &Root, path: &str) -> Option<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        openat2(
            &root.folder,
            path,
            flags,
            Mode::empty(),
            ResolveFlags::CACHED,
        )
        .map(File::from)
        .ok()
    }

    /// How much of the buffer could be filled without waiting; 0 at the file's end, and `None` if nothing could.
    pub fn read(file: &File, buffer: &mut [u8], offset: u64) -> Option<usize> {
        let buffers = &mut [IoSliceMut::new(buffer)];
        preadv2(file, buffers, offset, ReadWriteFlags::NOWAIT).ok()
    }
}

/// Other systems can't be asked not to wait.
#[cfg(not(target_os = "linux"))]
mod at_once {
    use std::fs::File;

    use super::Root;

    pub fn open(_: &Root, _: &str) -> Option<File> {
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

    async fn part(root: &Root, range: Range<u64>) -> io::Result<Vec<u8>> {
        let pieces = stream(root.file("file").await?, range).try_collect::<Vec<_>>();
        Ok(pieces.await?.concat())
    }

    fn with_file(content: &[u8]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), content).unwrap();
        let root = Root::open(folder.path()).unwrap();
        (folder, root)
    }

    #[tokio::test]
    async fn every_part_of_a_file_is_read_as_it_is() {
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let (_folder, root) = with_file(&content);
        let length = content.len();
        for (start, end) in [
            (0, 0),
            (0, 1),
            (length - 1, length),
            (0, READ_BYTES),
            (1, READ_BYTES + 2),
            (0, length),
        ] {
            let read = part(&root, start as u64..end as u64).await.unwrap();
            assert!(read == content[start..end], "{start} to {end}");
        }
    }

    #[tokio::test]
    async fn a_small_file_is_read_whole_and_so_is_a_larger_one() {
        for length in [0, 1, SMALL_BYTES - 1, SMALL_BYTES, SMALL_BYTES + 1, 9000] {
            let (_folder, root) = with_file(&vec![7; length]);
            let content = root.content("file").await.unwrap();
            assert!(content == vec![7; length], "{length}");
        }
    }

    #[tokio::test]
    async fn a_file_that_ends_too_early_is_an_error() {
        let (_folder, root) = with_file(&[7; 1000]);
        let error = part(&root, 0..1001).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        for missing in ["another", "another/file"] {
            let error = root.content(missing).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
    }
}
