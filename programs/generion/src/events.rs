//! One event for each change, with the addresses and amounts concerned. Written to the log as `Program data`:
//! 8 bytes of discriminator, then the fields packed in order (which is their Borsh encoding).

use anchor_lang::prelude::*;

use crate::curve::Point;

/// Logs an event. Anchor's macro of the same name builds the same bytes on the heap, and zeroes them first.
macro_rules! emit {
    ($event:ident { $($fields:tt)* }) => {{
        const DISCRIMINATOR: &[u8] = <$event as anchor_lang::Discriminator>::DISCRIMINATOR;
        let mut data = [0; DISCRIMINATOR.len() + size_of::<$event>()];
        let (discriminator, fields) = data.split_at_mut(DISCRIMINATOR.len());
        discriminator.copy_from_slice(DISCRIMINATOR);
        fields.copy_from_slice(bytemuck::bytes_of(&$event { $($fields)* }));
        anchor_lang::event::sol_log_data(&[&data]);
    }};
}
pub(crate) use emit;

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
    /// Its id.
    pub id: PodU64,
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
}

/// A record is gone.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct RecordDeleted {
    /// The record.
    pub record: Address,
    /// Its owner.
    pub owner: Address,
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
    /// Unix time in seconds; 0: never.
    pub expires_at: PodI64,
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
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct OrderCreated {
    /// The order.
    pub order: Address,
    /// Its seller.
    pub seller: Address,
    /// Its id.
    pub id: PodU64,
    /// Price of one purchase, in lamports.
    pub price: PodU64,
    /// Seconds to deliver.
    pub delivery_window: PodU32,
    /// Number of records.
    pub record_count: u8,
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
    /// Lamports in escrow.
    pub price: PodU64,
    /// Unix time in seconds.
    pub deadline: PodI64,
}

/// Keys reached the buyer, proven.
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
    /// Position in the order of the batch's first record.
    pub first: u8,
    /// Records in the batch.
    pub count: u8,
    /// Lamports paid to the seller: the price with the last record, otherwise 0.
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
    /// The buyer.
    pub buyer: Address,
    /// The rent that went back to the buyer.
    pub lamports: PodU64,
}
