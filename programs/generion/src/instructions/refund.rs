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
    /// The seller until the purchase is locked. Anyone from 300 seconds after the deadline or, if the purchase is locked,
    /// after the later of the deadline and the end of the time to settle.
    pub authority: Signer,
    /// The purchase's buyer, or the vault of a seat's study. Gets price and rent back.
    #[account(mut, unsafe(dup), address = purchase.buyer @ GenerionError::WrongBuyer)]
    pub buyer: UncheckedAccount,
    /// The order.
    #[account(mut, constraint = *order.address() == purchase.order @ GenerionError::WrongOrder)]
    pub order: OrderAccount,
    /// The purchase. In the IDL it has no seeds, because the seeds of a seat and of a wallet's purchase differ.
    #[account(mut)]
    pub purchase: PurchaseAccount,
}

impl Refund {
    /// Closes the purchase and pays all its lamports to the buyer.
    #[inline(always)]
    pub fn refund(&mut self) -> Result<()> {
        let authority = *self.authority.address();
        self.purchase.require_refundable(&authority, now()?)?;
        self.order.count_no_longer_pending()?;
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
