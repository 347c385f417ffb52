//! Creating and paying out of the program's accounts.

use anchor_lang::{accounts::Slab, prelude::*};
use bytemuck::Pod;
use pinocchio::cpi::{Seed, Signer as PdaSigner};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

use crate::error::GenerionError;

/// The canonical bump of a program-derived address: the highest that, with the seeds, leads off the curve.
///
/// Finds the same as Anchor's `seeds` with `bump`, for 160 compute units less: a hash that is the address is not asked
/// whether it is off the curve. The caller has to make sure of that, either by creating the account with the bump, for
/// which the runtime derives the address again, or because the account is there.
///
/// # Errors
/// `InvalidSeeds` where the address is not that of these seeds, or of another bump.
#[inline(always)]
pub fn canonical_bump<const N: usize>(address: &Address, seeds: &[&[u8]; N]) -> Result<u8> {
    #[cfg(not(target_os = "solana"))]
    return anchor_lang::find_and_verify_program_address(seeds, &crate::ID, address);

    #[cfg(target_os = "solana")]
    {
        // What is hashed, in one piece: only its bump changes from try to try.
        let mut preimage = [0; MAX_PREIMAGE];
        let mut len = 0usize;
        let mut append = |part: &[u8]| {
            let start = len;
            len = start.wrapping_add(part.len());
            preimage[start..len].copy_from_slice(part);
            start
        };
        for seed in seeds {
            append(seed);
        }
        let bump_at = append(&[u8::MAX]);
        append(crate::ID.as_ref());
        append(PDA_MARKER);
        loop {
            let derived = Address::new_from_array(crate::curve::hash(&[&preimage[..len]]));
            if anchor_lang::address_eq(&derived, address) {
                return Ok(preimage[bump_at]);
            }
            // Off the curve, this would be the canonical address.
            if !crate::curve::is_on_edwards_curve(derived.as_array()) {
                return Err(ProgramError::InvalidSeeds);
            }
            preimage[bump_at] = preimage[bump_at]
                .checked_sub(1)
                .ok_or(ProgramError::InvalidSeeds)?;
        }
    }
}

/// Seeds of the address with the most of them, the bump left out.
const MAX_SEEDS: usize = 3;

/// What the runtime appends to the seeds of a program-derived address.
#[cfg(target_os = "solana")]
const PDA_MARKER: &[u8] = b"ProgramDerivedAddress";
/// Bytes of the longest text that is hashed to an address: seeds of at most 32 bytes, bump, program id, marker.
#[cfg(target_os = "solana")]
const MAX_PREIMAGE: usize = 32 * MAX_SEEDS + 1 + 32 + PDA_MARKER.len();

/// An account to be created at a program-derived address.
pub struct NewAccount<'a> {
    /// Pays the rent minimum and the deposit.
    pub payer: &'a AccountView,
    /// The address.
    pub target: &'a AccountView,
    /// The address's seeds.
    pub seeds: &'a [&'a [u8]],
    /// The address's [`canonical_bump`].
    pub bump: u8,
    /// The ledger's rent.
    pub rent: Rent,
    /// Lamports on top of the rent minimum, moved in the same system call.
    pub deposit: u64,
}

impl NewAccount<'_> {
    /// Creates the account without a tail; `fill` gets its zeroed header.
    ///
    /// # Errors
    /// `AccountAlreadyExists` where the address belongs to a program already; the system program's where the payer
    /// can't pay.
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

    /// Creates the account with a tail of `len` items; `fill` gets header and tail, zeroed.
    ///
    /// # Errors
    /// As [`Self::create`], and those of `fill`.
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
        // A slab keeps the tail's length right behind the header, and pads to the alignment of the items.
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

    /// Lamports that somebody sent to the address beforehand lower the rent that is left to pay, never the deposit.
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
        let signer = [PdaSigner::from(&seeds[..=self.seeds.len()])];
        let space = space as u64;
        let lamports = |held| {
            rent.saturating_sub(held)
                .checked_add(deposit)
                .ok_or(GenerionError::Arithmetic)
        };
        match target.lamports() {
            // Without lamports, there is no account.
            0 => CreateAccount {
                from: payer,
                to: target,
                lamports: lamports(0)?,
                space,
                owner: &crate::ID,
            }
            .invoke_signed(&signer),
            held => fund_and_assign(payer, target, lamports(held)?, space, &signer),
        }
    }
}

/// The way for an address that holds lamports already, which `CreateAccount` refuses.
#[cold]
#[inline(never)]
fn fund_and_assign(
    payer: &AccountView,
    target: &AccountView,
    lamports: u64,
    space: u64,
    signer: &[PdaSigner],
) -> Result<()> {
    require!(
        target.owned_by(&System::id()),
        GenerionError::AccountAlreadyExists
    );
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
        owner: &crate::ID,
    }
    .invoke_signed(signer)
}

/// Writes the discriminator; the header, and the bytes behind it.
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
/// `Arithmetic` where `from` does not hold them.
pub fn pay(from: &AccountView, to: &AccountView, lamports: u64) -> Result<()> {
    let (mut from, mut to) = (*from, *to);
    let left = from
        .lamports()
        .checked_sub(lamports)
        .ok_or(GenerionError::Arithmetic)?;
    // Debited before the credit is read: the sum stays right even if both are the same account.
    from.set_lamports(left);
    to.set_lamports(
        to.lamports()
            .checked_add(lamports)
            .ok_or(GenerionError::Arithmetic)?,
    );
    Ok(())
}

/// The ledger's clock, in seconds since the Unix epoch.
pub fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}
