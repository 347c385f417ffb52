//! From the ledger to the index.
//!
//! * [`program_accounts`]: all accounts of the program that a node shows, one at a time.
//! * [`ledger_node`]: what the index asks a node.
//! * [`snapshot`]: what the index starts from.
//! * [`follow`]: what happened since.
//! * [`backfill`]: what happened before.

pub mod backfill;
pub mod follow;
mod found;
pub mod ledger_node;
pub mod program_accounts;
pub mod snapshot;
