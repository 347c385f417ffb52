use alloc::vec::Vec;
use anchor_lang::{address_eq, prelude::*};

use crate::{
    args::{Capsules, instruction_args},
    constants::MAX_DELIVERY_BATCH,
    curve::Point,
    error::{GenerionError, require},
    events::{Delivered, emit},
    ledger::now,
    proof::delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    state::{OrderAccount, Purchase, PurchaseAccount, RecordAccount},
};

instruction_args! {
    /// Arguments of `deliver`.
    pub struct DeliverArgs {
        /// `S`, the settle key: a canonical ristretto255 point other than the identity. The same in all deliveries of a
        /// purchase.
        pub settle_key: Point,
        /// Position of the batch's first record in the order.
        pub first: u8,
        /// Proof that the capsules hold the same group elements as the records' capsules.
        pub proof: DeliveryProof,
        /// The records' group elements, encrypted to `B + S`.
        pub capsules: Capsules,
    }
}

/// Accounts of `deliver`. The records of the batch follow, read-only, in the order's order. The seller does not sign: the
/// proof shows that it was made with the seller's key.
#[derive(Accounts)]
pub struct Deliver {
    /// The order.
    #[account(constraint = *order.address() == purchase.order @ GenerionError::WrongOrder)]
    pub order: OrderAccount,
    /// The purchase.
    #[account(mut)]
    pub purchase: PurchaseAccount,
}

impl Deliver {
    /// Checks the proof and stores the capsules. The last capsules lock the purchase.
    #[inline(never)]
    pub fn deliver(&mut self, args: &DeliverArgs, views: &[AccountView]) -> Result<()> {
        let now = now()?;
        self.purchase.require_deliverable(&args.settle_key, now)?;
        let count = views.len();
        let first = usize::from(args.first);
        let slots = first..first.saturating_add(count);
        require(
            (1..=MAX_DELIVERY_BATCH).contains(&count)
                && args.capsules.0.len() == count
                && slots.end <= self.order.len(),
            GenerionError::BatchLength,
        )?;

        let mut records = Vec::with_capacity(count);
        for (listed, view) in self.order.as_slice()[slots.clone()].iter().zip(views) {
            require(
                address_eq(listed, view.address()),
                GenerionError::WrongRecord,
            )?;
            records.push(RecordAccount::load(*view)?);
        }
        let mut items = Vec::with_capacity(count);
        for (record, delivered) in records.iter().zip(args.capsules.0.iter()) {
            items.push(DeliveryItem {
                record: record.address(),
                capsule: &record.capsule,
                delivered,
            });
        }
        DeliveryStatement {
            program_id: &crate::id::ID,
            purchase: self.purchase.address(),
            deadline: self.purchase.deadline,
            terms: &self.purchase.terms,
            // All records of an order are made for one key.
            owner_key: &records[0].owner_key,
            buyer_key: &self.purchase.buyer_key,
            settle_key: &args.settle_key,
            items: &items,
        }
        .verify(&args.proof)?;

        let count = slots.len() as u8;
        Purchase::fill(&mut self.purchase.as_mut_slice()[slots], &args.capsules.0)?;
        self.purchase
            .count_delivered(count, &args.settle_key, now)?;
        emit(Delivered {
            purchase: *self.purchase.address(),
            order: self.purchase.order,
            seller: self.purchase.seller,
            buyer: self.purchase.buyer,
            settle_key: args.settle_key,
            settle_by: self.purchase.settle_by.into(),
            first: args.first,
            count,
        });
        Ok(())
    }
}
