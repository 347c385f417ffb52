use anchor_lang::prelude::*;

use crate::{
    account::pay,
    args::instruction_args,
    curve::Scalar,
    error::GenerionError,
    events::{Settled, emit},
    state::{OrderAccount, PurchaseAccount},
};

instruction_args! {
    /// Arguments of `settle`.
    pub struct SettleArgs {
        /// `s`, the settle secret: the canonical scalar with `sG = S`, the purchase's settle key.
        pub settle_secret: Scalar,
    }
}

/// Accounts of `settle`. The seller does not sign: only the seller can have given the secret away.
#[derive(Accounts)]
pub struct Settle {
    /// The purchase's seller. Gets the price.
    #[account(mut, address = purchase.seller @ GenerionError::WrongSeller)]
    pub seller: UncheckedAccount,
    /// The order.
    #[account(mut, constraint = *order.address() == purchase.order @ GenerionError::WrongOrder)]
    pub order: OrderAccount,
    /// The purchase.
    #[account(mut)]
    pub purchase: PurchaseAccount,
}

impl Settle {
    /// Stores the settle secret, with which the buyer opens the delivered capsules, and pays the seller.
    #[inline(always)]
    pub fn settle(&mut self, args: SettleArgs) -> Result<()> {
        self.purchase.settle(&args.settle_secret)?;
        self.order.count_settled()?;
        let lamports = self.purchase.price;
        pay(self.purchase.view(), self.seller.account(), lamports)?;
        emit(Settled {
            purchase: *self.purchase.address(),
            order: self.purchase.order,
            seller: self.purchase.seller,
            buyer: self.purchase.buyer,
            settle_secret: args.settle_secret,
            lamports: lamports.into(),
        });
        Ok(())
    }
}
