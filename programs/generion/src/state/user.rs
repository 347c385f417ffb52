use anchor_lang::prelude::*;

use crate::{
    constants::ACCOUNT_VERSION,
    curve::Point,
    error::{GenerionError, require},
};

/// A loaded [`User`].
pub type UserAccount = Account<User>;

/// A wallet's encryption key and counters. It is never closed, so that no id of an order or a study is used twice.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct User {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Always zero.
    pub reserved: [u8; 2],
    /// Index of the encryption key: 0 for the first key, one more after each rotation.
    pub key_index: u32,
    /// Id of the wallet's next order.
    pub next_order_id: u64,
    /// Id of the wallet's next study.
    pub next_study_id: u64,
    /// Number of records that the wallet owns.
    pub record_count: u64,
    /// The wallet.
    pub wallet: Address,
    /// `X`, the ristretto255 point to which anyone may encrypt record keys.
    pub encryption_key: Point,
    /// The wallet's Ed25519 signature over the line that names the key and its index (docs/PROTOCOL.md, section 2). The
    /// program does not check it: verify it before you encrypt to the key.
    pub attestation: [u8; 64],
}

impl User {
    /// The account of a wallet with its first key. The caller has checked that the key is valid.
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

    /// Replaces the key by the next one. The caller has checked that the key is valid.
    ///
    /// # Errors
    /// `KeyIndexChanged` if `key_index` is not the next index.
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

    /// Counts a new record.
    pub fn add_record(&mut self) -> Result<()> {
        self.record_count = self
            .record_count
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts a deleted record.
    pub fn remove_record(&mut self) -> Result<()> {
        self.record_count = self
            .record_count
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Takes the next order id.
    ///
    /// # Errors
    /// `NotNextOrderId` if `id` is not the next id.
    pub fn add_order(&mut self, id: u64) -> Result<()> {
        require(id == self.next_order_id, GenerionError::NotNextOrderId)?;
        self.next_order_id = id.checked_add(1).ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Takes the next study id.
    ///
    /// # Errors
    /// `NotNextStudyId` if `id` is not the next id.
    pub fn add_study(&mut self, id: u64) -> Result<()> {
        require(id == self.next_study_id, GenerionError::NotNextStudyId)?;
        self.next_study_id = id.checked_add(1).ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }
}
