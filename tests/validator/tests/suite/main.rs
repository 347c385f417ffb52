//! The real-validator suite: what a VM can't show (deployment, upgrade, transaction sizes, confirmation), and every
//! instruction's way once more over JSON-RPC, with a choice of refusals. The rules in full are in `tests/program`.
//!
//! Left out: what takes hours on a clock that nobody can move, such as refunds by strangers and deletions by creators.

mod confirmation;
mod instructions;
mod loader;
mod refusals;
mod sizes;
