//! Unsigned transactions: from public parameters to a transaction that its caller checks and signs.
//!
//! * [`Operation`] is what a wallet wants to do, and [`Ledger`] has the nodes to build it from: one that hangs is passed over.
//! * [`Builder`] has a method for each instruction, by topic: [`keys`], [`records`], [`shares`], [`orders`],
//!   [`purchases`]. None for `settle`, whose argument is a secret.
//! * [`Unsigned`] is the result, with its cost, its accounts and its effects in words.
//!
//! What the ledger would refuse is refused here first, where the accounts show it, by the same rule.

mod builder;
mod error;
pub mod keys;
mod ledger;
mod operation;
pub mod orders;
mod plan;
pub mod purchases;
pub mod records;
pub mod shares;
mod units;
mod unsigned;

pub use builder::{Builder, Terms};
pub use error::BuildError;
pub use operation::{Ledger, Operation};
pub use unsigned::{Cost, TouchedAccount, Unsigned};
