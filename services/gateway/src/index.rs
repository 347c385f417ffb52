//! From the ledger to the index.
//!
//! * [`program_accounts`]: all accounts of the program that a node shows, one at a time.
//! * [`ledger_node`]: the questions to one node; [`ledger_nodes`]: several nodes, whose answers are compared.
//! * [`snapshot`]: the accounts that the index starts from.
//! * [`follow`]: the changes since then; [`finality`]: the changes that stay.
//! * [`backfill`]: the changes before.
//! * [`again`]: some of the ledger once more, by a command.
//! * [`check`](mod@check): whether the index is equal to the ledger.
//! * [`Indexer`]: all of it as a task; [`IndexWatch`]: how far it is.

pub mod again;
mod agreed;
pub mod backfill;
pub mod check;
pub mod finality;
pub mod follow;
mod follow_error;
mod found;
mod indexer;
pub mod ledger_node;
pub mod ledger_nodes;
pub mod program_accounts;
pub mod snapshot;
mod status;
mod take_in;
mod transactions;
mod wake_up;

pub use follow_error::FollowError;
pub use indexer::{Indexer, IndexerError, IndexerOptions};
pub use status::{IndexProblem, IndexState, IndexWatch};
