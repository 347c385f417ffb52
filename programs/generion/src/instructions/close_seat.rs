use anchor_lang::prelude::*;

use crate::{
    args::instruction_args,
    constants::{STUDY_SEED, VAULT_SEED},
    error::{GenerionError, require},
    events::{SeatClosed, emit},
    ledger::{canonical_bump, now},
    state::{PurchaseAccount, Study},
};

instruction_args! {
    /// Arguments of `close_seat`.
    pub struct CloseSeatArgs {
        /// The study's id.
        pub id: u64,
    }
}

/// Accounts of `close_seat`.
#[derive(Accounts)]
pub struct CloseSeat {
    /// The study's sponsor.
    pub sponsor: Signer,
    /// The study's address. The study may be closed already.
    pub study: UncheckedAccount,
    /// The study's vault. Gets the rent back.
    #[account(mut, constraint = *vault.address() == seat.buyer @ GenerionError::WrongBuyer)]
    #[cfg_attr(feature = "idl-build", account(seeds = [VAULT_SEED, study.address().as_ref()], bump))]
    pub vault: UncheckedAccount,
    /// The seat.
    #[account(mut)]
    pub seat: PurchaseAccount,
}

impl CloseSeat {
    /// Closes a settled seat. Until the study is over, the seat shows that its participant was paid.
    #[inline(never)]
    pub fn close_seat(&mut self, args: CloseSeatArgs) -> Result<()> {
        let study = *self.study.address();
        let id = args.id.to_le_bytes();
        canonical_bump(&study, &[STUDY_SEED, self.sponsor.address().as_ref(), &id])?;
        canonical_bump(self.vault.address(), &[VAULT_SEED, study.as_ref()])?;

        require(self.seat.is_settled(), GenerionError::NotSettled)?;
        Study::require_over_or_gone(self.study.account(), now()?)?;
        emit(SeatClosed {
            purchase: *self.seat.address(),
            order: self.seat.order,
            seller: self.seat.seller,
            buyer: self.seat.buyer,
            study,
            lamports: self.seat.view().lamports().into(),
        });
        self.seat.close(*self.vault.account())
    }
}
