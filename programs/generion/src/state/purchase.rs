use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::{REFUND_GRACE, SETTLE_WINDOW},
    curve::{self, GENERATOR, IDENTITY, Point, Scalar},
    error::{GenerionError, require},
    proof::Capsule,
};

/// A loaded [`Purchase`] with one capsule for each record of the order as tail; zeros: not delivered yet.
pub type PurchaseAccount = Slab<Purchase, Capsule>;

/// A buyer's price in escrow, and the keys that were delivered for it.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// A [`PurchaseStatus`].
    pub status: u8,
    /// Records of the order.
    pub record_count: u8,
    /// Records whose capsule has been delivered.
    pub delivered_count: u8,
    /// Always zero.
    pub reserved: [u8; 3],
    /// Lamports in escrow, on top of the rent.
    pub price: u64,
    /// Unix time in seconds until which the seller should deliver. It never changes.
    pub deadline: i64,
    /// Unix time in seconds until which the seller should settle; 0 until the purchase is locked.
    pub settle_by: i64,
    /// The order.
    pub order: Address,
    /// The wallet that the price is paid to.
    pub seller: Address,
    /// The wallet that paid price and rent, and gets back what is its own.
    pub buyer: Address,
    /// `B`: the buyer's key for this purchase alone.
    pub buyer_key: Point,
    /// `S`, from the first delivery on: the capsules are made for `B + S`. Its secret `s`, once settled. Zeros before.
    pub settle_key: [u8; 32],
    /// SHA-256 of the terms that buyer and seller agreed on ([`Terms::hash`](super::Terms::hash)).
    pub terms: [u8; 32],
}

/// How far a purchase is. A refunded one is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PurchaseStatus {
    /// The price is in escrow, and records are still to be delivered.
    Pending = 0,
    /// Delivered in full; nobody can open the capsules until the seller settles.
    Locked = 1,
    /// Settled: the seller is paid, and the buyer can open the capsules.
    Settled = 2,
}

impl Purchase {
    /// Whether records are still to be delivered.
    pub const fn is_pending(&self) -> bool {
        self.status == PurchaseStatus::Pending as u8
    }

    /// Whether it is delivered in full and waits for the seller to settle.
    pub const fn is_locked(&self) -> bool {
        self.status == PurchaseStatus::Locked as u8
    }

    /// Whether the seller is paid and the buyer can open the capsules.
    pub const fn is_settled(&self) -> bool {
        self.status == PurchaseStatus::Settled as u8
    }

    /// The deadline of a purchase made at `now`.
    pub fn deadline(now: i64, delivery_window: u32) -> Result<i64> {
        Ok(now
            .checked_add(i64::from(delivery_window))
            .ok_or(GenerionError::DeadlineOverflow)?)
    }

    /// Whether capsules made for `settle_key` may be delivered at `now`.
    ///
    /// # Errors
    /// `AlreadySettled`; `AlreadyDelivered` where it is locked; `DeliveryTooLate`, so that nobody wins a day by locking
    /// late; `SettleKeyChanged` where capsules were delivered for another key.
    pub fn require_deliverable(&self, settle_key: &Point, now: i64) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        require(self.is_pending(), GenerionError::AlreadyDelivered)?;
        require(
            now < self.deadline.saturating_add(REFUND_GRACE),
            GenerionError::DeliveryTooLate,
        )?;
        // Cheaper to compare than the identity, which stands for the key until something is delivered.
        require(
            self.delivered_count == 0 || self.settle_key == *settle_key,
            GenerionError::SettleKeyChanged,
        )?;
        Ok(())
    }

    /// Stores delivered capsules in their slots of the tail, which must be empty.
    ///
    /// # Errors
    /// `AlreadyDelivered` where one is not; `BatchLength` where there are more or fewer capsules than slots.
    pub fn fill(slots: &mut [Capsule], delivered: &[Capsule]) -> Result<()> {
        require(slots.len() == delivered.len(), GenerionError::BatchLength)?;
        // A delivered capsule's ephemeral half is never the identity, whose encoding is all zeros.
        require(
            slots.iter().all(|slot| slot.ephemeral == IDENTITY),
            GenerionError::AlreadyDelivered,
        )?;
        slots.copy_from_slice(delivered);
        Ok(())
    }

    /// Counts `count` records that were delivered at `now` for `settle_key`. The last ones lock the purchase.
    pub fn count_delivered(&mut self, count: u8, settle_key: &Point, now: i64) -> Result<()> {
        self.delivered_count = self
            .delivered_count
            .checked_add(count)
            .ok_or(GenerionError::Arithmetic)?;
        self.settle_key = *settle_key;
        if self.delivered_count == self.record_count {
            self.status = PurchaseStatus::Locked as u8;
            self.settle_by = now
                .checked_add(SETTLE_WINDOW)
                .ok_or(GenerionError::Arithmetic)?;
        }
        Ok(())
    }

    /// Settles a locked purchase with `s`, which takes the place of `S`.
    ///
    /// # Errors
    /// `AlreadySettled`, `NotLocked`; `SettleKeyInvalid` where `sG` is not `S`, or `s` is not canonical.
    #[inline(always)]
    pub fn settle(&mut self, secret: &Scalar) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        require(self.is_locked(), GenerionError::NotLocked)?;
        let mut key = IDENTITY;
        curve::multiply(secret, &GENERATOR, &mut key).ok_or(GenerionError::SettleKeyInvalid)?;
        require(key == self.settle_key, GenerionError::SettleKeyInvalid)?;
        self.settle_key = *secret;
        self.status = PurchaseStatus::Settled as u8;
        Ok(())
    }

    /// Whether `authority` may have the price go back to the buyer at `now`.
    ///
    /// # Errors
    /// `AlreadySettled`; `RefundTooEarly`. While records are still to be delivered the seller may at any time. Once
    /// locked, the seller may no more than anybody: a refund that was signed before and held back would take the price
    /// from a seller who has shown `s`.
    pub fn require_refundable(&self, authority: &Address, now: i64) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        // 0 until locked.
        let due = self.deadline.max(self.settle_by);
        require(
            (self.is_pending() && *authority == self.seller)
                || now >= due.saturating_add(REFUND_GRACE),
            GenerionError::RefundTooEarly,
        )?;
        Ok(())
    }
}
