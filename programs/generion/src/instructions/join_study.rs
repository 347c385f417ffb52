use anchor_lang::{address_eq, prelude::*};

use super::seat::NewSeat;
use crate::{
    args::{Disclosures, instruction_args},
    error::{GenerionError, require},
    events::{StudyJoined, emit},
    ledger::now,
    state::{Admission, OrderAccount, RecordAccount, StudyAccount},
};

instruction_args! {
    /// Arguments of `join_study`.
    pub struct JoinStudyArgs {
        /// SHA-256 of the file with the description that the participant agrees to.
        pub description_hash: [u8; 32],
        /// Unix time, in seconds, until which the participant will deliver: at most the study's delivery window from now.
        pub deadline: i64,
        /// One disclosure for each record and group of requirements: by record, then by group.
        pub disclosures: Disclosures,
    }
}

/// Accounts of `join_study`. All records of the order follow, read-only, in the order's order.
#[derive(Accounts)]
pub struct JoinStudy {
    /// The participant, who owns the records and made the order.
    pub participant: Signer,
    /// The study.
    #[account(mut, constraint = study.sponsor != *participant.address() @ GenerionError::OwnStudy)]
    pub study: StudyAccount,
    /// The study's vault. Pays price and rent of the seat.
    #[account(mut, constraint = *vault.address() == study.vault(study.address()) @ GenerionError::WrongStudy)]
    #[cfg_attr(feature = "idl-build", account(seeds = [crate::constants::VAULT_SEED, study.address().as_ref()], bump))]
    pub vault: UncheckedAccount,
    /// The participant's order, which only the vault may buy.
    #[account(mut, constraint = order.seller == *participant.address() @ GenerionError::WrongSeller)]
    pub order: OrderAccount,
    /// The new seat. A wallet has at most one in a study.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [crate::constants::SEAT_SEED, vault.address().as_ref(), participant.address().as_ref()], bump))]
    pub seat: UncheckedAccount,
    /// The system program, which creates the account and transfers the price.
    pub system_program: Program<System>,
}

impl JoinStudy {
    /// Checks the participant's disclosures, and creates the seat.
    #[inline(never)]
    pub fn join_study(&mut self, args: &JoinStudyArgs, records: &[AccountView]) -> Result<()> {
        let vault = *self.vault.address();
        let bump = NewSeat::bump(self.seat.address(), &vault, self.participant.address())?;

        let now = now()?;
        self.study
            .require_agreed(Admission::Open, &args.description_hash, now)?;
        self.study
            .require_order(&vault, &self.order, self.order.len())?;
        self.study.require_deadline(args.deadline, now)?;
        let groups = usize::from(self.study.group_count);
        let disclosures = args.disclosures.0.as_slice();
        require(
            records.len() == self.order.len()
                && disclosures.len() == records.len().saturating_mul(groups),
            GenerionError::DisclosureCount,
        )?;
        let criteria = self.study.criteria(self.study.as_slice())?;
        for (index, (listed, view)) in self.order.iter().zip(records).enumerate() {
            require(
                address_eq(listed, view.address()),
                GenerionError::WrongRecord,
            )?;
            let first = index.saturating_mul(groups);
            let disclosed = disclosures
                .get(first..first.saturating_add(groups))
                .ok_or(GenerionError::DisclosureCount)?;
            let record = RecordAccount::load(*view)?;
            criteria.require_met(&record, disclosed)?;
        }

        let terms = self
            .order
            .terms(self.order.address(), self.order.as_slice())
            .hash();
        NewSeat {
            study: &mut self.study,
            vault: self.vault.account(),
            order: &mut self.order,
            seat: self.seat.account(),
            bump,
            terms: &terms,
            deadline: args.deadline,
        }
        .create()?;
        emit(StudyJoined {
            purchase: *self.seat.address(),
            order: *self.order.address(),
            seller: self.order.seller,
            buyer: vault,
            buyer_key: self.study.study_key,
            price: self.order.price.into(),
            deadline: args.deadline.into(),
            study: *self.study.address(),
            seats: self.study.seats.into(),
            record_count: self.study.record_count,
        });
        Ok(())
    }
}
