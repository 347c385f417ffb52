use anchor_lang::prelude::*;

use crate::{
    account::NewAccount,
    args::instruction_args,
    constants::{ACCOUNT_VERSION, PURCHASE_SEED},
    curve::{self, Point},
    error::{GenerionError, require},
    events::{Purchased, emit},
    ledger::{canonical_bump, now, rent},
    proof::Capsule,
    state::{OrderAccount, Purchase, PurchaseStatus, Terms},
};

instruction_args! {
    /// Arguments of `purchase`.
    pub struct PurchaseArgs {
        /// `B`: the buyer's key for this purchase, a canonical ristretto255 point other than the identity.
        pub buyer_key: Point,
        /// The price that the buyer expects, in lamports.
        pub price: u64,
        /// The delivery window that the buyer expects, in seconds.
        pub delivery_window: u32,
        /// The number of records that the buyer expects.
        pub record_count: u8,
    }
}

/// Accounts of `purchase`.
#[derive(Accounts)]
pub struct MakePurchase {
    /// Pays price and rent, and gets the rent back.
    #[account(mut)]
    pub buyer: Signer,
    /// The order.
    #[account(mut)]
    pub order: OrderAccount,
    /// The purchase, one for each order and buyer at a time.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [PURCHASE_SEED, order.address().as_ref(), buyer.address().as_ref()], bump))]
    pub purchase: UncheckedAccount,
    /// Creates the account and moves the price.
    pub system_program: Program<System>,
}

impl MakePurchase {
    /// Puts the price into escrow.
    #[inline(always)]
    pub fn purchase(&mut self, args: PurchaseArgs) -> Result<()> {
        let (order, buyer) = (*self.order.address(), *self.buyer.address());
        let seeds = [PURCHASE_SEED, order.as_ref(), buyer.as_ref()];
        let bump = canonical_bump(self.purchase.address(), &seeds)?;

        require(
            curve::is_valid_key(&args.buyer_key),
            GenerionError::InvalidPoint,
        )?;
        let records = self.order.len();
        let record_count = u8::try_from(records).map_err(|_| GenerionError::Arithmetic)?;
        let (price, delivery_window) = (self.order.price, self.order.delivery_window);
        let terms = Terms {
            price,
            record_count,
            delivery_window,
        };
        let expected = Terms {
            price: args.price,
            record_count: args.record_count,
            delivery_window: args.delivery_window,
        };
        self.order.sell(&buyer, &terms, &expected)?;
        let deadline = Purchase::deadline(now()?, delivery_window)?;

        let seller = self.order.seller;
        NewAccount {
            payer: self.buyer.account(),
            target: self.purchase.account(),
            seeds: &seeds,
            bump,
            rent: rent()?,
            deposit: price,
        }
        .create_with_tail(records, |purchase: &mut Purchase, _: &mut [Capsule]| {
            *purchase = Purchase {
                version: ACCOUNT_VERSION,
                bump,
                status: PurchaseStatus::Pending as u8,
                record_count,
                delivered_count: 0,
                reserved: [0; 3],
                price,
                deadline,
                order,
                seller,
                buyer,
                buyer_key: args.buyer_key,
            };
            Ok(())
        })?;
        emit(Purchased {
            purchase: *self.purchase.address(),
            order,
            seller,
            buyer,
            buyer_key: args.buyer_key,
            price: price.into(),
            deadline: deadline.into(),
            record_count,
        });
        Ok(())
    }
}
