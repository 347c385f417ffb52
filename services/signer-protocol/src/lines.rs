use std::io;

use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Most bytes of a line, without the line break: a webhook's body of 20 kB in base64, and some room.
pub const MAX_LINE_BYTES: usize = 32 * 1024;

/// Why a line can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// The connection failed, or ended in the middle of a line.
    #[error("the connection failed")]
    Io(#[from] io::Error),
    /// The line is too long.
    #[error("a line has at most {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// The line is not the expected JSON.
    #[error("the line is not what is expected")]
    Malformed,
}

/// Reads the next line. `None`: the other side has closed the connection.
///
/// # Errors
/// [`LineError`]. The connection can't be used any further.
pub async fn read_line<T: DeserializeOwned>(
    from: &mut (impl AsyncBufRead + Unpin),
) -> Result<Option<T>, LineError> {
    let mut line = Vec::new();
    // With the line break. One byte more shows that a line is too long.
    let limit = u64::try_from(MAX_LINE_BYTES + 1).unwrap_or(u64::MAX);
    from.take(limit).read_until(b'\n', &mut line).await?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => match serde_json::from_slice(&line) {
            Ok(value) => Ok(Some(value)),
            // The error quotes the line.
            Err(_) => Err(LineError::Malformed),
        },
        Some(_) if line.len() >= MAX_LINE_BYTES => Err(LineError::TooLong),
        Some(_) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
    }
}

/// Writes a line.
///
/// # Errors
/// If the connection fails.
pub async fn write_line(
    to: &mut (impl AsyncWrite + Unpin),
    value: &impl Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Base64, Request};

    async fn read(bytes: &[u8]) -> Result<Option<Request>, LineError> {
        let mut from = bytes;
        read_line(&mut from).await
    }

    #[tokio::test]
    async fn a_line_comes_back_as_it_was_written() {
        let request = Request::SignWebhook {
            id: "msg_1".to_owned(),
            unix_time: 5,
            body: Base64(b"{}".to_vec()),
        };
        let mut written = Vec::new();
        write_line(&mut written, &request).await.unwrap();
        assert_eq!(read(&written).await.unwrap(), Some(request));
        assert_eq!(read(b"").await.unwrap(), None);
    }

    #[tokio::test]
    async fn other_lines_are_refused() {
        for line in [
            "\n",
            "{}\n",
            "{\"request\":\"keys\",\"more\":1}\n",
            "{\"request\":\"key\"}\n",
        ] {
            let error = read(line.as_bytes()).await.unwrap_err();
            assert!(matches!(error, LineError::Malformed), "{line}: {error}");
        }
        let ended = read(b"{\"request\":\"keys\"}").await.unwrap_err();
        assert!(matches!(ended, LineError::Io(_)), "{ended}");
        let endless = vec![b' '; MAX_LINE_BYTES + 10];
        let error = read(&endless).await.unwrap_err();
        assert!(matches!(error, LineError::TooLong), "{error}");
    }
}
