use anchor_lang::{accounts::Slab, address_eq, prelude::*};

use crate::{
    account::NewPda,
    constants::{ACCOUNT_VERSION, REFUND_GRACE, SETTLE_WINDOW},
    curve::{self, GENERATOR, IDENTITY, Point, Scalar},
    error::{GenerionError, require},
    proof::Capsule,
};

/// A loaded [`Purchase`], with one capsule for each record of the order as tail. A capsule of zeros is not delivered yet.
pub type PurchaseAccount = Slab<Purchase, Capsule>;

/// A buyer's price in escrow, and the capsules that were delivered for it.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// A [`PurchaseStatus`].
    pub status: u8,
    /// Number of records in the order.
    pub record_count: u8,
    /// Number of records whose capsules are delivered.
    pub delivered_count: u8,
    /// 1 if the purchase is a study's seat, otherwise 0. It decides from which seeds the address follows.
    pub seat: u8,
    /// Always zero.
    pub reserved: [u8; 2],
    /// Lamports in escrow, in addition to the rent.
    pub price: u64,
    /// Time until which the seller should deliver: Unix time in seconds. It never changes.
    pub deadline: i64,
    /// Time until which the seller should settle: Unix time in seconds. 0 until the purchase is locked.
    pub settle_by: i64,
    /// The order.
    pub order: Address,
    /// The seller's wallet, which gets the price when the purchase is settled.
    pub seller: Address,
    /// The buyer's wallet, or the vault of the study that a seat belongs to. It paid price and rent, and gets the rent back.
    pub buyer: Address,
    /// `B`, the buyer's key for this purchase only, or the study's key.
    pub buyer_key: Point,
    /// Zeros before the first delivery. Then `S`, the settle key: the capsules are made for `B + S`. When the purchase is
    /// settled, `s`, the secret of `S`.
    pub settle_key: [u8; 32],
    /// SHA-256 of the terms that buyer and seller agreed on ([`Terms::hash`](super::Terms::hash)).
    pub terms: [u8; 32],
}

/// The inputs of a new purchase, by a buyer or by a study.
pub struct Escrow<'a> {
    /// The order.
    pub order: &'a Address,
    /// The seller's wallet.
    pub seller: &'a Address,
    /// The buyer's wallet, or the study's vault.
    pub buyer: &'a Address,
    /// `B`.
    pub buyer_key: &'a Point,
    /// Price in lamports.
    pub price: u64,
    /// Time until which the seller should deliver: Unix time in seconds.
    pub deadline: i64,
    /// SHA-256 of the terms.
    pub terms: &'a [u8; 32],
    /// Number of records in the order.
    pub record_count: u8,
    /// Whether the purchase is a study's seat.
    pub is_seat: bool,
}

impl Escrow<'_> {
    /// Creates the purchase, with nothing delivered.
    ///
    /// # Errors
    /// The errors of [`NewPda::create`].
    #[inline(always)]
    pub fn create(&self, target: &NewPda) -> Result<()> {
        target.create_with_tail(
            self.record_count.into(),
            |purchase: &mut Purchase, _: &mut [Capsule]| {
                *purchase = Purchase {
                    version: ACCOUNT_VERSION,
                    bump: target.bump,
                    status: PurchaseStatus::Pending as u8,
                    record_count: self.record_count,
                    delivered_count: 0,
                    seat: u8::from(self.is_seat),
                    reserved: [0; 2],
                    price: self.price,
                    deadline: self.deadline,
                    settle_by: 0,
                    order: *self.order,
                    seller: *self.seller,
                    buyer: *self.buyer,
                    buyer_key: *self.buyer_key,
                    settle_key: IDENTITY,
                    terms: *self.terms,
                };
                Ok(())
            },
        )
    }
}

/// The status of a purchase. A refunded purchase is closed and has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PurchaseStatus {
    /// The price is in escrow, and some capsules are not delivered yet.
    Pending = 0,
    /// All capsules are delivered. Nobody can open them until the purchase is settled.
    Locked = 1,
    /// The seller is paid, and the buyer can open the capsules.
    Settled = 2,
}

impl Purchase {
    /// Whether a study made the purchase. Its buyer is the study's vault then.
    pub const fn is_seat(&self) -> bool {
        self.seat != 0
    }

    /// Whether some capsules are not delivered yet.
    pub const fn is_pending(&self) -> bool {
        self.status == PurchaseStatus::Pending as u8
    }

    /// Whether all capsules are delivered and the purchase is to be settled.
    pub const fn is_locked(&self) -> bool {
        self.status == PurchaseStatus::Locked as u8
    }

    /// Whether the seller is paid and the buyer can open the capsules.
    pub const fn is_settled(&self) -> bool {
        self.status == PurchaseStatus::Settled as u8
    }

    /// The deadline of a purchase that is made at `now`: Unix time in seconds.
    pub fn deadline(now: i64, delivery_window: u32) -> Result<i64> {
        Ok(now
            .checked_add(i64::from(delivery_window))
            .ok_or(GenerionError::DeadlineOverflow)?)
    }

    /// Checks that capsules made for `settle_key` may be delivered at `now`.
    ///
    /// # Errors
    /// `AlreadySettled`; `AlreadyDelivered` if the purchase is locked; `DeliveryTooLate` after the grace period, so that
    /// a seller can't delay the refund by a day by locking late; `SettleKeyChanged` if capsules were delivered for
    /// another key.
    pub fn require_deliverable(&self, settle_key: &Point, now: i64) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        require(self.is_pending(), GenerionError::AlreadyDelivered)?;
        require(
            now < self.deadline.saturating_add(REFUND_GRACE),
            GenerionError::DeliveryTooLate,
        )?;
        // Comparing the count is cheaper than comparing the key with the zeros that are stored before the first delivery.
        require(
            self.delivered_count == 0 || self.settle_key == *settle_key,
            GenerionError::SettleKeyChanged,
        )?;
        Ok(())
    }

    /// Stores delivered capsules in their slots of the tail.
    ///
    /// # Errors
    /// `AlreadyDelivered` if a slot is not empty; `BatchLength` if the numbers of capsules and slots differ.
    pub fn fill(slots: &mut [Capsule], delivered: &[Capsule]) -> Result<()> {
        require(slots.len() == delivered.len(), GenerionError::BatchLength)?;
        // The identity's encoding is all zeros, and no delivered capsule has it as its ephemeral half.
        require(
            slots.iter().all(|slot| slot.ephemeral == IDENTITY),
            GenerionError::AlreadyDelivered,
        )?;
        slots.copy_from_slice(delivered);
        Ok(())
    }

    /// Counts `count` capsules that were delivered for `settle_key` at `now`. The last capsules lock the purchase.
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

    /// Settles a locked purchase with the settle secret `s`, which replaces `S`.
    ///
    /// # Errors
    /// `AlreadySettled`; `NotLocked`; `SettleKeyInvalid` if `s` is not canonical or `sG` is not `S`.
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

    /// Checks that `authority` may refund the purchase at `now`.
    ///
    /// # Errors
    /// `AlreadySettled`; `RefundTooEarly`. Until the purchase is locked, the seller may refund at any time. After that the
    /// seller has to wait like anybody else: otherwise a refund that the seller signed earlier, and that somebody held
    /// back, could take the price from a seller who has already shown `s`.
    pub fn require_refundable(&self, authority: &Address, now: i64) -> Result<()> {
        require(!self.is_settled(), GenerionError::AlreadySettled)?;
        // `settle_by` is 0 until the purchase is locked.
        let due = self.deadline.max(self.settle_by);
        require(
            (self.is_pending() && address_eq(authority, &self.seller))
                || now >= due.saturating_add(REFUND_GRACE),
            GenerionError::RefundTooEarly,
        )?;
        Ok(())
    }
}
