//! The accounts, with Generion's fields but for those that are reserved.

use anchor_lang::prelude::*;
use solana_sha256_hasher::hashv;

use crate::capsule::Capsule;

#[account]
#[derive(InitSpace)]
pub struct User {
    pub version: u8,
    pub bump: u8,
    pub key_index: u32,
    pub next_order_id: u64,
    pub next_study_id: u64,
    pub record_count: u64,
    pub wallet: Pubkey,
    pub encryption_key: [u8; 32],
    pub attestation: [u8; 64],
}

#[account]
#[derive(InitSpace)]
pub struct Record {
    pub version: u8,
    pub bump: u8,
    pub verified: bool,
    pub key_index: u32,
    pub created_at: i64,
    pub listings: u64,
    pub owner: Pubkey,
    pub creator: Pubkey,
    pub rent_payer: Pubkey,
    pub owner_key: [u8; 32],
    pub data_public_key: [u8; 32],
    pub capsule: Capsule,
    pub facts_root: [u8; 32],
    #[max_len(0)]
    pub locator: Vec<u8>,
}

#[account]
pub struct Order {
    pub version: u8,
    pub bump: u8,
    pub open: bool,
    pub pending_purchases: u32,
    pub id: u64,
    pub created_at: i64,
    pub rent_payer: Pubkey,
    pub seller: Pubkey,
    pub price: u64,
    pub delivery_window: u32,
    pub label: [u8; 64],
    pub only_buyer: Pubkey,
    pub settled_purchases: u32,
    pub records: Vec<Pubkey>,
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
    pub settle_by: i64,
    pub order: Pubkey,
    pub seller: Pubkey,
    pub buyer: Pubkey,
    pub buyer_key: [u8; 32],
    pub settle_key: [u8; 32],
    pub terms: [u8; 32],
    #[max_len(0)]
    pub capsules: Vec<Capsule>,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, InitSpace)]
pub enum PurchaseStatus {
    Pending,
    Locked,
    Settled,
}

impl Order {
    /// What a buyer agrees to.
    pub fn terms(&self, address: &Pubkey) -> [u8; 32] {
        let records: Vec<u8> = self.records.iter().flat_map(Pubkey::to_bytes).collect();
        let hash = hashv(&[
            b"generion/terms/v1",
            address.as_ref(),
            self.seller.as_ref(),
            &self.price.to_le_bytes(),
            &self.delivery_window.to_le_bytes(),
            &self.label,
            self.only_buyer.as_ref(),
            &records,
        ]);
        hash.to_bytes()
    }
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
