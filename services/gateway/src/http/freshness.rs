//! How far the index is, for every answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::storage::{Progress, Storage, StorageError};

/// For how long what was read of the index is shown.
const LIFETIME: Duration = Duration::from_millis(200);

/// How far the index is: read from the database at most some times a second.
#[derive(Clone)]
pub struct Freshness {
    storage: Storage,
    read: Arc<Mutex<Option<(Instant, Progress)>>>,
}

impl Freshness {
    /// Of this index.
    pub fn of(storage: Storage) -> Self {
        Self {
            storage,
            read: Arc::default(),
        }
    }

    /// How far the index is at the least; `None`: there was no snapshot yet.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn progress(&self) -> Result<Option<Progress>, StorageError> {
        let mut read = self.read.lock().await;
        if let Some((at, progress)) = *read
            && at.elapsed() < LIFETIME
        {
            return Ok(Some(progress));
        }
        let now = Instant::now();
        let progress = self.storage.progress().await?;
        *read = progress.map(|progress| (now, progress));
        Ok(progress)
    }
}
