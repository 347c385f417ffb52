use anchor_lang::prelude::*;

use crate::{
    error::GenerionError,
    events::{StudyClosed, emit},
    ledger::now,
    state::StudyAccount,
};

/// Accounts of `close_study`.
#[derive(Accounts)]
pub struct CloseStudy {
    /// The study's sponsor.
    pub sponsor: Signer,
    /// The study.
    #[account(mut, constraint = study.sponsor == *sponsor.address() @ GenerionError::WrongSponsor)]
    pub study: StudyAccount,
    /// The wallet that paid the study's rent and gets it back.
    #[account(mut, unsafe(dup), address = study.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl CloseStudy {
    /// Closes a study that is over. Its seats live on, and its vault keeps the budget.
    #[inline(never)]
    pub fn close_study(&mut self) -> Result<()> {
        self.study.require_over(now()?)?;
        emit(StudyClosed {
            study: *self.study.address(),
            sponsor: self.study.sponsor,
            seats: self.study.seats.into(),
            rent_payer: self.study.rent_payer,
            lamports: self.study.view().lamports().into(),
        });
        self.study.close(*self.rent_payer.account())
    }
}
