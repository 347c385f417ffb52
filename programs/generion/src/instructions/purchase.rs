use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::instruction_args,
    constants::PURCHASE_SEED,
    curve::{self, Point},
    error::{GenerionError, require},
    events::{Purchased, emit},
    ledger::{canonical_bump, now, rent},
    state::{self, Escrow, OrderAccount},
};

instruction_args! {
    /// Arguments of `purchase`.
    pub struct PurchaseArgs {
        /// `B`, the buyer's key for this purchase: a canonical ristretto255 point other than the identity.
        pub buyer_key: Point,
        /// SHA-256 of the terms that the buyer agrees to ([`Terms::hash`](crate::state::Terms::hash)).
        pub terms: [u8; 32],
    }
}

/// Accounts of `purchase`.
#[derive(Accounts)]
pub struct Purchase {
    /// The buyer. Pays price and rent, and gets the rent back when the purchase is closed.
    #[account(mut)]
    pub buyer: Signer,
    /// The order.
    #[account(mut)]
    pub order: OrderAccount,
    /// The new purchase. An order and a buyer have at most one at a time.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [PURCHASE_SEED, order.address().as_ref(), buyer.address().as_ref()], bump))]
    pub purchase: UncheckedAccount,
    /// The system program, which creates the account and transfers the price.
    pub system_program: Program<System>,
}

impl Purchase {
    /// Creates the purchase with the price in escrow.
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
        let terms = self.order.terms(&order, self.order.as_slice()).hash();
        self.order.count_purchase(&buyer, &terms, &args.terms)?;
        let deadline = state::Purchase::deadline(now()?, delivery_window)?;

        let seller = self.order.seller;
        Escrow {
            order: &order,
            seller: &seller,
            buyer: &buyer,
            buyer_key: &args.buyer_key,
            price,
            deadline,
            terms: &terms,
            record_count,
            is_seat: false,
        }
        .create(&NewPda {
            payer: self.buyer.account(),
            payer_seeds: &[],
            target: self.purchase.account(),
            seeds: &seeds,
            bump,
            rent: rent()?,
            deposit: price,
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
