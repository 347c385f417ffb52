//! Creating and emptying accounts.

use pinocchio::{
    AccountView, Address, ProgramResult,
    cpi::{Seed, Signer},
    error::ProgramError,
    sysvars::{Sysvar, clock::Clock, rent::Rent},
};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

use crate::{error, layout::Layout};

/// Creates an account with `tail` bytes behind its fixed part, which has its tag and is zero otherwise, and moves
/// `deposit` lamports into it with the rent. The runtime checks that the seeds derive the address.
///
/// # Safety
/// As of [`crate::layout::open`].
#[inline(always)]
pub unsafe fn create<'a, T: Layout>(
    id: &Address,
    payer: &AccountView,
    target: &AccountView,
    tail: usize,
    deposit: u64,
    seeds: &[Seed],
) -> Result<&'a mut T, ProgramError> {
    let space = size_of::<T>() + tail;
    let lamports = Rent::get()?
        .try_minimum_balance(space)?
        .checked_add(deposit)
        .ok_or(error::DATA)?;
    let signer = [Signer::from(seeds)];
    if target.lamports() == 0 {
        CreateAccount {
            from: payer,
            to: target,
            lamports,
            space: space as u64,
            owner: id,
        }
        .invoke_signed(&signer)?;
    } else {
        create_prefunded(id, payer, target, space as u64, lamports, &signer)?;
    }
    let data = target.data_ptr().cast_mut();
    // SAFETY: the account has the bytes of `T` now.
    unsafe {
        *data = T::TAG;
        Ok(&mut *data.cast())
    }
}

#[cold]
#[inline(never)]
fn create_prefunded(
    id: &Address,
    payer: &AccountView,
    target: &AccountView,
    space: u64,
    lamports: u64,
    signer: &[Signer],
) -> ProgramResult {
    let lamports = lamports.saturating_sub(target.lamports());
    if lamports > 0 {
        Transfer {
            from: payer,
            to: target,
            lamports,
        }
        .invoke()?;
    }
    Allocate {
        account: target,
        space,
    }
    .invoke_signed(signer)?;
    Assign {
        account: target,
        owner: id,
    }
    .invoke_signed(signer)
}

/// Moves all that an account holds and closes it.
///
/// # Safety
/// Nothing refers to the account's data any more.
#[inline(always)]
pub unsafe fn empty(account: &mut AccountView, to: &mut AccountView) {
    to.set_lamports(to.lamports() + account.lamports());
    account.set_lamports(0);
    // SAFETY: by the caller.
    unsafe { account.close_unchecked() }
}

#[inline(always)]
pub fn require_signature(account: &AccountView) -> ProgramResult {
    if account.is_signer() {
        Ok(())
    } else {
        Err(error::SIGNATURE)
    }
}

#[inline(always)]
pub fn now() -> Result<i64, ProgramError> {
    Ok(Clock::get()?.unix_timestamp)
}
