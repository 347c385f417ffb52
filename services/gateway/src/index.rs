//! From the ledger to the index.
//!
//! * [`program_accounts`]: all accounts of the program that a node shows, one at a time.

pub mod program_accounts;
