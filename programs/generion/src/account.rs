//! Creating, paying out of and closing the program's accounts.

use anchor_lang::{accounts::Slab, prelude::*};
use bytemuck::Pod;
use pinocchio::cpi::{Seed, Signer as PdaSigner};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

use crate::error::GenerionError;

/// Creates the account of a header `H` without a tail at a program-derived address; `payer` pays the rent minimum.
///
/// # Errors
/// `AccountAlreadyExists` where the address belongs to a program already; the system program's where `payer` can't pay.
#[inline(always)]
pub fn create<H>(payer: &AccountView, target: &AccountView, seeds: &[Seed]) -> Result<Account<H>>
where
    H: Pod + SlabSchema + Owner + Discriminator,
{
    allocate::<H>(payer, target, H::MIN_DATA_LEN, 0, seeds)?;
    // SAFETY: the account was created above, so nothing else holds a reference to its data.
    unsafe { Account::load_mut(*target) }
}

/// Creates the account of a header `H` and `tail_len` zeroed items `T`; `payer` pays the rent minimum, and `deposit` on
/// top of it in the same system call.
///
/// # Errors
/// As [`create`].
#[inline(always)]
pub fn create_with_tail<H, T>(
    payer: &AccountView,
    target: &AccountView,
    tail_len: usize,
    deposit: u64,
    seeds: &[Seed],
) -> Result<Slab<H, T>>
where
    H: Pod + SlabSchema + Owner + Discriminator,
    T: Pod,
{
    let tail_len = u32::try_from(tail_len).map_err(|_| GenerionError::Arithmetic)?;
    allocate::<H>(payer, target, Slab::<H, T>::try_space_for(tail_len)?, deposit, seeds)?;
    let mut view = *target;
    // A slab keeps its tail's length right behind the header.
    let len = view.try_borrow_mut()?.get_mut(H::MIN_DATA_LEN..).and_then(|tail| tail.first_chunk_mut()).map(|len| *len = tail_len.to_le_bytes());
    require!(len.is_some(), ProgramError::AccountDataTooSmall);
    // SAFETY: the account was created above, so nothing else holds a reference to its data.
    unsafe { Slab::load_mut(view) }
}

/// Lamports that somebody sent to the address beforehand lower the rent that is left to pay, never the deposit.
#[inline(always)]
fn allocate<H: Owner + Discriminator>(
    payer: &AccountView,
    target: &AccountView,
    space: usize,
    deposit: u64,
    seeds: &[Seed],
) -> Result<()> {
    require!(target.owned_by(&System::id()), GenerionError::AccountAlreadyExists);
    let rent = Rent::get()?.try_minimum_balance(space)?;
    let signer = [PdaSigner::from(seeds)];
    let held = target.lamports();
    if held == 0 {
        let lamports = rent.checked_add(deposit).ok_or(GenerionError::Arithmetic)?;
        CreateAccount { from: payer, to: target, lamports, space: space as u64, owner: &H::OWNER }
            .invoke_signed(&signer)?;
    } else {
        fund_and_assign::<H>(payer, target, space, rent.saturating_sub(held), deposit, &signer)?;
    }
    let mut view = *target;
    let mut data = view.try_borrow_mut()?;
    let discriminator = data.get_mut(..H::DISCRIMINATOR.len()).ok_or(ProgramError::AccountDataTooSmall)?;
    discriminator.copy_from_slice(H::DISCRIMINATOR);
    Ok(())
}

/// The way for an address that holds lamports already, which `CreateAccount` refuses.
#[cold]
#[inline(never)]
fn fund_and_assign<H: Owner>(
    payer: &AccountView,
    target: &AccountView,
    space: usize,
    rent: u64,
    deposit: u64,
    signer: &[PdaSigner],
) -> Result<()> {
    let lamports = rent.checked_add(deposit).ok_or(GenerionError::Arithmetic)?;
    if lamports > 0 {
        Transfer { from: payer, to: target, lamports }.invoke()?;
    }
    Allocate { account: target, space: space as u64 }.invoke_signed(signer)?;
    Assign { account: target, owner: &H::OWNER }.invoke_signed(signer)
}

/// Moves lamports from an account of this program to any account.
///
/// # Errors
/// `Arithmetic` where `from` does not hold them.
pub fn pay(from: &AccountView, to: &AccountView, lamports: u64) -> Result<()> {
    let (mut from, mut to) = (*from, *to);
    let left = from.lamports().checked_sub(lamports).ok_or(GenerionError::Arithmetic)?;
    // Debited before the credit is read: the sum stays right even if both are the same account.
    from.set_lamports(left);
    to.set_lamports(to.lamports().checked_add(lamports).ok_or(GenerionError::Arithmetic)?);
    Ok(())
}

/// The ledger's clock, in seconds since the Unix epoch.
pub fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}
