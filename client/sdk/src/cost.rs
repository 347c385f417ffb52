//! What the flows' accounts cost, so that a user can be told before anything is signed.

use generion::{
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use generion_crypto::facts::Profile;
use generion_interface::{Locator, locator::SEAL_OVERHEAD};
use solana_address::Address;

use crate::{ClientError, Ledger, NewDocument};

/// Bytes in front of every account's state: Anchor's discriminator.
const DISCRIMINATOR: usize = 8;
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

impl NewDocument {
    /// The record that it will become.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where stores, media type and kind are too long for a locator, or there are too many stores.
    pub fn account(&self) -> Result<AccountToCreate, ClientError> {
        let locator = Locator {
            stores: self.stores.clone(),
            sha256: [0; 32],
            size: 0,
            media_type: self.media_type.clone(),
            kind: self.kind.clone(),
            profile: Profile::Document1.to_string(),
            copy: None,
            signature: None,
        };
        let encoded = locator
            .encode()
            .map_err(|error| ClientError::Argument(error.to_string()))?;
        Ok(AccountToCreate::Record(encoded.len() + SEAL_OVERHEAD))
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
