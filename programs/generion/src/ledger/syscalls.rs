//! The functions of [`ledger`](super) as system calls.

use anchor_lang::prelude::*;

use super::preimage::Preimage;
use crate::curve::is_on_edwards_curve;

/// The ledger's clock, in seconds since the Unix epoch.
#[inline(always)]
pub fn now() -> Result<i64> {
    Ok(Clock::get()?.unix_timestamp)
}

/// The ledger's rent.
#[inline(always)]
pub fn rent() -> Result<Rent> {
    Rent::get()
}

/// The canonical bump of a program-derived address: the highest bump that, with the seeds, gives an address off the curve.
///
/// Returns the same as Anchor's `seeds` with `bump`, for 160 compute units less, because it does not check that a hash
/// that equals the address is off the curve. The caller has to ensure this: either it creates the account with the bump,
/// for which the runtime derives the address again, or the account exists already.
///
/// # Errors
/// `InvalidSeeds` if the address does not follow from these seeds, or follows from a lower bump.
#[inline(always)]
pub fn canonical_bump<const N: usize>(address: &Address, seeds: &[&[u8]; N]) -> Result<u8> {
    let mut preimage = Preimage::new(seeds, u8::MAX);
    loop {
        let derived = preimage.hash();
        if anchor_lang::address_eq(&derived, address) {
            return Ok(preimage.bump());
        }
        // A hash off the curve would be the canonical address.
        if !is_on_edwards_curve(derived.as_array()) {
            return Err(ProgramError::InvalidSeeds);
        }
        preimage.lower_bump()?;
    }
}
