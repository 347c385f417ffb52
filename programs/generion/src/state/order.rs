use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::{LABEL_LEN, MAX_DELIVERY_WINDOW, MAX_ORDER_RECORDS, MIN_DELIVERY_WINDOW},
    error::{GenerionError, require},
};

/// A loaded [`Order`] with its record ids as tail.
pub type OrderAccount = Slab<Order, PodU64>;

/// Records for sale at a price. It can't be changed, only closed.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// 1 while it takes purchases.
    pub open: u8,
    /// Always zero.
    pub reserved: u8,
    /// Seconds that the seller has to deliver a purchase.
    pub delivery_window: u32,
    /// Id among the seller's orders.
    pub id: u64,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Unix time of creation, in seconds.
    pub created_at: i64,
    /// Purchases that are neither settled nor refunded.
    pub pending_purchases: u32,
    /// Purchases that were delivered in full and paid.
    pub settled_purchases: u32,
    /// The seller's wallet.
    pub seller: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// What the seller tells the public about the records: UTF-8, padded with zeros.
    pub label: [u8; LABEL_LEN],
}

/// What a buyer agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Lamports.
    pub price: u64,
    /// Number of records.
    pub record_count: u8,
    /// Seconds.
    pub delivery_window: u32,
}

impl Terms {
    /// Whether an order may carry these terms; `rent_minimum` is that of an empty account, so that the payout can
    /// create the seller's account.
    pub fn validate(&self, rent_minimum: u64) -> core::result::Result<(), GenerionError> {
        require(
            (1..=MAX_ORDER_RECORDS).contains(&usize::from(self.record_count)),
            GenerionError::OrderLength,
        )?;
        require(self.price >= rent_minimum, GenerionError::PriceTooLow)?;
        require(
            (MIN_DELIVERY_WINDOW..=MAX_DELIVERY_WINDOW).contains(&self.delivery_window),
            GenerionError::DeliveryWindow,
        )?;
        Ok(())
    }
}

impl Order {
    /// Pads a label to its stored form.
    ///
    /// # Errors
    /// `InvalidLabel` where it is longer than [`LABEL_LEN`] bytes or holds a NUL.
    pub fn pad_label(label: &str) -> core::result::Result<[u8; LABEL_LEN], GenerionError> {
        let mut padded = [0; LABEL_LEN];
        Self::write_label(&mut padded, label)?;
        Ok(padded)
    }

    /// Writes a label over zeros.
    ///
    /// # Errors
    /// As [`Self::pad_label`].
    #[inline(always)]
    pub fn write_label(
        zeros: &mut [u8; LABEL_LEN],
        label: &str,
    ) -> core::result::Result<(), GenerionError> {
        let slot = zeros
            .get_mut(..label.len())
            .ok_or(GenerionError::InvalidLabel)?;
        if label.as_bytes().contains(&0) {
            return Err(GenerionError::InvalidLabel);
        }
        slot.copy_from_slice(label.as_bytes());
        Ok(())
    }

    /// The label as text.
    pub fn label(&self) -> &str {
        let len = self
            .label
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(LABEL_LEN);
        core::str::from_utf8(&self.label[..len]).unwrap_or_default()
    }

    /// Whether it takes purchases.
    pub const fn is_open(&self) -> bool {
        self.open != 0
    }

    /// Counts a purchase on the buyer's `expected` terms; `terms` are the order's own.
    pub fn sell(&mut self, buyer: &Address, terms: &Terms, expected: &Terms) -> Result<()> {
        require(self.is_open(), GenerionError::OrderNotOpen)?;
        require(*buyer != self.seller, GenerionError::OwnOrder)?;
        require(terms == expected, GenerionError::TermsChanged)?;
        self.pending_purchases = self
            .pending_purchases
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts a pending purchase that was delivered and paid.
    pub fn settle_purchase(&mut self) -> Result<()> {
        self.settled_purchases = self
            .settled_purchases
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        self.drop_purchase()
    }

    /// Counts a pending purchase that is gone.
    pub fn drop_purchase(&mut self) -> Result<()> {
        self.pending_purchases = self
            .pending_purchases
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Stops sales while purchases are pending; a second call is an error that says what it waits for.
    pub fn stop_sales(&mut self) -> Result<()> {
        require(self.is_open(), GenerionError::PurchasesPending)?;
        self.open = 0;
        Ok(())
    }
}
