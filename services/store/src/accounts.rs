//! What each uploader has in the store, and what it is uploading.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use generion_interface::store::DocumentId;
use solana_address::Address;

use crate::{
    config::Quota,
    refusal::Refusal,
    storage::{Outcome, StorageError, Usage, UsageStore},
};

/// How long an uploader's count is kept after its last upload. Counting anew also sees what other stores on the same
/// storage took.
const KEPT: Duration = Duration::from_secs(900);

/// Deletions that can run side by side.
const TURNS: usize = 64;

/// Counts uploads against the quota.
pub struct Accounts {
    usage: UsageStore,
    quota: Quota,
    max_running: usize,
    accounts: Mutex<HashMap<Address, Arc<Account>>>,
    /// One is held while a document is deleted; some documents share one.
    turns: [tokio::sync::Mutex<()>; TURNS],
}

struct Account {
    /// Held alone while documents are counted, and shared while one is published or deleted: none is counted half-way.
    changing: Arc<tokio::sync::RwLock<()>>,
    state: Mutex<State>,
}

struct State {
    /// What is stored; `None` while nobody knows, and then it has to be counted before anything is compared with it.
    stored: Option<Usage>,
    /// What running uploads have set aside.
    running: Usage,
    used: Instant,
}

impl Accounts {
    pub fn new(usage: UsageStore, quota: Quota, max_running: usize) -> Self {
        Self {
            usage,
            quota,
            max_running,
            accounts: Mutex::default(),
            turns: [const { tokio::sync::Mutex::const_new(()) }; TURNS],
        }
    }

    /// Sets room aside for an upload of at least `bytes`.
    pub async fn reserve(&self, uploader: Address, bytes: u64) -> Result<Reservation, Refusal> {
        let account = self.account(uploader);
        if !account.begin(self.max_running as u64) {
            return Err(Refusal::Busy);
        }
        let mut reservation = Reservation {
            account,
            quota: self.quota,
            usage: self.usage.clone(),
            uploader,
            bytes: 0,
        };
        // What it has set aside goes back if it is refused.
        reservation.grow(bytes).await?;
        Ok(reservation)
    }

    /// Deletes a document of this uploader with `delete`, which says how many bytes went with it; says whether it was
    /// there to be deleted. Deletions of one document take turns, so that none is subtracted twice.
    pub async fn release(
        &self,
        uploader: Address,
        document: DocumentId,
        delete: impl Future<Output = Result<Option<u64>, StorageError>>,
    ) -> Result<bool, StorageError> {
        let account = self.account(uploader);
        let _turn = self.turn(&document).lock().await;
        let _changing = account.changing.read().await;
        let deleted = delete.await;
        let mut state = account.state();
        match (&deleted, &mut state.stored) {
            (Ok(Some(bytes)), Some(stored)) => {
                stored.documents = stored.documents.saturating_sub(1);
                stored.bytes = stored.bytes.saturating_sub(*bytes);
            }
            // How far it came, counting tells.
            (Err(_), stored) => *stored = None,
            _ => {}
        }
        Ok(deleted?.is_some())
    }

    fn turn(&self, document: &DocumentId) -> &tokio::sync::Mutex<()> {
        &self.turns[usize::from(document.as_bytes()[0]) % TURNS]
    }

    /// Forgets uploaders that have been away for a while.
    pub fn forget_idle(&self) {
        self.lock().retain(|_, account| {
            Arc::strong_count(account) > 1 || account.state().used.elapsed() < KEPT
        });
    }

    fn account(&self, uploader: Address) -> Arc<Account> {
        let mut accounts = self.lock();
        let account = accounts.entry(uploader).or_insert_with(|| {
            Arc::new(Account {
                changing: Arc::default(),
                state: Mutex::new(State {
                    stored: None,
                    running: Usage::default(),
                    used: Instant::now(),
                }),
            })
        });
        account.state().used = Instant::now();
        account.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Arc<Account>>> {
        // A panic leaves numbers behind, not half a change.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more upload as running, unless there are so many already.
    fn begin(&self, max: u64) -> bool {
        let mut state = self.state();
        let begins = state.running.documents < max;
        state.running.documents += u64::from(begins);
        begins
    }
}

/// Room that is set aside for an upload, until it is dropped.
pub struct Reservation {
    account: Arc<Account>,
    quota: Quota,
    usage: UsageStore,
    uploader: Address,
    bytes: u64,
}

impl Reservation {
    /// Sets aside room for `bytes` in all.
    pub async fn grow(&mut self, bytes: u64) -> Result<(), Refusal> {
        let more = bytes.saturating_sub(self.bytes);
        while !self.set_aside(more)? {
            self.count().await?;
        }
        self.bytes += more;
        Ok(())
    }

    /// Looks once more whether there is room, and lets nobody count until the document is published.
    pub async fn confirm(self) -> Result<Confirmed, Refusal> {
        loop {
            let changing = self.account.changing.clone().read_owned().await;
            if self.set_aside(0)? {
                return Ok(Confirmed {
                    reservation: self,
                    _changing: changing,
                });
            }
            drop(changing);
            self.count().await?;
        }
    }

    /// Sets aside so many bytes more if that is within the quota; `false` while nobody knows what is stored.
    fn set_aside(&self, more: u64) -> Result<bool, Refusal> {
        let mut state = self.account.state();
        if self.quota != Quota::default() {
            let Some(stored) = state.stored else {
                return Ok(false);
            };
            let documents = stored.documents.saturating_add(state.running.documents);
            if let Some(max) = self.quota.documents.filter(|max| documents > *max) {
                return Err(Refusal::TooManyDocuments { max });
            }
            let bytes = stored.bytes.saturating_add(state.running.bytes);
            let bytes = bytes.saturating_add(more);
            if let Some(max) = self.quota.bytes.filter(|max| bytes > *max) {
                return Err(Refusal::TooManyBytes { max });
            }
        }
        state.running.bytes = state.running.bytes.saturating_add(more);
        Ok(true)
    }

    /// Counts what is stored, unless somebody has done so meanwhile.
    async fn count(&self) -> Result<(), StorageError> {
        let _alone = self.account.changing.write().await;
        if self.account.state().stored.is_none() {
            let stored = self.usage.count(&self.uploader).await?;
            self.account.state().stored = Some(stored);
        }
        Ok(())
    }
}

/// Room that a document may be published in.
pub struct Confirmed {
    reservation: Reservation,
    _changing: tokio::sync::OwnedRwLockReadGuard<()>,
}

impl Confirmed {
    /// Publishes the document with `publish`, on the uploader's account.
    pub async fn publish(
        self,
        publish: impl Future<Output = Result<Outcome, StorageError>>,
    ) -> Result<Outcome, StorageError> {
        let outcome = publish.await;
        let mut state = self.reservation.account.state();
        match (&outcome, &mut state.stored) {
            (Ok(Outcome::Created(published)), Some(stored)) => {
                stored.documents += 1;
                stored.bytes = stored.bytes.saturating_add(published.size);
            }
            // How far it came, counting tells.
            (Err(_), stored) => *stored = None,
            _ => {}
        }
        outcome
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.account.state();
        state.running.documents -= 1;
        state.running.bytes -= self.bytes;
        state.used = Instant::now();
    }
}
