//! The functions of [`ledger`](super) as system calls.

use anchor_lang::prelude::*;

use crate::account::MAX_SEEDS;

/// Text that the runtime appends to the seeds of a program-derived address.
const PDA_MARKER: &[u8] = b"ProgramDerivedAddress";

/// Bytes of the longest text that is hashed to an address: seeds of at most 32 bytes, bump, program id, marker.
const MAX_PREIMAGE: usize = 32 * MAX_SEEDS + 1 + 32 + PDA_MARKER.len();

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
    // The text to hash, in one piece: only its bump changes between attempts.
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
    append(crate::id::ID.as_ref());
    append(PDA_MARKER);
    loop {
        let derived = Address::new_from_array(crate::curve::hash(&[&preimage[..len]]));
        if anchor_lang::address_eq(&derived, address) {
            return Ok(preimage[bump_at]);
        }
        // A hash off the curve would be the canonical address.
        if !crate::curve::is_on_edwards_curve(derived.as_array()) {
            return Err(ProgramError::InvalidSeeds);
        }
        preimage[bump_at] = preimage[bump_at]
            .checked_sub(1)
            .ok_or(ProgramError::InvalidSeeds)?;
    }
}
