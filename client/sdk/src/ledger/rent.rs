//! The cost of the flows' accounts, to show to a user before signing.

pub use generion_interface::AccountToCreate;

use crate::{error::ClientError, ledger::Ledger};

impl Ledger {
    /// The rent of an account, in lamports. The wallet that pays it gets it back when the account is closed.
    ///
    /// # Errors
    /// [`ClientError::Node`].
    pub async fn rent(&self, account: AccountToCreate) -> Result<u64, ClientError> {
        self.check_genesis().await?;
        let rent = self
            .rpc()
            .get_minimum_balance_for_rent_exemption(account.size())
            .await;
        rent.map_err(|error| self.node(error))
    }
}
