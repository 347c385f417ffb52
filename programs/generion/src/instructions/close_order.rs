use anchor_lang::prelude::*;

use crate::{
    error::{GenerionError, require},
    events::{OrderClosed, SalesStopped, emit},
    state::{OrderAccount, RecordAccount},
};

/// Accounts of `close_order`. If no purchases are pending, all records of the order follow, writable, in the order's order.
#[derive(Accounts)]
pub struct CloseOrder {
    /// The order's seller.
    pub seller: Signer,
    /// The order.
    #[account(mut, constraint = order.seller == *seller.address() @ GenerionError::WrongSeller)]
    pub order: OrderAccount,
    /// The wallet that paid the order's rent and gets it back.
    #[account(mut, unsafe(dup), address = order.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl CloseOrder {
    /// Stops the sales if purchases are pending, otherwise unlists the records and closes the order.
    #[inline(always)]
    pub fn close_order(&mut self, records: &[AccountView]) -> Result<()> {
        let (order, seller) = (*self.order.address(), self.order.seller);
        if self.order.pending_purchases > 0 {
            self.order.stop_sales()?;
            let pending_purchases = self.order.pending_purchases.into();
            emit(SalesStopped {
                order,
                seller,
                pending_purchases,
            });
            return Ok(());
        }
        require(
            records.len() == self.order.len(),
            GenerionError::WrongRecord,
        )?;
        for (listed, view) in self.order.iter().zip(records) {
            require(listed == view.address(), GenerionError::WrongRecord)?;
            // SAFETY: nothing else refers to a record's data. The order's addresses are distinct, so no record is loaded
            // twice, and each view's address was compared with the order's.
            let mut record = unsafe { RecordAccount::load_mut(*view)? };
            record.unlist()?;
        }
        let lamports = self.order.view().lamports().into();
        emit(OrderClosed {
            order,
            seller,
            settled_purchases: self.order.settled_purchases.into(),
            rent_payer: self.order.rent_payer,
            lamports,
        });
        self.order.close(*self.rent_payer.account())
    }
}
