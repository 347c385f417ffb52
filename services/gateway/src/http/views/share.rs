//! Shares.

use generion::state::Share;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, OnLedger};
use crate::{
    json::AddressText,
    storage::{AccountKind, StoredAccount},
};

/// A record that its owner shares with somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Share)]
pub struct ShareView {
    /// The share's address, which follows from record and recipient.
    pub address: AddressText,
    /// The record.
    pub record: AddressText,
    /// The owner's wallet.
    pub owner: AddressText,
    /// The recipient's wallet.
    pub recipient: AddressText,
    /// Index of the recipient's encryption key that the share is encrypted to.
    pub key_index: u32,
    /// That key, in hex.
    pub recipient_key: String,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: AddressText,
    /// When it was made, in seconds since the Unix epoch.
    pub created_at: i64,
    /// `null`: never. It asks the recipient to stop using the record; it can't enforce that.
    pub expires_at: Option<i64>,
    #[serde(flatten)]
    pub on_ledger: OnLedger,
}

impl AccountView for ShareView {
    type Account = Share;
    const KIND: AccountKind = AccountKind::Share;

    fn new(stored: &StoredAccount, account: Share, on_ledger: OnLedger) -> Self {
        Self {
            address: AddressText(stored.address),
            record: AddressText(account.record),
            owner: AddressText(account.owner),
            recipient: AddressText(account.recipient),
            key_index: account.key_index,
            recipient_key: hex::encode(account.recipient_key),
            rent_payer: AddressText(account.rent_payer),
            created_at: account.created_at,
            expires_at: (account.expires_at != 0).then_some(account.expires_at),
            on_ledger,
        }
    }
}
