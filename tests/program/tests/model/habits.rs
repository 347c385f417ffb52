//! Who usually does what.

use rand_chacha::{ChaCha20Rng, rand_core::RngCore};

use crate::{
    cast::{BUYERS, CLINICS, DOCTORS, PATIENTS, PAUPER, PAYER, STRANGER, everybody},
    step::Who,
};

/// A person, by habit.
pub fn somebody(rng: &mut ChaCha20Rng, habits: &[Who]) -> Who {
    let place = rng.next_u32() as usize;
    match rng.next_u32() % 8 {
        0 => everybody().nth(place % 13).unwrap_or(PAYER),
        _ => habits[place % habits.len()],
    }
}

/// Owners of records.
pub fn owners() -> Vec<Who> {
    [&PATIENTS[..], &DOCTORS].concat()
}

/// Anybody.
pub fn outsiders() -> Vec<Who> {
    [&CLINICS[..], &BUYERS, &[PAYER, STRANGER, PAUPER]].concat()
}
