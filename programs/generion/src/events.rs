//! One event for each change of an account. The events alone give everything that the accounts ever held, except for the
//! ciphertexts (capsules, locators) and the bumps: `tests/program` rebuilds the accounts from them.
//!
//! An event is a `Program data` line of the log: the discriminator of 8 bytes, then the fields in order, in their Borsh
//! encoding.

mod logged;
mod studies;

pub(crate) use logged::emit;
pub(crate) use studies::StudyTerms;
pub use studies::{
    ApplicationWithdrawn, BudgetWithdrawn, ParticipantAdmitted, SeatClosed, StudyApplied,
    StudyClosed, StudyCreated, StudyJoined, StudyUpdated,
};

use alloc::{string::String, vec::Vec};
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use self::logged::{Logged, discriminator};
use crate::{
    constants::{LABEL_LEN, MAX_ORDER_RECORDS},
    curve::{Point, Scalar},
};

/// A wallet published its first encryption key or its next one.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct EncryptionKeySet {
    /// The wallet.
    pub wallet: Address,
    /// Index of the key.
    pub key_index: PodU32,
    /// The key.
    pub encryption_key: Point,
    /// The wallet's signature over the line that names key and index. The program did not check it.
    pub attestation: [u8; 64],
}

/// A creator created a record.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordCreated {
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The record's creator.
    pub creator: Address,
    /// The wallet that paid the rent and will get it back.
    pub rent_payer: Address,
    /// X25519 public key to which document and locator are encrypted.
    pub data_public_key: [u8; 32],
    /// Root of the facts that the creator attests about the document.
    pub facts_root: [u8; 32],
    /// Time of creation: Unix time in seconds.
    pub created_at: PodI64,
    /// Index of the owner's key that the capsule is made for.
    pub key_index: PodU32,
    /// 1 if the creator is the owner, whose records are verified from the start, otherwise 0.
    pub verified: u8,
}

/// An owner verified a record.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordVerified {
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The record's creator.
    pub creator: Address,
}

/// A record was deleted.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordDeleted {
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The record's creator.
    pub creator: Address,
    /// The wallet that deleted the record: its owner or its creator.
    pub authority: Address,
    /// The wallet that got the rent back.
    pub rent_payer: Address,
    /// The account's lamports, which went to the rent payer.
    pub lamports: PodU64,
}

/// An owner shared a record.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordShared {
    /// The share.
    pub share: Address,
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The recipient's wallet, which can open the record from now on.
    pub recipient: Address,
    /// The wallet that paid the rent and will get it back.
    pub rent_payer: Address,
    /// Time of creation: Unix time in seconds.
    pub created_at: PodI64,
    /// Unix time, in seconds, after which the recipient should not use the share. 0 if it does not expire.
    pub expires_at: PodI64,
    /// Index of the recipient's key that the capsule is made for.
    pub key_index: PodU32,
}

/// An owner revoked a share.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct ShareRevoked {
    /// The share.
    pub share: Address,
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The recipient's wallet.
    pub recipient: Address,
    /// The wallet that got the rent back.
    pub rent_payer: Address,
    /// The account's lamports, which went to the rent payer.
    pub lamports: PodU64,
}

/// A seller offered records for sale.
#[event]
#[derive(Clone, Debug, PartialEq, Eq, SchemaRead)]
pub struct OrderCreated {
    /// The order.
    pub order: Address,
    /// The order's seller.
    pub seller: Address,
    /// The wallet that paid the rent and will get it back.
    pub rent_payer: Address,
    /// The order's id among the seller's orders.
    pub id: u64,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// Time that the seller has to deliver a purchase, in seconds.
    pub delivery_window: u32,
    /// The only wallet that may buy, or nothing if anyone may.
    pub only_buyer: Option<Address>,
    /// The seller's public description of the records.
    pub label: String,
    /// Addresses of the records, in the order's order.
    pub records: Vec<Address>,
}

/// The fields of [`OrderCreated`] that have a fixed size.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct OrderTerms {
    pub order: Address,
    pub seller: Address,
    pub rent_payer: Address,
    pub id: PodU64,
    pub price: PodU64,
    pub created_at: PodI64,
    pub delivery_window: PodU32,
}

impl OrderCreated {
    /// Logs the event without building the struct, which would copy text and list twice.
    pub(crate) fn emit(
        terms: OrderTerms,
        only_buyer: Option<&Address>,
        label: &str,
        records: &[Address],
    ) {
        anchor_lang::event::sol_log_data(&[&Self::encode(terms, only_buyer, label, records)]);
    }

    #[inline(always)]
    fn encode(
        terms: OrderTerms,
        only_buyer: Option<&Address>,
        label: &str,
        records: &[Address],
    ) -> Vec<u8> {
        const LARGEST: usize =
            size_of::<Logged<OrderTerms>>() + 1 + 32 + 4 + LABEL_LEN + 4 + 32 * MAX_ORDER_RECORDS;
        let mut data = Vec::with_capacity(LARGEST);
        data.extend_from_slice(bytemuck::bytes_of(&Logged {
            discriminator: discriminator::<Self>(),
            event: terms,
        }));
        data.push(u8::from(only_buyer.is_some()));
        if let Some(only_buyer) = only_buyer {
            data.extend_from_slice(only_buyer.as_ref());
        }
        data.extend_from_slice(&(label.len() as u32).to_le_bytes());
        data.extend_from_slice(label.as_bytes());
        data.extend_from_slice(&(records.len() as u32).to_le_bytes());
        data.extend_from_slice(bytemuck::cast_slice(records));
        data
    }
}

/// A seller stopped the sales of an order. It accepts no more purchases and can be closed when none is pending.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct SalesStopped {
    /// The order.
    pub order: Address,
    /// The order's seller.
    pub seller: Address,
    /// Number of purchases that are neither settled nor refunded.
    pub pending_purchases: PodU32,
}

/// An order was closed and its records were unlisted.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct OrderClosed {
    /// The order.
    pub order: Address,
    /// The order's seller.
    pub seller: Address,
    /// Number of purchases that were settled.
    pub settled_purchases: PodU32,
    /// The wallet that got the rent back.
    pub rent_payer: Address,
    /// The account's lamports, which went to the rent payer.
    pub lamports: PodU64,
}

/// A buyer paid an order's price into escrow.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct Purchased {
    /// The purchase.
    pub purchase: Address,
    /// The order.
    pub order: Address,
    /// The seller.
    pub seller: Address,
    /// The buyer.
    pub buyer: Address,
    /// `B`, the buyer's key for this purchase.
    pub buyer_key: Point,
    /// Lamports in escrow.
    pub price: PodU64,
    /// Time until which the seller should deliver: Unix time in seconds.
    pub deadline: PodI64,
    /// Number of records to be delivered.
    pub record_count: u8,
}

/// Proven capsules for the buyer were stored. Nobody can open them until the purchase is settled.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The purchase.
    pub purchase: Address,
    /// The order.
    pub order: Address,
    /// The seller.
    pub seller: Address,
    /// The buyer.
    pub buyer: Address,
    /// `S`, the settle key: the capsules are made for the sum of the buyer's key and this key.
    pub settle_key: Point,
    /// If this delivery locked the purchase, the Unix time, in seconds, until which the seller should settle. Otherwise 0.
    pub settle_by: PodI64,
    /// Position of the batch's first record in the order.
    pub first: u8,
    /// Number of records in the batch.
    pub count: u8,
}

/// A locked purchase was settled: the buyer can open the capsules, and the seller is paid.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct Settled {
    /// The purchase.
    pub purchase: Address,
    /// The order.
    pub order: Address,
    /// The seller.
    pub seller: Address,
    /// The buyer.
    pub buyer: Address,
    /// `s`, the settle secret. Together with the buyer's secret it opens the capsules.
    pub settle_secret: Scalar,
    /// Lamports paid to the seller: the price.
    pub lamports: PodU64,
}

/// A purchase was refunded to its buyer.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct Refunded {
    /// The purchase.
    pub purchase: Address,
    /// The order.
    pub order: Address,
    /// The seller.
    pub seller: Address,
    /// The buyer.
    pub buyer: Address,
    /// The wallet that signed the refund.
    pub authority: Address,
    /// The price, in lamports.
    pub price: PodU64,
    /// All lamports that went to the buyer: the price, the rent, and anything else that the account held.
    pub lamports: PodU64,
}

/// A settled purchase was closed.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct PurchaseClosed {
    /// The purchase.
    pub purchase: Address,
    /// The order.
    pub order: Address,
    /// The seller.
    pub seller: Address,
    /// The buyer.
    pub buyer: Address,
    /// The account's lamports, which went to the buyer.
    pub lamports: PodU64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event;

    #[test]
    fn the_logged_bytes_of_a_new_order_are_those_of_the_event() {
        let address = |byte| Address::new_from_array([byte; 32]);
        let labels = [("", 1), ("blood pressure, 2026", 3), (&"x".repeat(64), 24)];
        for ((label, records), only_buyer) in labels.into_iter().zip([None, Some(9), Some(10)]) {
            let event = OrderCreated {
                order: address(1),
                seller: address(2),
                rent_payer: address(3),
                id: 4,
                price: 5,
                created_at: -6,
                delivery_window: 7,
                only_buyer: only_buyer.map(address),
                label: label.into(),
                records: (11..11 + records).map(address).collect(),
            };
            let terms = OrderTerms {
                order: event.order,
                seller: event.seller,
                rent_payer: event.rent_payer,
                id: event.id.into(),
                price: event.price.into(),
                created_at: event.created_at.into(),
                delivery_window: event.delivery_window.into(),
            };
            let encoded =
                OrderCreated::encode(terms, event.only_buyer.as_ref(), label, &event.records);
            assert_eq!(encoded, event.data());
        }
    }
}
