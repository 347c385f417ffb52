use anchor_lang::prelude::*;

use crate::{
    constants::ACCOUNT_VERSION,
    curve::Point,
    error::{GenerionError, require},
};

/// A loaded [`User`].
pub type UserAccount = Account<User>;

/// A wallet's encryption key and counters. Never closed, since order ids must not start again.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct User {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Always zero.
    pub reserved: [u8; 2],
    /// Index of the encryption key: 0 for the first, one more with each rotation.
    pub key_index: u32,
    /// Id of the next order of this wallet.
    pub next_order_id: u64,
    /// Id of the next study of this wallet. Nothing counts it up yet.
    pub next_study_id: u64,
    /// Records that exist at present.
    pub record_count: u64,
    /// The wallet.
    pub wallet: Address,
    /// `X`: the ristretto255 point that anyone may encrypt record keys to.
    pub encryption_key: Point,
    /// The wallet's Ed25519 signature over the line that names the key and its index (docs/PROTOCOL.md, section 2). The
    /// program stores it unread; who encrypts to the key verifies it.
    pub attestation: [u8; 64],
}

impl User {
    /// A wallet with its first key, which is a valid one.
    pub const fn new(
        wallet: Address,
        bump: u8,
        encryption_key: Point,
        attestation: [u8; 64],
    ) -> Self {
        Self {
            version: ACCOUNT_VERSION,
            bump,
            reserved: [0; 2],
            key_index: 0,
            next_order_id: 0,
            next_study_id: 0,
            record_count: 0,
            wallet,
            encryption_key,
            attestation,
        }
    }

    /// Replaces the key by another valid one, whose index must be the next.
    pub fn rotate_key(
        &mut self,
        key_index: u32,
        encryption_key: Point,
        attestation: [u8; 64],
    ) -> Result<()> {
        let next = self
            .key_index
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        require(key_index == next, GenerionError::KeyIndexChanged)?;
        self.key_index = next;
        self.encryption_key = encryption_key;
        self.attestation = attestation;
        Ok(())
    }

    /// Counts a record.
    pub fn add_record(&mut self) -> Result<()> {
        self.record_count = self
            .record_count
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts a record that is gone.
    pub fn remove_record(&mut self) -> Result<()> {
        self.record_count = self
            .record_count
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Takes the next order id, which must be `id`.
    pub fn add_order(&mut self, id: u64) -> Result<()> {
        require(id == self.next_order_id, GenerionError::NotNextOrderId)?;
        self.next_order_id = id.checked_add(1).ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }
}
