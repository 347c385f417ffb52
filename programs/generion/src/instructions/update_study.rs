use anchor_lang::prelude::*;

use crate::{
    args::instruction_args,
    error::GenerionError,
    events::{StudyUpdated, emit},
    ledger::now,
    state::StudyAccount,
};

instruction_args! {
    /// Arguments of `update_study`.
    pub struct UpdateStudyArgs {
        /// Unix time, in seconds, to which the study is extended, or nothing to end it with 300 seconds' notice.
        pub closes_at: Option<i64>,
    }
}

/// Accounts of `update_study`.
#[derive(Accounts)]
pub struct UpdateStudy {
    /// The study's sponsor.
    pub sponsor: Signer,
    /// The study.
    #[account(mut, constraint = study.sponsor == *sponsor.address() @ GenerionError::WrongSponsor)]
    pub study: StudyAccount,
}

impl UpdateStudy {
    /// Extends the study, or ends it. Neither is ever undone.
    #[inline(never)]
    pub fn update_study(&mut self, args: UpdateStudyArgs) -> Result<()> {
        self.study.update(args.closes_at, now()?)?;
        emit(StudyUpdated {
            study: *self.study.address(),
            sponsor: self.study.sponsor,
            closes_at: self.study.closes_at.into(),
        });
        Ok(())
    }
}
