use anchor_lang::prelude::*;

use super::seat::NewSeat;
use crate::{
    args::instruction_args,
    error::{GenerionError, require},
    events::{ParticipantAdmitted, emit},
    ledger::now,
    state::{ApplicationAccount, OrderAccount, Purchase, StudyAccount},
};

instruction_args! {
    /// Arguments of `admit`.
    pub struct AdmitArgs {
        /// SHA-256 of the order's terms that the admitter agrees to ([`Terms::hash`](crate::state::Terms::hash)).
        pub terms: [u8; 32],
    }
}

/// Accounts of `admit`.
#[derive(Accounts)]
pub struct Admit {
    /// The study's admitter.
    pub admitter: Signer,
    /// The study.
    #[account(mut, constraint = study.admitter == *admitter.address() @ GenerionError::WrongAdmitter)]
    pub study: StudyAccount,
    /// The study's vault. Pays price and rent of the seat.
    #[account(mut, constraint = *vault.address() == study.vault(study.address()) @ GenerionError::WrongStudy)]
    #[cfg_attr(feature = "idl-build", account(seeds = [crate::constants::VAULT_SEED, study.address().as_ref()], bump))]
    pub vault: UncheckedAccount,
    /// The application.
    #[account(mut, constraint = application.study == *study.address() @ GenerionError::WrongStudy)]
    pub application: ApplicationAccount,
    /// The wallet that paid the application's rent and gets it back.
    #[account(mut, unsafe(dup), address = application.rent_payer @ GenerionError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
    /// The participant's order.
    #[account(mut, constraint = *order.address() == application.order @ GenerionError::WrongOrder)]
    pub order: OrderAccount,
    /// The new seat.
    #[account(mut)]
    pub seat: UncheckedAccount,
    /// The system program, which creates the account and transfers the price.
    pub system_program: Program<System>,
}

impl Admit {
    /// Makes the seat, and closes the application.
    #[inline(never)]
    pub fn admit(&mut self, args: AdmitArgs) -> Result<()> {
        let vault = *self.vault.address();
        let bump = NewSeat::bump(self.seat.address(), &vault, &self.application.participant)?;

        let now = now()?;
        self.study.require_open(now)?;
        // The price goes to the order's seller. The seller of an order never changes, and `apply` has checked it.
        require(
            self.order.seller == self.application.participant,
            GenerionError::WrongSeller,
        )?;
        self.study
            .require_order(&vault, &self.order, self.order.len())?;
        let terms = self
            .order
            .terms(self.order.address(), self.order.as_slice())
            .hash();
        require(terms == args.terms, GenerionError::TermsChanged)?;
        let deadline = Purchase::deadline(now, self.study.delivery_window)?;

        // The seat comes first: the runtime compares balances at each call of another program, so no lamports may have moved
        // between accounts outside of the call.
        NewSeat {
            study: &mut self.study,
            vault: self.vault.account(),
            order: &mut self.order,
            seat: self.seat.account(),
            bump,
            terms: &terms,
            deadline,
        }
        .create()?;
        emit(ParticipantAdmitted {
            purchase: *self.seat.address(),
            order: *self.order.address(),
            seller: self.order.seller,
            buyer: vault,
            buyer_key: self.study.study_key,
            price: self.order.price.into(),
            deadline: deadline.into(),
            study: *self.study.address(),
            seats: self.study.seats.into(),
            application: *self.application.address(),
            rent_payer: self.application.rent_payer,
            lamports: self.application.view().lamports().into(),
            record_count: self.study.record_count,
        });
        self.application.close(*self.rent_payer.account())
    }
}
