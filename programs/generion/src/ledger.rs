//! What the program asks the ledger: its clock, its rent, and how an address was derived. System calls in the machine;
//! elsewhere, what [`native::set`] says, so that every instruction can be run and tested natively.

#[cfg(target_os = "solana")]
mod machine;
#[cfg(not(target_os = "solana"))]
pub mod native;

#[cfg(target_os = "solana")]
pub use machine::{canonical_bump, now, rent};
#[cfg(not(target_os = "solana"))]
pub use native::{canonical_bump, now, rent};
