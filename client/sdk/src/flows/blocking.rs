use std::path::Path;

use tokio::task::spawn_blocking;

use crate::error::ClientError;

/// Does work that takes long on a thread for it, so that other tasks, and the one that handles signals, go on meanwhile.
/// `path` names the file in the error of work that panicked. The work goes on to its end where the future is dropped.
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
