//! Users.

use generion::state::User;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, OnLedger};
use crate::{
    json::{AddressText, SignatureText, U64Text},
    storage::{AccountKind, StoredAccount},
};

/// A wallet's encryption key and counters.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// The wallet.
    pub wallet: AddressText,
    /// The account's address, which follows from the wallet.
    pub address: AddressText,
    /// The key to which anybody may encrypt, in hex: a ristretto255 point. Check the attestation first.
    pub encryption_key: String,
    /// Index of the key: 0 for the first one, one more after each rotation.
    pub key_index: u32,
    /// The wallet's signature over the line that names the key and its index.
    pub attestation: SignatureText,
    /// Id of the wallet's next order.
    pub next_order_id: U64Text,
    /// Number of records that the wallet owns.
    pub record_count: U64Text,
    #[serde(flatten)]
    pub on_ledger: OnLedger,
}

impl AccountView for UserView {
    type Account = User;
    const KIND: AccountKind = AccountKind::User;

    fn new(stored: &StoredAccount, account: User, on_ledger: OnLedger) -> Self {
        Self {
            wallet: AddressText(account.wallet),
            address: AddressText(stored.address),
            encryption_key: hex::encode(account.encryption_key),
            key_index: account.key_index,
            attestation: SignatureText(account.attestation.into()),
            next_order_id: U64Text(account.next_order_id),
            record_count: U64Text(account.record_count),
            on_ledger,
        }
    }
}
