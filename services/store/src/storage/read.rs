use std::{fs::File, io, ops::Range};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes that are read from a file at a time: large enough that the switch to a blocking thread costs nothing.
const READ_BYTES: usize = 256 * 1024;

/// Bytes as they are read.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// A part of a file. (`GetResult::into_stream` reads files in pieces of 8 KiB, each on a blocking thread.)
pub fn read_file(file: File, range: Range<u64>) -> ByteStream {
    futures::stream::once(async move {
        let mut file = tokio::fs::File::from_std(file);
        file.seek(io::SeekFrom::Start(range.start)).await?;
        let part = file.take(range.end - range.start);
        Ok::<_, io::Error>(ReaderStream::with_capacity(part, READ_BYTES))
    })
    .flat_map(|opened| match opened {
        Ok(stream) => stream.left_stream(),
        Err(error) => futures::stream::once(async { Err(error) }).right_stream(),
    })
    .boxed()
}
