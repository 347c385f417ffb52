use anchor_lang::prelude::*;

use crate::{
    error::{GenerionError, require},
    events::{PurchaseClosed, emit},
    state::PurchaseAccount,
};

/// Accounts of `close_purchase`. The order is not among them, because it may be closed already.
#[derive(Accounts)]
pub struct ClosePurchase {
    /// The purchase's buyer. Gets the rent back.
    #[account(mut)]
    pub buyer: Signer,
    /// The purchase.
    #[account(mut, constraint = purchase.buyer == *buyer.address() @ GenerionError::WrongBuyer)]
    pub purchase: PurchaseAccount,
}

impl ClosePurchase {
    /// Closes a settled purchase.
    #[inline(always)]
    pub fn close_purchase(&mut self) -> Result<()> {
        require(self.purchase.is_settled(), GenerionError::NotSettled)?;
        emit(PurchaseClosed {
            purchase: *self.purchase.address(),
            order: self.purchase.order,
            seller: self.purchase.seller,
            buyer: self.purchase.buyer,
            lamports: self.purchase.view().lamports().into(),
        });
        self.purchase.close(*self.buyer.account())
    }
}
