//! Quotas: the stored bytes of each uploader, and the bytes that running uploads have reserved.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use generion_interface::store::FileId;
use solana_address::Address;
use thiserror::Error;

use crate::storage::{
    documents::Documents,
    error::StorageError,
    upload::UploadOutcome,
    usage::{Usage, UsageCounter},
};

/// How long the usage of an uploader is remembered after the last upload. Counting again also finds what other stores
/// on the same storage have added.
const IDLE_TIME: Duration = Duration::from_secs(900);

/// How many deletions can run at the same time.
const DELETION_LOCKS: usize = 64;

/// The limits of each uploader. Deleted documents don't count. If everybody may upload, a stranger can use another key,
/// so quotas bind only honest clients and the uploaders on an allowlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// The largest total size of all documents in bytes, or `None` for no limit.
    pub bytes: Option<u64>,
    /// The largest number of documents, or `None` for no limit.
    pub documents: Option<u64>,
}

/// An upload exceeds a quota, or its uploader's usage can't be counted.
#[derive(Debug, Error)]
pub enum QuotaError {
    /// The uploader has as many running uploads as it is allowed.
    #[error("too many uploads are running")]
    TooManyUploads,
    /// The upload would exceed [`Quota::documents`].
    #[error("more than {max} documents")]
    TooManyDocuments {
        /// The quota.
        max: u64,
    },
    /// The upload would exceed [`Quota::bytes`].
    #[error("more than {max} bytes")]
    TooManyBytes {
        /// The quota.
        max: u64,
    },
    /// The usage can't be counted.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Applies the quota to all uploaders.
pub struct Quotas {
    usage: UsageCounter,
    quota: Quota,
    max_running: usize,
    uploaders: Mutex<HashMap<Address, Arc<Uploader>>>,
    /// A document's lock is held while the document is deleted. Several documents share one lock.
    deletion_locks: [tokio::sync::Mutex<()>; DELETION_LOCKS],
}

struct Uploader {
    /// Locked for writing while documents are counted, and for reading while one is published or deleted, so that the
    /// count includes no half-done change.
    counting: Arc<tokio::sync::RwLock<()>>,
    state: Mutex<State>,
}

struct State {
    /// The stored usage, or `None` if it has to be counted before anything is compared with it.
    stored: Option<Usage>,
    /// The reservations of running uploads.
    reserved: Usage,
    last_used: Instant,
}

impl Quotas {
    /// Quotas with `max_running` uploads at the same time for each uploader.
    pub fn new(usage: UsageCounter, quota: Quota, max_running: usize) -> Self {
        Self {
            usage,
            quota,
            max_running,
            uploaders: Mutex::default(),
            deletion_locks: [const { tokio::sync::Mutex::const_new(()) }; DELETION_LOCKS],
        }
    }

    /// Reserves space for an upload of at least `bytes`.
    pub async fn reserve(&self, uploader: Address, bytes: u64) -> Result<Reservation, QuotaError> {
        let entry = self.uploader(uploader);
        if !entry.start_upload(self.max_running as u64) {
            return Err(QuotaError::TooManyUploads);
        }
        let mut reservation = Reservation {
            entry,
            quota: self.quota,
            usage: self.usage.clone(),
            uploader,
            bytes: 0,
        };
        // If this fails, dropping the reservation ends the upload.
        reservation.grow(bytes).await?;
        Ok(reservation)
    }

    /// Deletes a document with `delete`, which returns the number of bytes that it removed, and subtracts them from the
    /// usage of the uploader. Returns whether the document existed. Deletions of one document run one after the other,
    /// so that it is subtracted once.
    pub async fn release(
        &self,
        uploader: Address,
        file: FileId,
        delete: impl Future<Output = Result<Option<u64>, StorageError>>,
    ) -> Result<bool, StorageError> {
        let entry = self.uploader(uploader);
        let _deletion = self.deletion_lock(&file).lock().await;
        let _counting = entry.counting.read().await;
        let deleted = delete.await;
        let mut state = entry.state();
        match (&deleted, &mut state.stored) {
            (Ok(Some(bytes)), Some(stored)) => {
                stored.documents = stored.documents.saturating_sub(1);
                stored.bytes = stored.bytes.saturating_sub(*bytes);
            }
            // Unknown how much was done: count again.
            (Err(_), stored) => *stored = None,
            _ => {}
        }
        Ok(deleted?.is_some())
    }

    /// Removes what is left of links that expired long enough before `now` (Unix time in seconds), and subtracts it from the usage
    /// of their uploaders. Returns how many links that were.
    ///
    /// # Errors
    /// [`StorageError`]; then some of them are removed.
    pub async fn remove_expired(
        &self,
        documents: &Documents,
        now: u64,
    ) -> Result<u64, StorageError> {
        let mut removed = 0;
        for link in documents.expired_links(now).await? {
            if let Some(published) = documents.published_or_forgotten(link).await? {
                let removal = documents.remove_expired(link, &published);
                let uploader = published.uploader;
                let was_there = self.release(uploader, link.into(), removal).await?;
                removed += u64::from(was_there);
            }
        }
        documents.remove_expired_notes(now).await?;
        Ok(removed)
    }

    fn deletion_lock(&self, file: &FileId) -> &tokio::sync::Mutex<()> {
        &self.deletion_locks[usize::from(file.sha256()[0]) % DELETION_LOCKS]
    }

    /// Forgets the usage of uploaders that have been idle for a while.
    pub fn forget_idle(&self) {
        self.lock().retain(|_, entry| {
            Arc::strong_count(entry) > 1 || entry.state().last_used.elapsed() < IDLE_TIME
        });
    }

    fn uploader(&self, uploader: Address) -> Arc<Uploader> {
        let mut uploaders = self.lock();
        let entry = uploaders.entry(uploader).or_insert_with(|| {
            Arc::new(Uploader {
                counting: Arc::default(),
                state: Mutex::new(State {
                    stored: None,
                    reserved: Usage::default(),
                    last_used: Instant::now(),
                }),
            })
        });
        entry.state().last_used = Instant::now();
        entry.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Arc<Uploader>>> {
        // A panic can't leave a half-done change.
        self.uploaders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uploader {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more upload as running, unless `max` uploads are running already.
    fn start_upload(&self, max: u64) -> bool {
        let mut state = self.state();
        let is_below = state.reserved.documents < max;
        state.reserved.documents += u64::from(is_below);
        is_below
    }
}

/// Space that is reserved for an upload, until this is dropped.
pub struct Reservation {
    entry: Arc<Uploader>,
    quota: Quota,
    usage: UsageCounter,
    uploader: Address,
    bytes: u64,
}

impl Reservation {
    /// Extends the reservation to `bytes` in total.
    pub async fn grow(&mut self, bytes: u64) -> Result<(), QuotaError> {
        let more = bytes.saturating_sub(self.bytes);
        while !self.try_extend(more)? {
            self.count().await?;
        }
        self.bytes += more;
        Ok(())
    }

    /// Checks the quota again, and prevents counting until the document is published.
    pub async fn confirm(self) -> Result<ConfirmedReservation, QuotaError> {
        loop {
            let counting = self.entry.counting.clone().read_owned().await;
            if self.try_extend(0)? {
                return Ok(ConfirmedReservation {
                    reservation: self,
                    _counting: counting,
                });
            }
            drop(counting);
            self.count().await?;
        }
    }

    /// Reserves `more` bytes if the quota allows it. Returns `false` if the stored usage has to be counted first.
    fn try_extend(&self, more: u64) -> Result<bool, QuotaError> {
        let mut state = self.entry.state();
        if self.quota != Quota::default() {
            let Some(stored) = state.stored else {
                return Ok(false);
            };
            let documents = stored.documents.saturating_add(state.reserved.documents);
            if let Some(max) = self.quota.documents.filter(|max| documents > *max) {
                return Err(QuotaError::TooManyDocuments { max });
            }
            let bytes = stored.bytes.saturating_add(state.reserved.bytes);
            let bytes = bytes.saturating_add(more);
            if let Some(max) = self.quota.bytes.filter(|max| bytes > *max) {
                return Err(QuotaError::TooManyBytes { max });
            }
        }
        state.reserved.bytes = state.reserved.bytes.saturating_add(more);
        Ok(true)
    }

    /// Counts the stored usage, unless another upload has done so in the meantime.
    async fn count(&self) -> Result<(), StorageError> {
        let _exclusive = self.entry.counting.write().await;
        if self.entry.state().stored.is_none() {
            let stored = self.usage.count(&self.uploader).await?;
            self.entry.state().stored = Some(stored);
        }
        Ok(())
    }
}

/// A reservation in which a document may be published.
pub struct ConfirmedReservation {
    reservation: Reservation,
    _counting: tokio::sync::OwnedRwLockReadGuard<()>,
}

impl ConfirmedReservation {
    /// Publishes the document with `publish`, and adds it to the usage of the uploader.
    pub async fn publish(
        self,
        publish: impl Future<Output = Result<UploadOutcome, StorageError>>,
    ) -> Result<UploadOutcome, StorageError> {
        let outcome = publish.await;
        let mut state = self.reservation.entry.state();
        match (&outcome, &mut state.stored) {
            (Ok(UploadOutcome::Created(published)), Some(stored)) => {
                stored.documents += 1;
                stored.bytes = stored.bytes.saturating_add(published.size);
            }
            // Unknown how much was done: count again.
            (Err(_), stored) => *stored = None,
            _ => {}
        }
        outcome
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.entry.state();
        state.reserved.documents -= 1;
        state.reserved.bytes = state.reserved.bytes.saturating_sub(self.bytes);
        state.last_used = Instant::now();
    }
}
