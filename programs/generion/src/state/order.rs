use anchor_lang::{accounts::Slab, address_eq, prelude::*};

use crate::{
    constants::{
        LABEL_LEN, MAX_DELIVERY_WINDOW, MAX_ORDER_RECORDS, MIN_DELIVERY_WINDOW, TERMS_DOMAIN,
    },
    curve,
    error::{GenerionError, require},
};

/// A loaded [`Order`], with its records' addresses as tail.
pub type OrderAccount = Slab<Order, Address>;

/// An offer to sell records at a price. It can't be changed, only closed.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// 1 while the order accepts purchases, otherwise 0.
    pub open: u8,
    /// Always zero.
    pub reserved: u8,
    /// Number of purchases that are neither settled nor refunded.
    pub pending_purchases: u32,
    /// Id of the order among the seller's orders.
    pub id: u64,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// The seller's wallet.
    pub seller: Address,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Time that the seller has to deliver a purchase, in seconds.
    pub delivery_window: u32,
    /// The seller's public description of the records: UTF-8, padded with zeros.
    pub label: [u8; LABEL_LEN],
    /// The only wallet that may buy, or zeros if anyone may.
    pub only_buyer: Address,
    /// Number of purchases that were settled.
    pub settled_purchases: u32,
}

/// The terms that a buyer agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The order.
    pub order: &'a Address,
    /// The seller's wallet, which gets the price.
    pub seller: &'a Address,
    /// Price of one purchase, in lamports.
    pub price: u64,
    /// Time that the seller has to deliver, in seconds.
    pub delivery_window: u32,
    /// The label, padded with zeros.
    pub label: &'a [u8; LABEL_LEN],
    /// The only wallet that may buy, or zeros if anyone may.
    pub only_buyer: &'a Address,
    /// The records' addresses, in the order's order.
    pub records: &'a [Address],
}

impl Terms<'_> {
    /// SHA-256 of the terms, which a purchase names.
    #[inline(always)]
    pub fn hash(&self) -> [u8; 32] {
        curve::hash(&[
            TERMS_DOMAIN,
            self.order.as_ref(),
            self.seller.as_ref(),
            &self.price.to_le_bytes(),
            &self.delivery_window.to_le_bytes(),
            self.label,
            self.only_buyer.as_ref(),
            bytemuck::cast_slice(self.records),
        ])
    }
}

impl Order {
    /// Checks an order's number of records, its price and its delivery window. `rent_minimum` is the rent minimum of an
    /// empty account: a price of at least that can be paid to a wallet that has no account yet.
    ///
    /// # Errors
    /// `OrderLength`, `PriceTooLow`, `DeliveryWindow`.
    pub fn require_valid(
        record_count: usize,
        price: u64,
        delivery_window: u32,
        rent_minimum: u64,
    ) -> core::result::Result<(), GenerionError> {
        require(
            (1..=MAX_ORDER_RECORDS).contains(&record_count),
            GenerionError::OrderLength,
        )?;
        Self::require_price_and_window(price, delivery_window, rent_minimum)
    }

    /// Checks the price and the delivery window of an order, as [`Self::require_valid`] does.
    ///
    /// # Errors
    /// `PriceTooLow`, `DeliveryWindow`.
    pub fn require_price_and_window(
        price: u64,
        delivery_window: u32,
        rent_minimum: u64,
    ) -> core::result::Result<(), GenerionError> {
        require(price >= rent_minimum, GenerionError::PriceTooLow)?;
        require(
            (MIN_DELIVERY_WINDOW..=MAX_DELIVERY_WINDOW).contains(&delivery_window),
            GenerionError::DeliveryWindow,
        )
    }

    /// The terms of this order, with the order's address and records.
    pub const fn terms<'a>(&'a self, address: &'a Address, records: &'a [Address]) -> Terms<'a> {
        Terms {
            order: address,
            seller: &self.seller,
            price: self.price,
            delivery_window: self.delivery_window,
            label: &self.label,
            only_buyer: &self.only_buyer,
            records,
        }
    }

    /// The only wallet that may buy, or `None` if anyone may.
    pub fn only_buyer(&self) -> Option<&Address> {
        (!address_eq(&self.only_buyer, &Address::default())).then_some(&self.only_buyer)
    }

    /// A label in its stored form, padded with zeros.
    ///
    /// # Errors
    /// `InvalidLabel` if the label is longer than [`LABEL_LEN`] bytes or contains a NUL.
    pub fn pad_label(label: &str) -> core::result::Result<[u8; LABEL_LEN], GenerionError> {
        let mut padded = [0; LABEL_LEN];
        Self::write_label(&mut padded, label)?;
        Ok(padded)
    }

    /// Writes a label into a field of zeros.
    ///
    /// # Errors
    /// The errors of [`Self::pad_label`].
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

    /// Whether the order accepts purchases.
    pub const fn is_open(&self) -> bool {
        self.open != 0
    }

    /// Counts a new purchase by `buyer`. `terms` is the hash of the order's terms, `agreed` of those that the buyer named.
    ///
    /// # Errors
    /// `OrderNotOpen`, `OwnOrder`, `BuyerNotAllowed`, `TermsChanged`.
    pub fn count_purchase(
        &mut self,
        buyer: &Address,
        terms: &[u8; 32],
        agreed: &[u8; 32],
    ) -> Result<()> {
        require(self.is_open(), GenerionError::OrderNotOpen)?;
        require(*buyer != self.seller, GenerionError::OwnOrder)?;
        require(
            self.only_buyer().is_none_or(|only| only == buyer),
            GenerionError::BuyerNotAllowed,
        )?;
        require(terms == agreed, GenerionError::TermsChanged)?;
        self.count_pending()
    }

    /// Counts a new purchase, whose buyer and terms the caller has checked.
    pub fn count_pending(&mut self) -> Result<()> {
        self.pending_purchases = self
            .pending_purchases
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Counts a pending purchase as settled.
    pub fn count_settled(&mut self) -> Result<()> {
        self.settled_purchases = self
            .settled_purchases
            .checked_add(1)
            .ok_or(GenerionError::Arithmetic)?;
        self.count_no_longer_pending()
    }

    /// Counts a pending purchase as no longer pending.
    pub fn count_no_longer_pending(&mut self) -> Result<()> {
        self.pending_purchases = self
            .pending_purchases
            .checked_sub(1)
            .ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }

    /// Stops the sales while purchases are pending.
    ///
    /// # Errors
    /// `PurchasesPending` if the sales are stopped already.
    pub fn stop_sales(&mut self) -> Result<()> {
        require(self.is_open(), GenerionError::PurchasesPending)?;
        self.open = 0;
        Ok(())
    }
}
