use generion::{
    proof::Capsule,
    state::{Record, RecordContents},
};
use generion_interface::{Addresses, accounts::RecordAccount};
use solana_address::Address;

use crate::ledger::KeyedAccount;

/// The fields that a record's address commits to: all that is needed to open the record, except its group element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    /// The record's address, which follows from all other fields.
    pub address: Address,
    /// The record's owner.
    pub owner: Address,
    /// The record's creator.
    pub creator: Address,
    /// The owner's encryption key that it was made for.
    pub owner_key: [u8; 32],
    /// X25519 public key that its document is encrypted to.
    pub data_public_key: [u8; 32],
    /// The record's group element for the owner.
    pub capsule: Capsule,
    /// Root of its facts.
    pub facts_root: [u8; 32],
    /// The sealed locator.
    pub locator: Vec<u8>,
}

impl SealedRecord {
    pub(super) fn is_at_its_address(&self, addresses: &Addresses) -> bool {
        let contents = RecordContents {
            owner: &self.owner,
            creator: &self.creator,
            owner_key: &self.owner_key,
            data_public_key: &self.data_public_key,
            capsule: &self.capsule,
            facts_root: &self.facts_root,
            locator: &self.locator,
        };
        addresses.record(&contents) == self.address
    }
}

impl From<&KeyedAccount<RecordAccount>> for SealedRecord {
    fn from(record: &KeyedAccount<RecordAccount>) -> Self {
        let Record {
            owner,
            creator,
            owner_key,
            data_public_key,
            capsule,
            facts_root,
            ..
        } = record.account.state;
        Self {
            address: record.address,
            owner,
            creator,
            owner_key,
            data_public_key,
            capsule,
            facts_root,
            locator: record.account.locator.clone(),
        }
    }
}
