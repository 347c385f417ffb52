use generion_interface::{GenesisHash, LOCAL_LEDGER};

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// The id of this local node's ledger, since all local nodes show the same genesis hash. `None`: the ledger is of another
    /// cluster, or the node does not say.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn local_ledger(&self) -> Result<Option<String>, ClientError> {
        if self.deployment().genesis != GenesisHash::LOCALNET {
            return Ok(None);
        }
        let slot = self.min_context_slot().unwrap_or_default();
        let account = self.raw(self.primary(), &LOCAL_LEDGER, slot).await?;
        Ok(account.map(|account| hex::encode(account.data)))
    }
}
