//! One event for each change: who did what to which account, and what for. From the log alone follows all that the
//! accounts ever held but the ciphertexts (capsules, locators) and bumps; `tests/program` rebuilds them from it.
//!
//! Written as `Program data`: 8 bytes of discriminator, then the fields packed in order, which is their Borsh encoding.

use alloc::{string::String, vec::Vec};
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::{
    constants::{LABEL_LEN, MAX_ORDER_RECORDS},
    curve::{Point, Scalar},
};

/// An event as it is logged.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, packed)]
struct Logged<E> {
    discriminator: [u8; 8],
    event: E,
}

/// Logs an event of fixed size, from the stack and as one slice: each further one costs 100 compute units. Anchor's
/// macro of this name builds the same bytes on the heap.
#[inline(always)]
pub(crate) fn emit<E: Pod + Discriminator>(event: E) {
    anchor_lang::event::sol_log_data(&[bytemuck::bytes_of(&Logged {
        discriminator: discriminator::<E>(),
        event,
    })]);
}

const fn discriminator<E: Discriminator>() -> [u8; 8] {
    match E::DISCRIMINATOR.first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("a discriminator has eight bytes"),
    }
}

/// A wallet published its first encryption key, or the next one.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct EncryptionKeySet {
    /// The wallet.
    pub wallet: Address,
    /// Index of the key.
    pub key_index: PodU32,
    /// The key.
    pub encryption_key: Point,
    /// The wallet's signature over the line that names key and index, as it was given.
    pub attestation: [u8; 64],
}

/// A creator wrote a record.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordCreated {
    /// The record.
    pub record: Address,
    /// Its owner.
    pub owner: Address,
    /// Its creator.
    pub creator: Address,
    /// Who paid the rent, and will get it back.
    pub rent_payer: Address,
    /// X25519 public key that document and locator are encrypted to.
    pub data_public_key: [u8; 32],
    /// Root of the facts that the creator attests about the document.
    pub facts_root: [u8; 32],
    /// Unix time in seconds.
    pub created_at: PodI64,
    /// Index of the owner's key that its capsule is made for.
    pub key_index: PodU32,
    /// 1 where the creator is the owner, whose records start verified.
    pub verified: u8,
}

/// An owner verified a record.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordVerified {
    /// The record.
    pub record: Address,
    /// Its owner.
    pub owner: Address,
    /// Its creator.
    pub creator: Address,
}

/// A record is gone.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordDeleted {
    /// The record.
    pub record: Address,
    /// Its owner.
    pub owner: Address,
    /// Its creator.
    pub creator: Address,
    /// Who deleted it: the owner or the creator.
    pub authority: Address,
    /// Who got the rent back.
    pub rent_payer: Address,
    /// The rent.
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
    /// Its owner.
    pub owner: Address,
    /// Who can open it from now on.
    pub recipient: Address,
    /// Who paid the rent, and will get it back.
    pub rent_payer: Address,
    /// Unix time in seconds.
    pub created_at: PodI64,
    /// Unix time in seconds; 0: never.
    pub expires_at: PodI64,
    /// Index of the recipient's key that the capsule is made for.
    pub key_index: PodU32,
}

/// An owner took a share back.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct ShareRevoked {
    /// The share.
    pub share: Address,
    /// The record.
    pub record: Address,
    /// Its owner.
    pub owner: Address,
    /// Who it was shared with.
    pub recipient: Address,
    /// Who got the rent back.
    pub rent_payer: Address,
    /// The rent.
    pub lamports: PodU64,
}

/// A seller put records up for sale.
#[event]
#[derive(Clone, Debug, PartialEq, Eq, SchemaRead)]
pub struct OrderCreated {
    /// The order.
    pub order: Address,
    /// Its seller.
    pub seller: Address,
    /// Who paid the rent, and will get it back.
    pub rent_payer: Address,
    /// Its id.
    pub id: u64,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Unix time in seconds.
    pub created_at: i64,
    /// Seconds to deliver.
    pub delivery_window: u32,
    /// The only wallet that may buy; nothing: anyone.
    pub only_buyer: Option<Address>,
    /// What the public learns about the records.
    pub label: String,
    /// The records.
    pub records: Vec<Address>,
}

/// The part of [`OrderCreated`] that has a fixed size.
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
    /// Logs the event without the struct, whose text and list would be copied twice.
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

/// An order takes no more purchases, and waits for its pending ones.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct SalesStopped {
    /// The order.
    pub order: Address,
    /// Its seller.
    pub seller: Address,
    /// Purchases that are still to be delivered or refunded.
    pub pending_purchases: PodU32,
}

/// An order is gone and its records are unlisted.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct OrderClosed {
    /// The order.
    pub order: Address,
    /// Its seller.
    pub seller: Address,
    /// Purchases that were paid.
    pub settled_purchases: PodU32,
    /// Who got the rent back.
    pub rent_payer: Address,
    /// The rent.
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
    /// The buyer's key for this purchase.
    pub buyer_key: Point,
    /// Lamports in escrow.
    pub price: PodU64,
    /// Unix time in seconds.
    pub deadline: PodI64,
    /// Records to be delivered.
    pub record_count: u8,
}

/// Keys for the buyer are on the ledger, proven. Nobody can open them until the purchase is settled.
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
    /// `S`: the capsules are made for the buyer's key plus this one.
    pub settle_key: Point,
    /// Unix time in seconds until which the seller should settle, with the last record; otherwise 0.
    pub settle_by: PodI64,
    /// Position in the order of the batch's first record.
    pub first: u8,
    /// Records in the batch.
    pub count: u8,
}

/// A locked purchase was settled: its buyer can open the capsules, and its seller is paid.
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
    /// `s`: with the buyer's secret it opens the capsules.
    pub settle_secret: Scalar,
    /// Lamports paid to the seller: the price.
    pub lamports: PodU64,
}

/// A price went back to its buyer.
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
    /// Who triggered it.
    pub authority: Address,
    /// The price, in lamports.
    pub price: PodU64,
    /// All that went to the buyer: the price, the rent, and what else the account held.
    pub lamports: PodU64,
}

/// A settled purchase is gone.
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
    /// The rent that went back to the buyer.
    pub lamports: PodU64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event;

    #[test]
    fn what_is_logged_of_an_order_is_the_event() {
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
