//! Generion's cryptography (docs/PROTOCOL.md, sections 2, 3 and 6).
//!
//! Use [`keys`] to derive a user's or buyer's secret from a wallet, [`record::RecordElement`] to make a record,
//! [`document`] and [`locator`] to encrypt what belongs to it, [`capsule`] to hand it to somebody, and [`delivery`] to
//! prove to the ledger that a buyer got it.
//!
//! A secret is zeroized when dropped and has neither `Debug` nor `Serialize`. Random generators are passed in, so that
//! known-answer vectors can be made; pass [`rand_core::OsRng`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod capsule;
pub mod delivery;
pub mod document;
pub mod keys;
pub mod locator;
pub mod record;

pub use generion::proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof};
pub use rand_core;
