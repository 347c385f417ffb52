use solana_address::Address;
use solana_commitment_config::CommitmentConfig;

use crate::{
    ClientError, Ledger,
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
        })
    }
}
