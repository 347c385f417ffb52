//! Orders.

use generion_interface::accounts::OrderAccount;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, OnLedger};
use crate::{
    json::{AddressText, U64Text},
    storage::{AccountKind, StoredAccount},
};

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// The order's address, which follows from seller and id.
    pub address: AddressText,
    /// The number of the order among those of its seller.
    pub id: U64Text,
    /// The seller's wallet.
    pub seller: AddressText,
    /// The seller's label. Anybody can write anything here.
    pub label: String,
    /// Whether it takes purchases.
    pub open: bool,
    /// The price.
    pub price_lamports: U64Text,
    /// The time that the seller has for the delivery.
    pub delivery_window_seconds: u32,
    /// The records' addresses.
    pub record_addresses: Vec<AddressText>,
    /// The only wallet that may buy; `null`: anybody.
    pub only_buyer: Option<AddressText>,
    /// Purchases that are neither settled nor refunded.
    pub pending_purchases: u32,
    /// Purchases that are settled.
    pub settled_purchases: u32,
    /// When it was created, in seconds since the Unix epoch.
    pub created_at: i64,
    /// SHA-256 of the terms that a buyer agrees to, in hex.
    pub terms: String,
    #[serde(flatten)]
    pub on_ledger: OnLedger,
}

impl AccountView for OrderView {
    type Account = OrderAccount;
    const KIND: AccountKind = AccountKind::Order;

    fn new(stored: &StoredAccount, account: OrderAccount, on_ledger: OnLedger) -> Self {
        let state = &account.state;
        Self {
            address: AddressText(stored.address),
            id: U64Text(state.id),
            seller: AddressText(state.seller),
            label: state.label().to_owned(),
            open: state.is_open(),
            price_lamports: U64Text(state.price),
            delivery_window_seconds: state.delivery_window,
            record_addresses: account.records.iter().copied().map(AddressText).collect(),
            only_buyer: state.only_buyer().copied().map(AddressText),
            pending_purchases: state.pending_purchases,
            settled_purchases: state.settled_purchases,
            created_at: state.created_at,
            terms: hex::encode(account.terms(&stored.address)),
            on_ledger,
        }
    }
}
