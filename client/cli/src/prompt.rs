//! Questions to the user on the terminal.

pub mod consent;
pub mod passphrase;
pub mod secret;
