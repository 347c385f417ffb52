//! Audit trails: the history of a record, an order, a purchase, a share or a user, rebuilt from the ledger alone.
//!
//! Use [`History::read`] with the nodes of a deployment's cluster and an address. No type of this crate, or of the crates below
//! it, can hold a secret key, so servers may use it.
//!
//! ```no_run
//! use generion_history::{History, HistoryError, HistoryNodes, HistoryRange};
//!
//! # async fn example(
//! #     nodes: &[generion_rpc::node::Node],
//! #     deployment: &generion_interface::Deployment,
//! #     record: &solana_address::Address,
//! # ) -> Result<(), HistoryError> {
//! let nodes = HistoryNodes::new(nodes, deployment);
//! let history = History::read(&nodes, record, &HistoryRange::default()).await?;
//! for entry in &history.entries {
//!     println!("slot {}: {}", entry.slot, entry.kind.name());
//! }
//! for gap in &history.gaps {
//!     println!("missing: {}", gap.missing);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How a history is rebuilt
//!
//! The nodes list the transactions of an address, back to the first. Each transaction is read in two ways: its instructions
//! show what the signers asked of the program, and the events in its log show what the program did. Either of them can be lost:
//! the runtime cuts long logs, and nodes delete old transactions. A change is therefore shown with the source that is left
//! ([`Source`]), and each missing part is reported as a [`Gap`].
//!
//! Then the changes are replayed on the accounts that they name. A change before its account's creation, a counter that
//! skips a number, or a final state that differs from the account on the ledger shows that a change is missing, even where
//! no transaction seems to be.
//!
//! Only instructions of the program itself count, and only in transactions that succeeded.
//!
//! # What can be trusted
//!
//! If nodes of two operators are configured, both are asked for everything. If their answers differ, a gap says so and names
//! the node of each answer. A history that a single node shows ([`History::is_one_nodes_word`]) proves less: signatures prove
//! what transactions asked for, but not that they succeeded, nor that none is left out.
//!
//! # Which accounts are included
//!
//! Some instructions don't name every account that they concern: a revocation does not name its record, and the closing of a
//! purchase does not name its order. The history of a record therefore includes its shares, the history of an order its
//! purchases, and the history of a wallet its orders, its purchases, and the records that are shared with it.
#![forbid(unsafe_code)]

mod change;
mod comparison;
mod details;
mod entry;
mod error;
mod gap;
mod history;
mod inquiry;
mod join;
mod listing;
mod node_reader;
mod nodes;
mod progress;
mod range;
mod replay;
mod signed;
mod snapshot;
mod subject;
mod subject_kind;
#[cfg(test)]
mod tests;
mod transaction;
mod walk;

pub use change::ChangeKind;
pub use details::ChangeDetails;
pub use entry::{Entry, Failure, LostEvent, LostInstruction, Source};
pub use error::HistoryError;
pub use gap::{Gap, GapKind};
pub use history::History;
pub use listing::Listing;
pub use node_reader::{Fetched, NodeReader, Walked};
pub use nodes::HistoryNodes;
pub use progress::{HistoryProgress, OnProgress};
pub use range::{HistoryRange, Moment};
pub use subject_kind::SubjectKind;
pub use transaction::{TransactionChanges, UnreadableTransaction};

/// The input of [`TransactionChanges::read`]: a node's answer to `getTransaction`.
pub use solana_transaction_status_client_types::EncodedConfirmedTransactionWithStatusMeta;
