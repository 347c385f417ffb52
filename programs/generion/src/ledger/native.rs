//! The functions of [`ledger`](super), for native tests that set the ledger's state.

use core::cell::Cell;

use anchor_lang::prelude::*;

/// The ledger that instructions on this thread see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The clock, in seconds since the Unix epoch.
    pub now: i64,
    /// Rent, in lamports per byte. An account counts 128 bytes in addition to its data.
    pub lamports_per_byte: u64,
}

std::thread_local! {
    static LEDGER: Cell<Option<Ledger>> = const { Cell::new(None) };
}

/// Sets the ledger that this thread's instructions see from now on. Until it is set, they fail with `UnsupportedSysvar`.
pub fn set(ledger: Ledger) {
    LEDGER.set(Some(ledger));
}

fn get() -> Result<Ledger> {
    LEDGER.get().ok_or(ProgramError::UnsupportedSysvar)
}

/// The ledger's clock, in seconds since the Unix epoch.
pub fn now() -> Result<i64> {
    Ok(get()?.now)
}

/// The ledger's rent.
pub fn rent() -> Result<Rent> {
    Rent::from_bytes(&get()?.lamports_per_byte.to_le_bytes())
}

/// The canonical bump of a program-derived address: the highest bump that, with the seeds, gives an address off the curve.
///
/// # Errors
/// `InvalidSeeds` if the address does not follow from these seeds, or follows from a lower bump.
pub fn canonical_bump<const N: usize>(address: &Address, seeds: &[&[u8]; N]) -> Result<u8> {
    anchor_lang::find_and_verify_program_address(seeds, &crate::id::ID, address)
}
