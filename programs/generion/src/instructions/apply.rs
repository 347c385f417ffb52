use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::{Rest, instruction_args},
    constants::{ACCOUNT_VERSION, APPLICATION_SEED},
    error::GenerionError,
    events::{StudyApplied, emit},
    ledger::{canonical_bump, now, rent},
    state::{Admission, Application, OrderAccount, StudyAccount},
};

instruction_args! {
    /// Arguments of `apply`.
    pub struct ApplyArgs {
        /// SHA-256 of the file with the description that the participant agrees to.
        pub description_hash: [u8; 32],
        /// A letter to the sponsor, sealed to the study's key: 1 to 736 bytes.
        pub letter: Rest,
    }
}

/// Accounts of `apply`.
#[derive(Accounts)]
pub struct Apply {
    /// The participant, who made the order.
    pub participant: Signer,
    /// Pays the rent, and gets it back when the application is decided or withdrawn. May be the participant.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The study.
    #[account(constraint = study.sponsor != *participant.address() @ GenerionError::OwnStudy)]
    pub study: StudyAccount,
    /// The participant's order, which only the study's vault may buy.
    #[account(constraint = order.seller == *participant.address() @ GenerionError::WrongSeller)]
    pub order: OrderAccount,
    /// The new application. A wallet has at most one in a study.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [APPLICATION_SEED, study.address().as_ref(), participant.address().as_ref()], bump))]
    pub application: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl Apply {
    /// Stores the letter.
    #[inline(never)]
    pub fn apply(&mut self, args: &ApplyArgs) -> Result<()> {
        let (study, participant) = (*self.study.address(), *self.participant.address());
        let seeds = [APPLICATION_SEED, study.as_ref(), participant.as_ref()];
        let bump = canonical_bump(self.application.address(), &seeds)?;

        let letter = args.letter.0.as_slice();
        let created_at = now()?;
        self.study
            .require_agreed(Admission::Selection, &args.description_hash, created_at)?;
        Application::require_letter(letter)?;
        let vault = self.study.vault(&study);
        self.study
            .require_order(&vault, &self.order, self.order.len())?;

        let order = *self.order.address();
        let rent_payer = *self.payer.address();
        NewPda {
            payer: self.payer.account(),
            payer_seeds: &[],
            target: self.application.account(),
            seeds: &seeds,
            bump,
            rent: rent()?,
            deposit: 0,
        }
        .create_with_tail(
            letter.len(),
            |application: &mut Application, stored: &mut [u8]| {
                *application = Application {
                    version: ACCOUNT_VERSION,
                    bump,
                    reserved: [0; 6],
                    created_at,
                    study,
                    order,
                    participant,
                    rent_payer,
                };
                stored.copy_from_slice(letter);
                Ok(())
            },
        )?;
        emit(StudyApplied {
            application: *self.application.address(),
            study,
            order,
            participant,
            rent_payer,
            created_at: created_at.into(),
        });
        Ok(())
    }
}
