//! The creation of a seat, which `join_study` and `admit` share, so that their seats can't differ.

use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    account::{NewPda, left_to_pay, with_remainder},
    constants::{SEAT_SEED, VAULT_SEED},
    ledger::{canonical_bump, rent},
    proof::Capsule,
    state::{Escrow, OrderAccount, Purchase, StudyAccount},
};

/// The inputs of a new seat.
pub(super) struct NewSeat<'a> {
    /// The study.
    pub study: &'a mut StudyAccount,
    /// The study's vault, which pays.
    pub vault: &'a AccountView,
    /// The participant's order.
    pub order: &'a mut OrderAccount,
    /// The seat's address.
    pub seat: &'a AccountView,
    /// The bump of the seat's address.
    pub bump: u8,
    /// SHA-256 of the order's terms.
    pub terms: &'a [u8; 32],
    /// Time until which the participant should deliver: Unix time in seconds.
    pub deadline: i64,
}

impl NewSeat<'_> {
    /// The bump of a seat's address.
    ///
    /// # Errors
    /// `InvalidSeeds` if this is not the participant's seat in the study with this vault.
    #[inline(always)]
    pub(super) fn bump(seat: &Address, vault: &Address, participant: &Address) -> Result<u8> {
        canonical_bump(seat, &[SEAT_SEED, vault.as_ref(), participant.as_ref()])
    }

    /// Creates the seat with the price in escrow. The vault pays price and rent, and signs by its seeds.
    ///
    /// # Errors
    /// `BudgetExhausted`, `AccountAlreadyExists`, `Arithmetic`.
    #[inline(always)]
    pub(super) fn create(self) -> Result<()> {
        let Self {
            study,
            vault,
            order,
            seat,
            bump,
            terms,
            deadline,
        } = self;
        let price = order.price;
        let rent = rent()?;
        let space = Slab::<Purchase, Capsule>::try_space_for(u32::from(study.record_count))?;
        let seat_rent = rent.try_minimum_balance(space)?;
        let cost = left_to_pay(seat_rent, seat.lamports(), price)?;
        let paid = with_remainder(vault.lamports(), cost, rent.try_minimum_balance(0)?)?;
        // A remainder of the vault counts as rent of the seat, so a refund or `close_seat` returns it to the vault.
        let deposit = price.saturating_add(paid.saturating_sub(cost));

        study.count_seat()?;
        order.count_pending()?;
        let (study_address, vault_bump) = (*study.address(), [study.vault_bump]);
        Escrow {
            order: order.address(),
            seller: &order.seller,
            buyer: vault.address(),
            buyer_key: &study.study_key,
            price,
            deadline,
            terms,
            record_count: study.record_count,
            is_seat: true,
        }
        .create(&NewPda {
            payer: vault,
            payer_seeds: &[VAULT_SEED, study_address.as_ref(), &vault_bump],
            target: seat,
            seeds: &[SEAT_SEED, vault.address().as_ref(), order.seller.as_ref()],
            bump,
            rent,
            deposit,
        })
    }
}
