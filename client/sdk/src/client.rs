use std::sync::Arc;

use solana_address::Address;
use solana_commitment_config::CommitmentConfig;

use crate::{
    ClientError, Ledger, Progress,
    progress::Reporter,
    store::{FetchPolicy, StoreClient},
};

/// A ledger, document stores, and the rules that this user follows them by. The flows are its methods.
pub struct Client {
    /// The ledger.
    pub ledger: Ledger,
    /// Talks to document stores.
    pub store: StoreClient,
    /// Which addresses of strangers are followed.
    pub fetch_policy: FetchPolicy,
    pub(crate) progress: Reporter,
}

impl Client {
    /// Over a node's JSON-RPC address, at `confirmed`.
    ///
    /// # Errors
    /// [`ClientError::Store`] where no HTTP client can be made.
    pub fn new(
        url: String,
        program_id: Address,
        fetch_policy: FetchPolicy,
    ) -> Result<Self, ClientError> {
        let ledger = Ledger::new(url, program_id, CommitmentConfig::confirmed());
        Ok(Self {
            ledger,
            store: StoreClient::new()?,
            fetch_policy,
            progress: Reporter::default(),
        })
    }

    /// Has all that takes its time shown.
    pub fn set_progress(&mut self, progress: Arc<dyn Progress>) {
        self.ledger.set_progress(progress.clone());
        self.store.set_progress(progress.clone());
        self.progress = Reporter(Some(progress));
    }
}
