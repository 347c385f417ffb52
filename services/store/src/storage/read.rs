//! Reading files of a folder. What the system holds in memory is read at once; only what it would have to wait for goes
//! to a thread that may block. (tokio's files switch threads for every piece, which costs more than the piece.)

use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    os::unix::fs::FileExt,
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

/// Bytes as they are read.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// Opens a file.
pub async fn open(path: &Path) -> io::Result<File> {
    if let Some(file) = at_once::open(path) {
        return Ok(file);
    }
    let path = path.to_owned();
    spawn_blocking(move || File::open(path)).await?
}

/// A small file's content.
pub async fn read(path: &Path) -> io::Result<Bytes> {
    let mut file = open(path).await?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut content = vec![0; length.min(READ_BYTES)];
    if content.len() == length && at_once::read(&file, &mut content, 0) == Some(length) {
        return Ok(content.into());
    }
    let read = move || {
        let mut content = Vec::with_capacity(length);
        file.read_to_end(&mut content)?;
        Ok(content.into())
    };
    spawn_blocking(read).await?
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
    use std::{fs::File, io::IoSliceMut, path::Path};

    use rustix::{
        fs::{CWD, Mode, OFlags, ResolveFlags, openat2},
        io::{ReadWriteFlags, preadv2},
    };

    /// The file, if nothing on its path has to be looked up on the disk. Whatever else keeps it from being opened, who
    /// opens it in the ordinary way will learn.
    pub fn open(path: &Path) -> Option<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED)
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
    use std::{fs::File, path::Path};

    pub fn open(_: &Path) -> Option<File> {
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

    async fn part(path: &Path, range: Range<u64>) -> io::Result<Vec<u8>> {
        let file = open(path).await?;
        let pieces: Vec<_> = stream(file, range).try_collect().await?;
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn every_part_of_a_file_is_read_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &content).unwrap();
        assert!(read(&path).await.unwrap() == content);
        let length = content.len();
        for (start, end) in [
            (0, 0),
            (0, 1),
            (length - 1, length),
            (0, READ_BYTES),
            (1, READ_BYTES + 2),
            (0, length),
        ] {
            let read = part(&path, start as u64..end as u64).await.unwrap();
            assert!(read == content[start..end], "{start} to {end}");
        }
    }

    #[tokio::test]
    async fn a_file_that_ends_too_early_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, [7; 1000]).unwrap();
        let error = part(&path, 0..1001).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let missing = read(&folder.path().join("another")).await.unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
