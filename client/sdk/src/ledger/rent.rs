//! What the flows' accounts cost, so that a user can be told before anything is signed.

use generion::{
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use solana_address::Address;

use super::filter::DISCRIMINATOR;
use crate::{error::ClientError, ledger::Ledger};

/// Bytes in front of a tail: its length.
const TAIL_LENGTH: usize = 4;

/// An account that a flow creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountToCreate {
    /// Of a wallet that publishes its first key.
    User,
    /// With the length of its sealed locator, in bytes.
    Record(usize),
    /// With the number of its records.
    Order(usize),
    /// With the number of its records.
    Purchase(usize),
    /// Of a record.
    Share,
}

impl AccountToCreate {
    /// Bytes of its data.
    pub const fn size(self) -> usize {
        DISCRIMINATOR
            + match self {
                Self::User => size_of::<User>(),
                Self::Record(locator) => size_of::<Record>() + TAIL_LENGTH + locator,
                Self::Order(records) => {
                    size_of::<Order>() + TAIL_LENGTH + records * size_of::<Address>()
                }
                Self::Purchase(records) => {
                    size_of::<Purchase>() + TAIL_LENGTH + records * size_of::<Capsule>()
                }
                Self::Share => size_of::<Share>(),
            }
    }
}

impl Ledger {
    /// The rent of an account, in lamports. Whoever pays it gets it back when the account is closed.
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
