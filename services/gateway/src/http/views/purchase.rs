//! Purchases.

use generion::state::PurchaseStatus;
use generion_interface::accounts::PurchaseAccount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountView, OnLedger};
use crate::{
    json::{AddressText, U64Text},
    storage::{AccountKind, StoredAccount},
};

/// The state of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Records are still to be delivered.
    Pending,
    /// All are delivered, but can't be opened yet.
    Locked,
    /// The seller is paid, and the buyer can open them.
    Settled,
}

impl PurchaseState {
    /// The status in the account.
    pub const fn status(self) -> u8 {
        match self {
            Self::Pending => PurchaseStatus::Pending as u8,
            Self::Locked => PurchaseStatus::Locked as u8,
            Self::Settled => PurchaseStatus::Settled as u8,
        }
    }
}

/// A purchase.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Purchase)]
pub struct PurchaseView {
    /// The purchase's address, which follows from order and buyer.
    pub address: AddressText,
    /// The order.
    pub order: AddressText,
    /// The seller's wallet.
    pub seller: AddressText,
    /// The buyer's wallet.
    pub buyer: AddressText,
    /// The state of the purchase.
    pub state: PurchaseState,
    /// The price.
    pub price_lamports: U64Text,
    /// Number of records.
    pub record_count: u8,
    /// The number of records that are delivered.
    pub delivered_count: u8,
    /// The buyer's key for this purchase, in hex.
    pub buyer_key: String,
    /// The seller's settle key, in hex; once the purchase is settled, the secret that opens the records; `null`: nothing is
    /// delivered yet.
    pub settle_key: Option<String>,
    /// SHA-256 of the terms that the buyer agreed to, in hex.
    pub terms: String,
    /// Deadline for the delivery, in seconds since the Unix epoch.
    pub deadline_at: i64,
    /// Deadline for settling; `null`: not locked yet.
    pub settle_by_at: Option<i64>,
    /// The time from which anybody can refund the purchase, unless it is settled by then.
    pub refundable_at: i64,
    #[serde(flatten)]
    pub on_ledger: OnLedger,
}

impl AccountView for PurchaseView {
    type Account = PurchaseAccount;
    const KIND: AccountKind = AccountKind::Purchase;

    fn new(stored: &StoredAccount, account: PurchaseAccount, on_ledger: OnLedger) -> Self {
        let state = &account.state;
        Self {
            address: AddressText(stored.address),
            order: AddressText(state.order),
            seller: AddressText(state.seller),
            buyer: AddressText(state.buyer),
            state: match (state.is_settled(), state.is_locked()) {
                (true, _) => PurchaseState::Settled,
                (false, true) => PurchaseState::Locked,
                (false, false) => PurchaseState::Pending,
            },
            price_lamports: U64Text(state.price),
            record_count: state.record_count,
            delivered_count: state.delivered_count,
            buyer_key: hex::encode(state.buyer_key),
            settle_key: (state.settle_key != [0; 32]).then(|| hex::encode(state.settle_key)),
            terms: hex::encode(state.terms),
            deadline_at: state.deadline,
            settle_by_at: (state.settle_by != 0).then_some(state.settle_by),
            refundable_at: account.refund_opens(),
            on_ledger,
        }
    }
}
