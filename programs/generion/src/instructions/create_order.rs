use alloc::string::String;
use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::instruction_args,
    constants::{ACCOUNT_VERSION, LABEL_LEN, ORDER_SEED},
    error::{GenerionError, require},
    events::{OrderCreated, OrderTerms},
    ledger::{canonical_bump, now, rent},
    state::{Order, RecordAccount, UserAccount},
};

instruction_args! {
    /// Arguments of `create_order`.
    pub struct CreateOrderArgs {
        /// The seller's next order id.
        pub id: u64,
        /// Price of one purchase, in lamports: at least the rent minimum of an empty account.
        pub price: u64,
        /// Time that the seller has to deliver a purchase, in seconds: 600 to 2,592,000.
        pub delivery_window: u32,
        /// The only wallet that may buy, or nothing if anyone may. An address of zeros is refused.
        pub only_buyer: Option<Address>,
        /// Public description of the records: at most 64 bytes of UTF-8 without NUL.
        pub label: String as &'ix [u8],
    }
}

/// Accounts of `create_order`. The records follow, writable, with strictly increasing addresses.
#[derive(Accounts)]
pub struct CreateOrder {
    /// The owner of the records.
    pub seller: Signer,
    /// Pays the rent, and gets it back when the order is closed. May be the seller.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The seller's User account, which counts the seller's orders.
    #[account(mut, constraint = user.wallet == *seller.address() @ GenerionError::WrongUser)]
    #[cfg_attr(feature = "idl-build", account(seeds = [crate::constants::USER_SEED, seller.address().as_ref()], bump))]
    pub user: UserAccount,
    /// The new order. Its address follows from the seller and the seller's next order id.
    #[account(mut)]
    pub order: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl CreateOrder {
    /// Creates the order and lists its records.
    #[inline(always)]
    pub fn create_order(&mut self, args: CreateOrderArgs, records: &[AccountView]) -> Result<()> {
        let seller = *self.seller.address();
        let id = self.user.next_order_id.to_le_bytes();
        let seeds = [ORDER_SEED, seller.as_ref(), &id];
        let bump = canonical_bump(self.order.address(), &seeds)?;

        let rent = rent()?;
        let rent_minimum = rent.try_minimum_balance(0)?;
        Order::require_valid(
            records.len(),
            args.price,
            args.delivery_window,
            rent_minimum,
        )?;
        // An order that anyone may buy has one encoding.
        let only_buyer = args.only_buyer.unwrap_or_default();
        require(
            args.only_buyer.is_none() || only_buyer != Address::default(),
            GenerionError::BuyerNotAllowed,
        )?;
        self.user.add_order(args.id)?;

        let created_at = now()?;
        NewPda {
            payer: self.payer.account(),
            payer_seeds: &[],
            target: self.order.account(),
            seeds: &seeds,
            bump,
            rent,
            deposit: 0,
        }
        .create_with_tail(
            records.len(),
            |order: &mut Order, listed: &mut [Address]| {
                *order = Order {
                    version: ACCOUNT_VERSION,
                    bump,
                    open: 1,
                    reserved: 0,
                    pending_purchases: 0,
                    id: args.id,
                    created_at,
                    rent_payer: *self.payer.address(),
                    seller,
                    price: args.price,
                    delivery_window: args.delivery_window,
                    label: [0; LABEL_LEN],
                    only_buyer,
                    settled_purchases: 0,
                };
                Order::write_label(&mut order.label, &args.label)?;
                let mut previous = None;
                let mut owner_key = None;
                for (slot, view) in listed.iter_mut().zip(records) {
                    // SAFETY: nothing else refers to a record's data. The addresses are strictly increasing, or
                    // the instruction fails, so no record is loaded twice.
                    let mut record = unsafe { RecordAccount::load_mut(*view)? };
                    require(record.owner == seller, GenerionError::WrongOwner)?;
                    require(previous < Some(view.address()), GenerionError::RecordOrder)?;
                    require(
                        *owner_key.get_or_insert(record.owner_key) == record.owner_key,
                        GenerionError::MixedOwnerKeys,
                    )?;
                    record.list()?;
                    *slot = *view.address();
                    previous = Some(view.address());
                }
                OrderCreated::emit(
                    OrderTerms {
                        order: *self.order.address(),
                        seller,
                        rent_payer: *self.payer.address(),
                        id: args.id.into(),
                        price: args.price.into(),
                        created_at: created_at.into(),
                        delivery_window: args.delivery_window.into(),
                    },
                    args.only_buyer.as_ref(),
                    &args.label,
                    listed,
                );
                Ok(())
            },
        )
    }
}
