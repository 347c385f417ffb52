//! Records.

use generion_interface::accounts::RecordAccount;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, OnLedger};
use crate::{
    json::{AddressText, U64Text},
    storage::{AccountKind, StoredAccount},
};

/// A record. Its address follows from all that its creator wrote, the sealed locator included.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Record)]
pub struct RecordView {
    /// The record's address.
    pub address: AddressText,
    /// The owner's wallet.
    pub owner: AddressText,
    /// The wallet that created the record.
    pub creator: AddressText,
    /// Whether the creator is the owner, so that nobody else vouches for the record.
    pub self_issued: bool,
    /// Whether the owner has verified the record.
    pub verified: bool,
    /// Number of orders that list the record.
    pub listings: U64Text,
    /// When it was created, in seconds since the Unix epoch.
    pub created_at: i64,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: AddressText,
    /// Index of the owner's encryption key that the record is encrypted to.
    pub key_index: u32,
    /// That key, in hex.
    pub owner_key: String,
    /// The X25519 key to which document and locator are encrypted, in hex.
    pub data_public_key: String,
    /// Root of the facts that the creator attests about the document, in hex.
    pub facts_root: String,
    #[serde(flatten)]
    pub on_ledger: OnLedger,
}

impl AccountView for RecordView {
    type Account = RecordAccount;
    const KIND: AccountKind = AccountKind::Record;

    fn new(stored: &StoredAccount, account: RecordAccount, on_ledger: OnLedger) -> Self {
        let state = &account.state;
        Self {
            address: AddressText(stored.address),
            owner: AddressText(state.owner),
            creator: AddressText(state.creator),
            self_issued: state.is_self_issued(),
            verified: state.is_verified(),
            listings: U64Text(state.listings),
            created_at: state.created_at,
            rent_payer: AddressText(state.rent_payer),
            key_index: state.key_index,
            owner_key: hex::encode(state.owner_key),
            data_public_key: hex::encode(state.data_public_key),
            facts_root: hex::encode(state.facts_root),
            on_ledger,
        }
    }
}
