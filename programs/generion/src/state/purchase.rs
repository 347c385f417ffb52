use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::REFUND_GRACE,
    curve::{IDENTITY, Point},
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
    /// Unix time in seconds until which the seller should deliver.
    pub deadline: i64,
    /// The order.
    pub order: Address,
    /// The wallet that the price is paid to.
    pub seller: Address,
    /// The wallet that paid price and rent, and gets back what is its own.
    pub buyer: Address,
    /// `B`: the buyer's key for this purchase alone.
    pub buyer_key: Point,
}

/// Whether a purchase still holds its price. A refunded one is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PurchaseStatus {
    /// The price is in escrow.
    Pending = 0,
    /// Delivered in full and paid.
    Settled = 1,
}

impl Purchase {
    /// Whether it is delivered in full and paid.
    pub const fn is_settled(&self) -> bool {
        self.status != PurchaseStatus::Pending as u8
    }

    /// The deadline of a purchase made at `now`.
    pub fn deadline(now: i64, delivery_window: u32) -> Result<i64> {
        Ok(now
            .checked_add(i64::from(delivery_window))
            .ok_or(GenerionError::DeadlineOverflow)?)
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

    /// Counts `count` delivered records; whether they complete the purchase, which is settled then.
    pub fn count_delivered(&mut self, count: u8) -> Result<bool> {
        self.delivered_count = self
            .delivered_count
            .checked_add(count)
            .ok_or(GenerionError::Arithmetic)?;
        let complete = self.delivered_count == self.record_count;
        if complete {
            self.status = PurchaseStatus::Settled as u8;
        }
        Ok(complete)
    }

    /// Whether `authority` may have the price go back to the buyer at `now`.
    pub fn require_refundable(&self, authority: &Address, now: i64) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        require(
            *authority == self.seller || now >= self.deadline.saturating_add(REFUND_GRACE),
            GenerionError::RefundTooEarly,
        )?;
        Ok(())
    }
}
