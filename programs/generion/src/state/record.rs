use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::{CREATOR_DELETE_DELAY, RECORD_DOMAIN},
    curve::{self, Point},
    error::{GenerionError, require},
    proof::Capsule,
};

/// A loaded [`Record`], with its sealed locator as tail.
pub type RecordAccount = Slab<Record, u8>;

/// A health record that a creator wrote for an owner. Only `verified` and `listings` ever change. Its address follows from
/// the contents that the creator chose ([`RecordContents`]).
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// 1 when the owner has verified the record, otherwise 0.
    pub verified: u8,
    /// Always zero.
    pub reserved: u8,
    /// Index of the owner's encryption key that the capsule is made for.
    pub key_index: u32,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// Number of orders that list the record.
    pub listings: u64,
    /// The owner's wallet.
    pub owner: Address,
    /// The wallet that created the record.
    pub creator: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// `X`, the owner's encryption key that the capsule is made for.
    pub owner_key: Point,
    /// X25519 public key to which document and locator are encrypted.
    pub data_public_key: [u8; 32],
    /// The record's group element, encrypted to the owner's key.
    pub capsule: Capsule,
    /// Root of the facts that the creator attests about the document (docs/PROTOCOL.md, section 3).
    pub facts_root: [u8; 32],
}

/// The contents that a record's address commits to.
#[derive(Clone, Copy, Debug)]
pub struct RecordContents<'a> {
    /// The owner's wallet.
    pub owner: &'a Address,
    /// The wallet that creates the record.
    pub creator: &'a Address,
    /// `X`, the owner's encryption key that the capsule is made for.
    pub owner_key: &'a Point,
    /// X25519 public key to which document and locator are encrypted.
    pub data_public_key: &'a [u8; 32],
    /// The record's group element, encrypted to the owner's key.
    pub capsule: &'a Capsule,
    /// Root of the facts.
    pub facts_root: &'a [u8; 32],
    /// The sealed locator. It comes last, because only its length varies.
    pub locator: &'a [u8],
}

impl RecordContents<'_> {
    /// `c`, the last seed of the record's address: 32 bytes of SHA-256.
    #[inline(always)]
    pub fn hash(&self) -> [u8; 32] {
        curve::hash(&[
            RECORD_DOMAIN,
            self.owner.as_ref(),
            self.creator.as_ref(),
            self.owner_key,
            self.data_public_key,
            self.capsule.as_bytes(),
            self.facts_root,
            self.locator,
        ])
    }
}

impl Record {
    /// The contents that this record's address commits to, with the record's sealed locator.
    pub const fn contents<'a>(&'a self, locator: &'a [u8]) -> RecordContents<'a> {
        RecordContents {
            owner: &self.owner,
            creator: &self.creator,
            owner_key: &self.owner_key,
            data_public_key: &self.data_public_key,
            capsule: &self.capsule,
            facts_root: &self.facts_root,
            locator,
        }
    }

    /// Whether the owner has verified the record.
    pub const fn is_verified(&self) -> bool {
        self.verified != 0
    }

    /// Whether the owner created the record.
    pub fn is_self_issued(&self) -> bool {
        self.creator == self.owner
    }

    /// Marks the record as verified.
    pub fn verify(&mut self) -> Result<()> {
        require(!self.is_verified(), GenerionError::AlreadyVerified)?;
        self.verified = 1;
        Ok(())
    }

    /// Checks that `authority` may delete the record at `now`.
    ///
    /// # Errors
    /// `DeleteNotAllowed`, `RecordListed`.
    pub fn require_deletable(&self, authority: &Address, now: i64) -> Result<()> {
        let by_creator = *authority == self.creator
            && !self.is_verified()
            && now >= self.created_at.saturating_add(CREATOR_DELETE_DELAY);
        require(
            *authority == self.owner || by_creator,
            GenerionError::DeleteNotAllowed,
        )?;
        require(self.listings == 0, GenerionError::RecordListed)?;
        Ok(())
    }

    /// Counts a new order that lists the record.
    pub fn list(&mut self) -> Result<()> {
        require(self.is_verified(), GenerionError::NotVerified)?;
        self.listings = self
            .listings
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts a closed order that listed the record.
    pub fn unlist(&mut self) -> Result<()> {
        self.listings = self
            .listings
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }
}
