use anchor_lang::prelude::*;

use crate::{
    error::GenerionError,
    events::{Refunded, emit},
    ledger::now,
    state::{OrderAccount, PurchaseAccount},
};

/// Accounts of `refund`.
#[derive(Accounts)]
pub struct Refund {
    /// The seller until the purchase is locked; anyone from 300 s after the deadline or, once locked, after the time to
    /// settle.
    pub authority: Signer,
    /// The wallet that gets price and rent back.
    #[account(mut, unsafe(dup), address = purchase.buyer @ GenerionError::WrongBuyer)]
    pub buyer: UncheckedAccount,
    /// The order.
    #[account(mut, constraint = *order.address() == purchase.order @ GenerionError::WrongOrder)]
    pub order: OrderAccount,
    /// The purchase.
    #[account(mut)]
    pub purchase: PurchaseAccount,
}

impl Refund {
    /// Closes the purchase to its buyer.
    #[inline(always)]
    pub fn refund(&mut self) -> Result<()> {
        let authority = *self.authority.address();
        self.purchase.require_refundable(&authority, now()?)?;
        self.order.drop_purchase()?;
        emit(Refunded {
            purchase: *self.purchase.address(),
            order: self.purchase.order,
            seller: self.purchase.seller,
            buyer: self.purchase.buyer,
            authority,
            price: self.purchase.price.into(),
            lamports: self.purchase.view().lamports().into(),
        });
        self.purchase.close(*self.buyer.account())
    }
}
