use alloc::vec::Vec;
use anchor_lang::prelude::*;

use crate::{
    account::pay,
    args::{Capsules, instruction_args},
    constants::MAX_DELIVERY_BATCH,
    error::{GenerionError, require},
    events::{Delivered, emit},
    proof::delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    state::{OrderAccount, Purchase, PurchaseAccount, RecordAccount},
};

instruction_args! {
    /// Arguments of `deliver`.
    pub struct DeliverArgs {
        /// Position in the order of the batch's first record.
        pub first: u8,
        /// Shows that the capsules hold what the records' capsules hold.
        pub proof: DeliveryProof,
        /// The records' group elements, encrypted to the buyer's key.
        pub capsules: Capsules,
    }
}

/// Accounts of `deliver`; the records of the batch follow, read-only, in the order's order. No signature is the
/// seller's: the proof shows that the seller's key made it.
#[derive(Accounts)]
pub struct Deliver {
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

impl Deliver {
    /// Checks the proof, stores the capsules, and pays the seller with the last one.
    #[inline(always)]
    pub fn deliver(&mut self, args: DeliverArgs, views: &[AccountView]) -> Result<()> {
        require(!self.purchase.is_settled(), GenerionError::AlreadySettled)?;
        let count = views.len();
        let first = usize::from(args.first);
        let slots = first..first.saturating_add(count);
        require(
            (1..=MAX_DELIVERY_BATCH).contains(&count)
                && args.capsules.0.len() == count
                && slots.end <= self.order.len(),
            GenerionError::BatchLength,
        )?;
        let (purchase, seller) = (*self.purchase.address(), self.purchase.seller);

        let mut records = Vec::with_capacity(count);
        for (id, view) in self.order.as_slice()[slots.clone()].iter().zip(views) {
            let record = RecordAccount::load(*view)?;
            require(
                *id == record.id && record.owner == seller,
                GenerionError::WrongRecord,
            )?;
            records.push(record);
        }
        let owner_key = &records[0].owner_key;
        let mut items = Vec::with_capacity(count);
        for (record, delivered) in records.iter().zip(args.capsules.0.iter()) {
            require(
                record.owner_key == *owner_key,
                GenerionError::MixedOwnerKeys,
            )?;
            items.push(DeliveryItem {
                record: record.address(),
                capsule: &record.capsule,
                delivered,
            });
        }
        DeliveryStatement {
            program_id: &crate::ID,
            purchase: &purchase,
            owner_key,
            buyer_key: &self.purchase.buyer_key,
            items: &items,
        }
        .verify(&args.proof)?;

        self.settle(&args, slots)
    }

    /// What a proven delivery changes.
    #[inline(always)]
    fn settle(&mut self, args: &DeliverArgs, slots: core::ops::Range<usize>) -> Result<()> {
        let count = slots.len() as u8;
        Purchase::fill(&mut self.purchase.as_mut_slice()[slots], &args.capsules.0)?;
        let complete = self.purchase.count_delivered(count)?;
        let lamports = if complete { self.purchase.price } else { 0 };
        if complete {
            self.order.settle_purchase()?;
            pay(self.purchase.view(), self.seller.account(), lamports)?;
        }
        emit(Delivered {
            purchase: *self.purchase.address(),
            order: self.purchase.order,
            seller: self.purchase.seller,
            buyer: self.purchase.buyer,
            first: args.first,
            count,
            lamports: lamports.into(),
        });
        Ok(())
    }
}
