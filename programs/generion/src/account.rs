//! Creates the program's accounts, and pays lamports out of them.

use anchor_lang::{accounts::Slab, prelude::*};
use bytemuck::Pod;
use pinocchio::cpi::{Seed, Signer as PdaSigner};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

use crate::error::{GenerionError, require};

/// The largest number of seeds that an address of the program has, without the bump.
pub(crate) const MAX_SEEDS: usize = 3;

/// A new account at a program-derived address.
pub struct NewPda<'a> {
    /// Pays the rent minimum and the deposit.
    pub payer: &'a AccountView,
    /// The payer's seeds and bump, if the payer is a program-derived address: the program signs for it. Empty if the payer
    /// is a wallet, which signed the transaction.
    pub payer_seeds: &'a [&'a [u8]],
    /// The address.
    pub target: &'a AccountView,
    /// The address's seeds.
    pub seeds: &'a [&'a [u8]],
    /// The address's [`canonical_bump`](crate::ledger::canonical_bump).
    pub bump: u8,
    /// The ledger's rent.
    pub rent: Rent,
    /// Lamports on top of the rent minimum, moved in the same system call.
    pub deposit: u64,
}

impl NewPda<'_> {
    /// Creates the account without a tail. `fill` gets its header, filled with zeros.
    ///
    /// # Errors
    /// `AccountAlreadyExists` if a program owns the address already; an error of the system program if the payer can't
    /// pay.
    #[inline(always)]
    pub fn create<H>(&self, fill: impl FnOnce(&mut H)) -> Result<()>
    where
        H: Pod + Owner + Discriminator,
    {
        self.allocate(Account::<H>::INIT_SPACE)?;
        let mut view = *self.target;
        let mut data = view.try_borrow_mut()?;
        let (header, _) = split_header(&mut data)?;
        fill(header);
        Ok(())
    }

    /// Creates the account with a tail of `len` items. `fill` gets header and tail, filled with zeros.
    ///
    /// # Errors
    /// The errors of [`Self::create`] and those of `fill`.
    #[inline(always)]
    pub fn create_with_tail<H, T>(
        &self,
        len: usize,
        fill: impl FnOnce(&mut H, &mut [T]) -> Result<()>,
    ) -> Result<()>
    where
        H: Pod + Owner + Discriminator,
        T: Pod,
    {
        // A slab stores the tail's length right after the header, and pads to the alignment of the items.
        const { assert!(align_of::<T>() == 1) };
        let len = u32::try_from(len).map_err(|_| GenerionError::Arithmetic)?;
        self.allocate(Slab::<H, T>::try_space_for(len)?)?;
        let mut view = *self.target;
        let mut data = view.try_borrow_mut()?;
        let (header, tail) = split_header(&mut data)?;
        let (stored_len, items) = tail
            .split_first_chunk_mut()
            .ok_or(ProgramError::AccountDataTooSmall)?;
        *stored_len = len.to_le_bytes();
        fill(
            header,
            bytemuck::try_cast_slice_mut(items).map_err(|_| ProgramError::AccountDataTooSmall)?,
        )
    }

    #[inline(always)]
    fn allocate(&self, space: usize) -> Result<()> {
        let Self {
            payer,
            target,
            deposit,
            ..
        } = *self;
        let rent = self.rent.try_minimum_balance(space)?;
        let bump = [self.bump];
        let seeds: [Seed; MAX_SEEDS + 1] =
            core::array::from_fn(|i| Seed::from(self.seeds.get(i).copied().unwrap_or(&bump)));
        let payer_seeds: [Seed; MAX_SEEDS + 1] =
            core::array::from_fn(|i| Seed::from(self.payer_seeds.get(i).copied().unwrap_or(&[])));
        let both = [
            PdaSigner::from(&seeds[..=self.seeds.len()]),
            PdaSigner::from(&payer_seeds[..self.payer_seeds.len()]),
        ];
        let signers = match self.payer_seeds {
            [] => &both[..1],
            _ => &both[..],
        };
        let space = space as u64;
        match target.lamports() {
            // An address without lamports has no account.
            0 => CreateAccount {
                from: payer,
                to: target,
                lamports: left_to_pay(rent, 0, deposit)?,
                space,
                owner: &crate::id::ID,
            }
            .invoke_signed(signers),
            held => {
                let lamports = left_to_pay(rent, held, deposit)?;
                fund_and_assign(payer, target, lamports, space, signers)
            }
        }
    }
}

/// Lamports that a payer still has to pay for an account whose address holds `held` lamports already. Lamports that
/// somebody sent ahead lower the rent, but never the deposit.
///
/// # Errors
/// `Arithmetic` if the sum does not fit a `u64`.
#[inline(always)]
pub fn left_to_pay(rent: u64, held: u64, deposit: u64) -> Result<u64> {
    Ok(rent
        .saturating_sub(held)
        .checked_add(deposit)
        .ok_or(GenerionError::Arithmetic)?)
}

/// The lamports that leave an account without data for a payment of `amount`. If fewer than `rent_minimum`, the rent minimum
/// of an empty account, would remain, the payment includes the remainder, because the runtime refuses such a balance. So
/// nobody can block a payment with a gift of a few lamports.
///
/// # Errors
/// `BudgetExhausted` if the account holds less than `amount`.
#[inline(always)]
pub fn with_remainder(
    balance: u64,
    amount: u64,
    rent_minimum: u64,
) -> core::result::Result<u64, GenerionError> {
    let left = balance
        .checked_sub(amount)
        .ok_or(GenerionError::BudgetExhausted)?;
    Ok(match left < rent_minimum {
        true => balance,
        false => amount,
    })
}

/// Creates an account at an address that holds lamports already, which `CreateAccount` refuses.
#[cold]
#[inline(never)]
fn fund_and_assign(
    payer: &AccountView,
    target: &AccountView,
    lamports: u64,
    space: u64,
    signers: &[PdaSigner],
) -> Result<()> {
    require(
        target.owned_by(&System::id()),
        GenerionError::AccountAlreadyExists,
    )?;
    if lamports > 0 {
        Transfer {
            from: payer,
            to: target,
            lamports,
        }
        .invoke_signed(signers)?;
    }
    Allocate {
        account: target,
        space,
    }
    .invoke_signed(signers)?;
    Assign {
        account: target,
        owner: &crate::id::ID,
    }
    .invoke_signed(signers)
}

/// Writes the discriminator, and returns the header and the bytes after it.
#[inline(always)]
fn split_header<H: Pod + Discriminator>(data: &mut [u8]) -> Result<(&mut H, &mut [u8])> {
    let too_small = ProgramError::AccountDataTooSmall;
    let (discriminator, data) = data
        .split_at_mut_checked(H::DISCRIMINATOR.len())
        .ok_or(too_small.clone())?;
    let (header, tail) = data
        .split_at_mut_checked(size_of::<H>())
        .ok_or(too_small.clone())?;
    discriminator.copy_from_slice(H::DISCRIMINATOR);
    Ok((
        bytemuck::try_from_bytes_mut(header).map_err(|_| too_small)?,
        tail,
    ))
}

/// Moves lamports from an account of this program to any account.
///
/// # Errors
/// `Arithmetic` if `from` holds fewer lamports.
pub fn pay(from: &AccountView, to: &AccountView, lamports: u64) -> Result<()> {
    let (mut from, mut to) = (*from, *to);
    let left = from
        .lamports()
        .checked_sub(lamports)
        .ok_or(GenerionError::Arithmetic)?;
    // `from` is debited before the balance of `to` is read, so the result is right even if both are the same account.
    from.set_lamports(left);
    to.set_lamports(
        to.lamports()
            .checked_add(lamports)
            .ok_or(GenerionError::Arithmetic)?,
    );
    Ok(())
}
