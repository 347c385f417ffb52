use generion_interface::{GenesisHash, LOCAL_LEDGER};

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// Which of the local nodes' ledgers it is: they all show the same genesis hash. `None`: it is of another cluster, or
    /// the node does not tell.
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
