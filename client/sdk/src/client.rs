use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    error::ClientError,
    ledger::Ledger,
    notice::Notice,
    progress::{Progress, Reporter},
    saved::key_memory::KeyMemory,
    store::{client::StoreClient, map::StoreMap, policy::FetchPolicy},
};

/// Most notices that are kept until [`Client::take_notices`].
const REMEMBERED_NOTICES: usize = 1_000;

/// A ledger, document stores, and the rules by which this user reads from them. The flows are its methods.
pub struct Client {
    /// The ledger.
    pub ledger: Ledger,
    /// The client of document stores.
    pub store: StoreClient,
    /// Which addresses that strangers name are read from.
    pub fetch_policy: FetchPolicy,
    /// The present addresses of stores that locators name by an earlier one.
    pub store_map: StoreMap,
    pub(crate) key_memory: KeyMemory,
    pub(crate) progress: Reporter,
    notices: Mutex<Vec<Notice>>,
}

impl Client {
    /// A client over a ledger, whose deployment, nodes and commitment its user has set. The indexes of keys are remembered for
    /// this run alone, until [`Self::set_key_memory`].
    ///
    /// # Errors
    /// [`ClientError::Store`] where no HTTP client can be made.
    pub fn new(ledger: Ledger, fetch_policy: FetchPolicy) -> Result<Self, ClientError> {
        Ok(Self {
            ledger,
            store: StoreClient::new(fetch_policy.plain_http)?,
            fetch_policy,
            store_map: StoreMap::default(),
            key_memory: KeyMemory::in_memory(),
            progress: Reporter::default(),
            notices: Mutex::default(),
        })
    }

    /// Sets where the key indexes that were seen are remembered.
    pub fn set_key_memory(&mut self, memory: KeyMemory) {
        self.key_memory = memory;
    }

    /// The notices since this was called last.
    pub fn take_notices(&self) -> Vec<Notice> {
        core::mem::take(&mut self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn notice(&self, notice: Notice) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if notices.len() < REMEMBERED_NOTICES && !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// Shows everything that can take long.
    pub fn set_progress(&mut self, progress: Arc<dyn Progress>) {
        self.ledger.set_progress(progress.clone());
        self.store.set_progress(progress.clone());
        self.progress = Reporter(Some(progress));
    }
}
