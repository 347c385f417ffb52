use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as PdaSigner};
use pinocchio_system::instructions::Transfer;

use crate::{
    account::with_remainder,
    args::instruction_args,
    constants::{STUDY_SEED, VAULT_SEED},
    error::{GenerionError, require},
    events::{BudgetWithdrawn, emit},
    ledger::{canonical_bump, now, rent},
    state::Study,
};

instruction_args! {
    /// Arguments of `withdraw_budget`.
    pub struct WithdrawBudgetArgs {
        /// The study's id.
        pub id: u64,
        /// Lamports to withdraw. If fewer than the rent minimum of an empty account would remain, the withdrawal includes the remainder.
        pub lamports: u64,
    }
}

/// Accounts of `withdraw_budget`.
#[derive(Accounts)]
pub struct WithdrawBudget {
    /// The study's sponsor. Gets the lamports.
    #[account(mut)]
    pub sponsor: Signer,
    /// The study's address. The study may be closed already.
    pub study: UncheckedAccount,
    /// The study's vault.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [VAULT_SEED, study.address().as_ref()], bump))]
    pub vault: UncheckedAccount,
    /// The system program, which transfers the lamports.
    pub system_program: Program<System>,
}

impl WithdrawBudget {
    /// Pays lamports out of the vault to the sponsor.
    #[inline(never)]
    pub fn withdraw_budget(&mut self, args: WithdrawBudgetArgs) -> Result<()> {
        let study = *self.study.address();
        let (sponsor, id) = (*self.sponsor.address(), args.id.to_le_bytes());
        canonical_bump(&study, &[STUDY_SEED, sponsor.as_ref(), &id])?;
        let seeds = [VAULT_SEED, study.as_ref()];
        let bump = [canonical_bump(self.vault.address(), &seeds)?];

        Study::require_over_or_gone(self.study.account(), now()?)?;
        require(args.lamports > 0, GenerionError::BudgetExhausted)?;
        let lamports = with_remainder(
            self.vault.account().lamports(),
            args.lamports,
            rent()?.try_minimum_balance(0)?,
        )?;
        let seeds = [
            Seed::from(VAULT_SEED),
            Seed::from(study.as_ref()),
            Seed::from(&bump),
        ];
        Transfer {
            from: self.vault.account(),
            to: self.sponsor.account(),
            lamports,
        }
        .invoke_signed(&[PdaSigner::from(&seeds)])?;
        emit(BudgetWithdrawn {
            study,
            sponsor,
            lamports: lamports.into(),
        });
        Ok(())
    }
}
