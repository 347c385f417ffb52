//! Ends connections to clients that receive their answers too slowly.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// A connection whose writes fail if the other side accepts less than the minimum within a time window although more
/// bytes are waiting. While nothing is waiting, no time counts.
#[derive(Debug)]
pub struct MinThroughput<S> {
    stream: S,
    window: Duration,
    window_bytes: u64,
    /// While the other side lets us wait: the bytes that it has accepted in this window, and the end of the window.
    waiting: Option<(u64, Pin<Box<Sleep>>)>,
}

impl<S> MinThroughput<S> {
    /// Fails where fewer than `bytes_per_second` are accepted within a `window`.
    pub fn new(stream: S, window: Duration, bytes_per_second: u64) -> Self {
        let milliseconds = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let window_bytes = bytes_per_second.saturating_mul(milliseconds) / 1000;
        Self {
            stream,
            window,
            // A client that accepts nothing is always too slow.
            window_bytes: window_bytes.max(1),
            waiting: None,
        }
    }

    /// The result of a write, or an error if the window has ended before the minimum was reached.
    fn check<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> u64,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(Ok(written)) => {
                if let Some((taken, deadline)) = &mut self.waiting {
                    *taken += bytes(&written);
                    if *taken >= self.window_bytes {
                        *taken = 0;
                        deadline.set(sleep(self.window));
                    }
                }
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let window = self.window;
                let (_, deadline) = self
                    .waiting
                    .get_or_insert_with(|| (0, Box::pin(sleep(window))));
                ready!(deadline.as_mut().poll(cx));
                let slow = "the client receives its answer too slowly";
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, slow)))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for MinThroughput<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MinThroughput<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buffer);
        self.check(written, |bytes| *bytes as u64, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.check(written, |bytes| *bytes as u64, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// When everything is flushed, nothing is waiting any more.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        let flushed = self.check(flushed, |()| 0, cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.waiting = None;
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.check(closed, |()| 0, cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::Instant,
    };

    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    /// Writes 1,000 bytes through a pipe that holds ten, to a reader that reads `bytes` each second.
    async fn write_to(bytes: usize) -> io::Result<()> {
        let (ours, mut theirs) = duplex(10);
        let mut stream = MinThroughput::new(ours, WINDOW, 5);
        let reader = tokio::spawn(async move {
            let mut buffer = vec![0; bytes];
            while bytes > 0 && theirs.read_exact(&mut buffer).await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
            // Keeps its end open.
            std::future::pending::<()>().await;
        });
        let written = async {
            stream.write_all(&[7; 1000]).await?;
            stream.flush().await
        }
        .await;
        reader.abort();
        written
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_at_the_minimum_is_served_for_any_time() {
        let start = Instant::now();
        write_to(6).await.unwrap();
        assert!(start.elapsed() > 10 * WINDOW);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_below_the_minimum_is_cut_off() {
        for bytes in [0, 1, 4] {
            let start = Instant::now();
            let error = write_to(bytes).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{bytes}");
            assert!(start.elapsed() <= 2 * WINDOW, "{bytes}");
        }
    }

    /// A window without an end begins again like any other.
    #[tokio::test(start_paused = true)]
    async fn a_window_without_an_end_does_not_overflow() {
        let (ours, mut theirs) = duplex(10);
        let mut stream = MinThroughput::new(ours, Duration::MAX, 0);
        let mut buffer = [0; 100];
        let (written, read) =
            tokio::join!(stream.write_all(&[7; 100]), theirs.read_exact(&mut buffer));
        written.unwrap();
        read.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_does_not_count() {
        let (ours, mut theirs) = duplex(10);
        let mut stream = MinThroughput::new(ours, WINDOW, 5);
        for _ in 0..3 {
            let mut buffer = [0; 20];
            let (written, read) = tokio::join!(
                async {
                    stream.write_all(&[7; 20]).await?;
                    stream.flush().await
                },
                theirs.read_exact(&mut buffer)
            );
            written.unwrap();
            read.unwrap();
            sleep(10 * WINDOW).await;
        }
    }
}
