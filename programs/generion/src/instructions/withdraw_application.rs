use anchor_lang::prelude::*;

use crate::{
    error::{GenerionError, require},
    events::{ApplicationWithdrawn, emit},
    ledger::now,
    state::{ApplicationAccount, Study},
};

/// Accounts of `withdraw_application`.
#[derive(Accounts)]
pub struct WithdrawApplication {
    /// The participant, at any time, or the rent payer once the study is over or gone.
    pub authority: Signer,
    /// The study's address. The study may be closed already.
    #[account(address = application.study @ GenerionError::WrongStudy)]
    pub study: UncheckedAccount,
    /// The application.
    #[account(mut)]
    pub application: ApplicationAccount,
    /// The wallet that paid the application's rent and gets it back.
    #[account(mut, unsafe(dup), address = application.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl WithdrawApplication {
    /// Closes the application.
    #[inline(never)]
    pub fn withdraw_application(&mut self) -> Result<()> {
        let authority = *self.authority.address();
        if authority != self.application.participant {
            require(
                authority == self.application.rent_payer,
                GenerionError::WrongParticipant,
            )?;
            Study::require_over_or_gone(self.study.account(), now()?)?;
        }
        emit(ApplicationWithdrawn {
            application: *self.application.address(),
            study: self.application.study,
            participant: self.application.participant,
            authority,
            rent_payer: self.application.rent_payer,
            lamports: self.application.view().lamports().into(),
        });
        self.application.close(*self.rent_payer.account())
    }
}
