//! The text that is hashed to a program-derived address.

use anchor_lang::prelude::*;

use crate::{
    account::MAX_SEEDS,
    curve::{self, is_on_edwards_curve},
};

/// Text that the runtime appends to the seeds of a program-derived address.
const PDA_MARKER: &[u8] = b"ProgramDerivedAddress";

/// Bytes of the longest text: seeds of at most 32 bytes, bump, program id, marker.
const MAX_PREIMAGE: usize = 32 * MAX_SEEDS + 1 + 32 + PDA_MARKER.len();

/// The text, in one piece: only its bump changes between attempts.
pub(super) struct Preimage {
    bytes: [u8; MAX_PREIMAGE],
    len: usize,
    bump_at: usize,
}

impl Preimage {
    /// The text of seeds of at most 32 bytes each, with a bump.
    #[inline(always)]
    pub(super) fn new<const N: usize>(seeds: &[&[u8]; N], bump: u8) -> Self {
        const { assert!(N <= MAX_SEEDS) };
        let mut bytes = [0; MAX_PREIMAGE];
        let mut len = 0usize;
        let mut append = |part: &[u8]| {
            let start = len;
            len = start.wrapping_add(part.len());
            bytes[start..len].copy_from_slice(part);
            start
        };
        for seed in seeds {
            append(seed);
        }
        let bump_at = append(&[bump]);
        append(crate::id::ID.as_ref());
        append(PDA_MARKER);
        Self {
            bytes,
            len,
            bump_at,
        }
    }

    /// The address, if it is off the curve.
    #[inline(always)]
    pub(super) fn hash(&self) -> Address {
        Address::new_from_array(curve::hash(&[&self.bytes[..self.len]]))
    }

    #[inline(always)]
    pub(super) fn bump(&self) -> u8 {
        self.bytes[self.bump_at]
    }

    /// Takes the next lower bump.
    ///
    /// # Errors
    /// `InvalidSeeds` if there is none.
    #[inline(always)]
    pub(super) fn lower_bump(&mut self) -> Result<()> {
        self.bytes[self.bump_at] = self
            .bump()
            .checked_sub(1)
            .ok_or(ProgramError::InvalidSeeds)?;
        Ok(())
    }
}

/// The canonical bump of the program-derived address of these seeds: the highest bump that, with the seeds, gives an address
/// off the curve. The instruction does not name the address.
///
/// # Errors
/// `InvalidSeeds` if the seeds have no address.
#[inline(always)]
pub fn find_bump<const N: usize>(seeds: &[&[u8]; N]) -> Result<u8> {
    let mut preimage = Preimage::new(seeds, u8::MAX);
    while is_on_edwards_curve(preimage.hash().as_array()) {
        preimage.lower_bump()?;
    }
    Ok(preimage.bump())
}

/// The program-derived address of these seeds and a bump that [`find_bump`] has found: one hash.
#[inline(always)]
pub fn program_address<const N: usize>(seeds: &[&[u8]; N], bump: u8) -> Address {
    Preimage::new(seeds, bump).hash()
}
