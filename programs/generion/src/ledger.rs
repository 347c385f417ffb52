//! What the program asks the ledger: the clock, the rent, and the bump of an address. On chain these are system calls.
//! Elsewhere they answer what [`native::set`] was given, so that every instruction can run natively in tests.

#[cfg(not(target_os = "solana"))]
pub mod native;
mod preimage;
#[cfg(target_os = "solana")]
mod syscalls;

#[cfg(not(target_os = "solana"))]
pub use native::{canonical_bump, now, rent};
pub use preimage::{find_bump, program_address};
#[cfg(target_os = "solana")]
pub use syscalls::{canonical_bump, now, rent};
