use anchor_lang::prelude::*;

use crate::{curve::Point, proof::Capsule};

/// A loaded [`Share`].
pub type ShareAccount = Account<Share>;

/// A record that its owner shared with a recipient, free of charge.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Share {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Always zero.
    pub reserved: [u8; 2],
    /// Index of the recipient's encryption key that the capsule is made for.
    pub key_index: u32,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// Unix time, in seconds, after which the recipient should not use the share. 0 if it does not expire. The program
    /// does not enforce it.
    pub expires_at: i64,
    /// The record.
    pub record: Address,
    /// The record's owner.
    pub owner: Address,
    /// The recipient's wallet.
    pub recipient: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// The recipient's encryption key that the capsule is made for.
    pub recipient_key: Point,
    /// The record's group element, encrypted to the recipient's key.
    pub capsule: Capsule,
}
