//! The program's accounts as reports show them. Field names are those of the JSON and stable: addresses in base58,
//! keys and hashes in hex, `*_lamports` integers, `*_at` Unix seconds; `null` means that there is no value.

use generion_client::{
    ConfirmedTransaction, KeyedAccount, Locator,
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
    rpc::{amount::Sol, explorer::Explorer},
    state::{Share, User},
};
use serde::Serialize;
use solana_address::Address;
use solana_signature::Signature;

use crate::output::{count::Count, report::Report, text::Text, time};

/// A transaction, as read back from the ledger.
#[derive(Serialize)]
pub struct TransactionView {
    pub signature: String,
    /// The account's page in an explorer; `null`: no known explorer shows this cluster.
    pub explorer_url: Option<String>,
    pub slot: u64,
    pub fee_lamports: u64,
    pub compute_units: u64,
    /// Names of the program's events.
    pub events: Vec<&'static str>,
}

impl TransactionView {
    pub fn new(confirmed: &ConfirmedTransaction, explorer: &Explorer) -> Self {
        Self {
            signature: confirmed.signature.to_string(),
            explorer_url: explorer.link(&confirmed.signature),
            slot: confirmed.slot,
            fee_lamports: confirmed.fee,
            compute_units: confirmed.compute_units,
            events: confirmed.events.iter().map(|event| event.name()).collect(),
        }
    }
}

impl TransactionView {
    pub fn describe(&self, text: &mut Text) {
        text.field("transaction", &self.signature);
        if let Some(url) = &self.explorer_url {
            // Of a ledger that nobody else sees, nobody needs a link to give away.
            match url.contains("customUrl") {
                true => text.detail("explorer", url),
                false => text.field("explorer", url),
            };
        }
        text.field("fee", Sol(self.fee_lamports))
            .detail("compute units", self.compute_units);
    }
}

/// A User account.
#[derive(Serialize)]
pub struct UserView {
    pub wallet: String,
    pub account: String,
    pub encryption_key: String,
    pub key_index: u32,
    /// The wallet's signature over the line that names the key, in base58.
    pub attestation: String,
    pub next_order_id: u64,
    pub record_count: u64,
}

impl From<&KeyedAccount<User>> for UserView {
    fn from(KeyedAccount { address, account }: &KeyedAccount<User>) -> Self {
        Self {
            wallet: account.wallet.to_string(),
            account: address.to_string(),
            encryption_key: hex::encode(account.encryption_key),
            key_index: account.key_index,
            attestation: Signature::from(account.attestation).to_string(),
            next_order_id: account.next_order_id,
            record_count: account.record_count,
        }
    }
}

impl UserView {
    pub fn describe(&self, text: &mut Text) {
        text.field("wallet", &self.wallet)
            .detail("user account", &self.account)
            .field(
                "encryption key",
                format_args!("published, index {}", self.key_index),
            )
            .detail("public key", &self.encryption_key)
            .detail("attestation", &self.attestation)
            .field("records", self.record_count)
            .detail("next order id", self.next_order_id);
    }
}

/// A record, without its locator, which only those who can open the record can read.
#[derive(Serialize)]
pub struct RecordView {
    pub address: String,
    pub owner: String,
    pub creator: String,
    /// Whether the creator is the owner, so that nobody else vouches for the record.
    pub self_issued: bool,
    pub verified: bool,
    /// Number of orders that list it.
    pub listings: u64,
    pub created_at: i64,
    pub rent_payer: String,
    /// Index of the owner's encryption key that it is encrypted to.
    pub key_index: u32,
    pub data_public_key: String,
    /// Root of the facts that the creator attests about the document.
    pub facts_root: String,
}

impl From<&KeyedAccount<RecordAccount>> for RecordView {
    fn from(KeyedAccount { address, account }: &KeyedAccount<RecordAccount>) -> Self {
        let state = &account.state;
        Self {
            address: address.to_string(),
            owner: state.owner.to_string(),
            creator: state.creator.to_string(),
            self_issued: state.is_self_issued(),
            verified: state.is_verified(),
            listings: state.listings,
            created_at: state.created_at,
            rent_payer: state.rent_payer.to_string(),
            key_index: state.key_index,
            data_public_key: hex::encode(state.data_public_key),
            facts_root: hex::encode(state.facts_root),
        }
    }
}

impl RecordView {
    /// Whether the record is verified and self-issued, as text.
    pub fn marks(&self) -> String {
        let verified = if self.verified {
            "verified"
        } else {
            "unverified"
        };
        if self.self_issued {
            format!("{verified}, SELF-ISSUED")
        } else {
            verified.to_owned()
        }
    }

    pub fn describe(&self, text: &mut Text) {
        text.field("record", &self.address)
            .field("owner", &self.owner)
            .field("creator", &self.creator)
            .field("state", self.marks());
        let listed_in = Count(self.listings, "order");
        match self.listings {
            0 => text.detail("listed in", listed_in),
            _ => text.field("listed in", listed_in),
        };
        text.field("created", time::show(self.created_at))
            .detail("rent paid by", &self.rent_payer)
            .detail("owner's key index", self.key_index)
            .detail("data public key", &self.data_public_key)
            .detail("facts root", &self.facts_root);
    }
}

/// A locator's description of a document. It comes from the record's creator.
#[derive(Serialize)]
pub struct DocumentView {
    /// The document's addresses, one for each store.
    pub urls: Vec<String>,
    pub sha256: String,
    /// Size of the ciphertext in bytes.
    pub size: u64,
    pub media_type: String,
    pub kind: String,
    /// The profile of its facts.
    pub profile: String,
}

impl From<&Locator> for DocumentView {
    fn from(locator: &Locator) -> Self {
        Self {
            urls: locator.documents().collect(),
            sha256: hex::encode(locator.sha256),
            size: locator.size,
            media_type: locator.media_type.clone(),
            kind: locator.kind.clone(),
            profile: locator.profile.clone(),
        }
    }
}

impl DocumentView {
    pub fn describe(&self, text: &mut Text) {
        text.field("kind", &self.kind)
            .field("media type", &self.media_type);
        for url in &self.urls {
            text.field("stored at", url);
        }
        text.detail(
            "stored size",
            format_args!("{} bytes, encrypted", self.size),
        )
        .detail("ciphertext SHA-256", &self.sha256);
    }
}

/// An order.
#[derive(Serialize)]
pub struct OrderView {
    pub address: String,
    pub id: u64,
    pub seller: String,
    pub label: String,
    pub open: bool,
    pub price_lamports: u64,
    pub delivery_window_seconds: u32,
    pub record_addresses: Vec<String>,
    /// The only wallet that may buy; `null`: anyone.
    pub only_buyer: Option<String>,
    /// Number of its records that the seller wrote.
    pub self_issued_records: usize,
    pub pending_purchases: u32,
    pub settled_purchases: u32,
    pub created_at: i64,
}

impl OrderView {
    /// `records` are the records that the order lists.
    pub fn new(
        KeyedAccount { address, account }: &KeyedAccount<OrderAccount>,
        records: &[KeyedAccount<RecordAccount>],
    ) -> Self {
        let state = &account.state;
        Self {
            address: address.to_string(),
            id: state.id,
            seller: state.seller.to_string(),
            label: state.label().to_owned(),
            open: state.is_open(),
            price_lamports: state.price,
            delivery_window_seconds: state.delivery_window,
            record_addresses: account.records.iter().map(Address::to_string).collect(),
            only_buyer: state.only_buyer().map(Address::to_string),
            self_issued_records: records
                .iter()
                .filter(|record| record.account.state.is_self_issued())
                .count(),
            pending_purchases: state.pending_purchases,
            settled_purchases: state.settled_purchases,
            created_at: state.created_at,
        }
    }

    /// The number of records, and how many of them are self-issued.
    pub fn record_count(&self) -> String {
        let count = self.record_addresses.len();
        match self.self_issued_records {
            0 => format!("{count}"),
            self_issued => format!("{count} ({self_issued} SELF-ISSUED)"),
        }
    }

    pub const fn state(&self) -> &'static str {
        if self.open {
            "open"
        } else {
            "closed for sales"
        }
    }
}

/// A purchase.
#[derive(Serialize)]
pub struct PurchaseView {
    pub address: String,
    pub order: String,
    pub seller: String,
    pub buyer: String,
    /// `pending`: records are still to be delivered; `locked`: all are delivered, but can't be opened yet; `settled`:
    /// the seller is paid, and the buyer can open them.
    pub state: &'static str,
    pub price_lamports: u64,
    pub record_count: u8,
    pub delivered_count: u8,
    pub deadline_at: i64,
    /// Deadline for settling; `null`: not locked yet.
    pub settle_by_at: Option<i64>,
    /// The time from which anybody can refund the purchase, unless it is settled by then.
    pub refundable_at: i64,
}

impl From<&KeyedAccount<PurchaseAccount>> for PurchaseView {
    fn from(KeyedAccount { address, account }: &KeyedAccount<PurchaseAccount>) -> Self {
        let state = &account.state;
        Self {
            address: address.to_string(),
            order: state.order.to_string(),
            seller: state.seller.to_string(),
            buyer: state.buyer.to_string(),
            state: match (state.is_settled(), state.is_locked()) {
                (true, _) => "settled",
                (false, true) => "locked",
                (false, false) => "pending",
            },
            price_lamports: state.price,
            record_count: state.record_count,
            delivered_count: state.delivered_count,
            deadline_at: state.deadline,
            settle_by_at: (state.settle_by != 0).then_some(state.settle_by),
            refundable_at: account.refund_opens(),
        }
    }
}

impl PurchaseView {
    pub fn progress(&self) -> String {
        format!(
            "{}, {} of {} delivered",
            self.state, self.delivered_count, self.record_count
        )
    }

    pub fn is_settled(&self) -> bool {
        self.state == "settled"
    }

    pub fn describe(&self, text: &mut Text) {
        text.field("purchase", &self.address)
            .field("order", &self.order)
            .field("seller", &self.seller)
            .field("buyer", &self.buyer)
            .field("state", self.progress())
            .field("price", Sol(self.price_lamports))
            .field("deadline", time::show(self.deadline_at));
        if let Some(settle_by) = self.settle_by_at {
            text.field("to settle by", time::show(settle_by));
        }
        if !self.is_settled() {
            text.field("refundable from", time::show(self.refundable_at));
        }
    }
}

/// A share.
#[derive(Serialize)]
pub struct ShareView {
    pub address: String,
    pub record: String,
    pub owner: String,
    pub recipient: String,
    pub created_at: i64,
    /// `null`: never. It asks the recipient to stop using the record; it can't enforce that.
    pub expires_at: Option<i64>,
}

impl From<&KeyedAccount<Share>> for ShareView {
    fn from(KeyedAccount { address, account }: &KeyedAccount<Share>) -> Self {
        Self {
            address: address.to_string(),
            record: account.record.to_string(),
            owner: account.owner.to_string(),
            recipient: account.recipient.to_string(),
            created_at: account.created_at,
            expires_at: (account.expires_at != 0).then_some(account.expires_at),
        }
    }
}

impl ShareView {
    pub fn expiry(&self) -> String {
        self.expires_at
            .map_or_else(|| "never".to_owned(), time::show)
    }
}

impl Report for RecordView {
    fn describe(&self, text: &mut Text) {
        self.describe(text);
    }
}

impl Report for PurchaseView {
    fn describe(&self, text: &mut Text) {
        self.describe(text);
    }
}
