//! The accounts, with Generion's fields but for those that are reserved.

use anchor_lang::prelude::*;

use crate::capsule::Capsule;

#[account]
#[derive(InitSpace)]
pub struct User {
    pub version: u8,
    pub bump: u8,
    pub key_index: u32,
    pub next_record_id: u64,
    pub next_order_id: u64,
    pub record_count: u64,
    pub wallet: Pubkey,
    pub encryption_key: [u8; 32],
}

#[account]
#[derive(InitSpace)]
pub struct Record {
    pub version: u8,
    pub bump: u8,
    pub verified: bool,
    pub key_index: u32,
    pub id: u64,
    pub created_at: i64,
    pub listings: u64,
    pub owner: Pubkey,
    pub creator: Pubkey,
    pub rent_payer: Pubkey,
    pub owner_key: [u8; 32],
    pub data_public_key: [u8; 32],
    pub capsule: Capsule,
    pub ciphertext_hash: [u8; 32],
    #[max_len(0)]
    pub locator: Vec<u8>,
}

#[account]
pub struct Order {
    pub version: u8,
    pub bump: u8,
    pub open: bool,
    pub delivery_window: u32,
    pub id: u64,
    pub price: u64,
    pub created_at: i64,
    pub pending_purchases: u32,
    pub settled_purchases: u32,
    pub seller: Pubkey,
    pub rent_payer: Pubkey,
    pub label: [u8; 64],
    pub record_ids: Vec<u64>,
}

#[account]
#[derive(InitSpace)]
pub struct Purchase {
    pub version: u8,
    pub bump: u8,
    pub status: PurchaseStatus,
    pub record_count: u8,
    pub delivered_count: u8,
    pub price: u64,
    pub deadline: i64,
    pub order: Pubkey,
    pub seller: Pubkey,
    pub buyer: Pubkey,
    pub buyer_key: [u8; 32],
    #[max_len(0)]
    pub capsules: Vec<Capsule>,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, InitSpace)]
pub enum PurchaseStatus {
    Pending,
    Settled,
}

impl Record {
    /// Bytes of a record's account.
    pub fn space(locator_len: usize) -> usize {
        Self::DISCRIMINATOR.len() + Self::INIT_SPACE + locator_len
    }
}

impl Purchase {
    /// Bytes of a purchase's account.
    pub fn space(record_count: usize) -> usize {
        Self::DISCRIMINATOR.len() + Self::INIT_SPACE + record_count * Capsule::INIT_SPACE
    }
}
