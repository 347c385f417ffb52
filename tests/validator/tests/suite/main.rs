//! Tests on real validators. They show what a VM can't show (deployment, upgrade, transaction sizes, confirmation), run
//! every instruction over JSON-RPC, and check a selection of refused transactions. `tests/program` tests all rules.
//!
//! Not covered: rules that need hours on a clock that can't be changed, such as refunds by strangers and deletions by
//! creators.

mod confirmation;
mod instructions;
mod loader;
mod refusals;
mod sizes;
