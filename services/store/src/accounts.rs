//! What each uploader has in the store, and what it is uploading.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use solana_address::Address;

use crate::{
    config::Quota,
    refusal::Refusal,
    storage::{Outcome, StorageError, Usage, UsageStore},
};

/// How long an uploader's count is kept after its last upload. Counting anew also sees what other stores on the same
/// storage took.
const KEPT: Duration = Duration::from_secs(900);

/// Counts uploads against the quota.
pub struct Accounts {
    usage: UsageStore,
    quota: Quota,
    max_running: usize,
    accounts: Mutex<HashMap<Address, Arc<Account>>>,
}

struct Account {
    /// Held alone while documents are counted, and shared while one is published or deleted: none is counted half-way.
    changing: tokio::sync::RwLock<()>,
    state: Mutex<State>,
}

struct State {
    /// What is stored, once it was counted.
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
        }
    }

    /// Sets room aside for an upload of at least `bytes`.
    pub async fn reserve(&self, uploader: Address, bytes: u64) -> Result<Reservation, Refusal> {
        let account = self.account(uploader);
        if self.quota != Quota::default() {
            let _alone = account.changing.write().await;
            if account.state().stored.is_none() {
                let stored = self.usage.count(&uploader).await?;
                account.state().stored = Some(stored);
            }
        }
        let mut state = account.state();
        if state.running.documents >= self.max_running as u64 {
            return Err(Refusal::Busy);
        }
        state.running.documents += 1;
        drop(state);
        let mut reservation = Reservation {
            account,
            quota: self.quota,
            bytes: 0,
        };
        // What it has set aside goes back if it is refused.
        reservation.check_documents()?;
        reservation.grow(bytes)?;
        Ok(reservation)
    }

    /// Deletes a document of this uploader with `delete`.
    pub async fn release(
        &self,
        uploader: Address,
        delete: impl Future<Output = Result<(), StorageError>>,
    ) -> Result<(), StorageError> {
        let account = self.account(uploader);
        let _changing = account.changing.read().await;
        let deleted = delete.await;
        // Of two deletions at once one changes something: counting tells how it came out.
        account.state().stored = None;
        deleted
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
                changing: tokio::sync::RwLock::default(),
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
}

/// Room that is set aside for an upload, until it is dropped.
pub struct Reservation {
    account: Arc<Account>,
    quota: Quota,
    bytes: u64,
}

impl Reservation {
    fn check_documents(&self) -> Result<(), Refusal> {
        let state = self.account.state();
        let stored = state.stored.unwrap_or_default();
        match self.quota.documents {
            Some(max) if stored.documents + state.running.documents > max => {
                Err(Refusal::TooManyDocuments { max })
            }
            _ => Ok(()),
        }
    }

    /// Sets aside room for `bytes` in all.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Refusal> {
        let Some(more) = bytes.checked_sub(self.bytes).filter(|more| *more > 0) else {
            return Ok(());
        };
        let mut state = self.account.state();
        let stored = state.stored.unwrap_or_default();
        let total = stored.bytes.saturating_add(state.running.bytes);
        match self.quota.bytes {
            Some(max) if total.saturating_add(more) > max => {
                return Err(Refusal::TooManyBytes { max });
            }
            _ => {}
        }
        state.running.bytes += more;
        self.bytes = bytes;
        Ok(())
    }

    /// Publishes the document with `publish`, on the uploader's account.
    pub async fn publish(
        self,
        publish: impl Future<Output = Result<Outcome, StorageError>>,
    ) -> Result<Outcome, StorageError> {
        let _changing = self.account.changing.read().await;
        let outcome = publish.await;
        let mut state = self.account.state();
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
