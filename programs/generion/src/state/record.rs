use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::{CREATOR_DELETE_DELAY, RECORD_DOMAIN},
    curve::{self, Point},
    error::{GenerionError, require},
    proof::Capsule,
};

/// A loaded [`Record`] with its sealed locator as tail.
pub type RecordAccount = Slab<Record, u8>;

/// A document that a creator wrote to an owner. Immutable but for `verified` and `listings`; its address is a hash over
/// what its creator decided ([`RecordContents`]).
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// 1 once the owner has verified it.
    pub verified: u8,
    /// Always zero.
    pub reserved: u8,
    /// Index of the owner's encryption key that the capsule is made for.
    pub key_index: u32,
    /// Unix time of creation, in seconds.
    pub created_at: i64,
    /// Orders that list it at present.
    pub listings: u64,
    /// The owner's wallet.
    pub owner: Address,
    /// The wallet that wrote it.
    pub creator: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// `X`: the owner's encryption key that the capsule is made for.
    pub owner_key: Point,
    /// X25519 public key that document and locator are encrypted to.
    pub data_public_key: [u8; 32],
    /// The record's group element for the owner.
    pub capsule: Capsule,
    /// Root of the facts that the creator attests about the document (docs/PROTOCOL.md, section 3).
    pub facts_root: [u8; 32],
}

/// What a record's address commits to.
#[derive(Clone, Copy, Debug)]
pub struct RecordContents<'a> {
    /// The owner's wallet.
    pub owner: &'a Address,
    /// The wallet that writes it.
    pub creator: &'a Address,
    /// `X`: the owner's encryption key that the capsule is made for.
    pub owner_key: &'a Point,
    /// X25519 public key that document and locator are encrypted to.
    pub data_public_key: &'a [u8; 32],
    /// The record's group element for the owner.
    pub capsule: &'a Capsule,
    /// Root of the facts.
    pub facts_root: &'a [u8; 32],
    /// The sealed locator, last and of any length: everything before it has a fixed one.
    pub locator: &'a [u8],
}

impl RecordContents<'_> {
    /// `c`: the last seed of the record's address, 32 bytes.
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
    /// What the address of this record, with this sealed locator, commits to.
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

    /// Whether the owner has verified it.
    pub const fn is_verified(&self) -> bool {
        self.verified != 0
    }

    /// Whether its creator is its owner.
    pub fn is_self_issued(&self) -> bool {
        self.creator == self.owner
    }

    /// Marks it verified.
    pub fn verify(&mut self) -> Result<()> {
        require(!self.is_verified(), GenerionError::AlreadyVerified)?;
        self.verified = 1;
        Ok(())
    }

    /// Whether `authority` may delete it at `now`.
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

    /// Counts an order that lists it.
    pub fn list(&mut self) -> Result<()> {
        require(self.is_verified(), GenerionError::NotVerified)?;
        self.listings = self
            .listings
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts an order that listed it and is gone.
    pub fn unlist(&mut self) -> Result<()> {
        self.listings = self
            .listings
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }
}
