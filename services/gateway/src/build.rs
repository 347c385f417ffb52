//! Unsigned transactions: from public parameters to a transaction that its caller checks and signs.
//!
//! * [`Operation`] is an action of a wallet, and [`Ledger`] has the nodes to build its transaction from: a node that hangs is
//!   passed over.
//! * [`Builder`] has a method for each instruction, by topic: [`keys`], [`records`], [`shares`], [`orders`], [`purchases`].
//!   There is none for `settle`, whose argument is a secret.
//! * [`Unsigned`] is the result, with its cost, its accounts, and its effects as sentences.
//!
//! The builder refuses a transaction that the ledger would refuse, by the same rule, as far as the accounts show it.

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
