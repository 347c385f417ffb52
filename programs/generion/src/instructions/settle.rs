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
        /// `s`: the canonical scalar behind the purchase's settle key, `sG = S`.
        pub settle_secret: Scalar,
    }
}

/// Accounts of `settle`. No signature is the seller's: whoever knows the secret has it from the seller.
#[derive(Accounts)]
pub struct Settle {
    /// The wallet that the price goes to.
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
    /// Shows the secret that opens the delivered capsules, with the buyer's, and pays the seller.
    #[inline(always)]
    pub fn settle(&mut self, args: SettleArgs) -> Result<()> {
        self.purchase.settle(&args.settle_secret)?;
        self.order.settle_purchase()?;
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
