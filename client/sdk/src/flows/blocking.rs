use std::path::Path;

use tokio::task::spawn_blocking;

use crate::error::ClientError;

/// Runs slow work on a thread of its own, so that other tasks, and the one that handles signals, continue meanwhile. `path`
/// names the file in the error of work that panicked. If the future is dropped, the work still continues to its end.
pub(crate) async fn run_blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, ClientError> + Send + 'static,
) -> Result<T, ClientError> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| ClientError::File {
        path: path.to_owned(),
        source: error.into(),
    })?
}
