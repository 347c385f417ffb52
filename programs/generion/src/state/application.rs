use anchor_lang::{accounts::Slab, prelude::*};

use crate::{
    constants::MAX_LETTER_LEN,
    error::{GenerionError, require},
};

/// A loaded [`Application`], with its letter as tail.
pub type ApplicationAccount = Slab<Application, u8>;

/// A participant's application to a study, with an order.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Application {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Always zero.
    pub reserved: [u8; 6],
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// The study.
    pub study: Address,
    /// The participant's order for the study.
    pub order: Address,
    /// The participant's wallet.
    pub participant: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
}

impl Application {
    /// Checks a letter's length.
    ///
    /// # Errors
    /// `LetterLength`.
    pub fn require_letter(letter: &[u8]) -> core::result::Result<(), GenerionError> {
        require(
            (1..=MAX_LETTER_LEN).contains(&letter.len()),
            GenerionError::LetterLength,
        )
    }
}
