//! The gateway's knowledge of the ledger, in SQLite or PostgreSQL: the program's present accounts, and the transactions that
//! changed them.
//!
//! [`Storage`] reads, any number at a time; one [`Writer`] writes. All of it can be made again from the ledger.

mod account;
mod bounds;
mod changes;
mod database;
mod feed;
mod history;
mod list;
mod load;
mod plan;
mod retention;
mod several;
mod statement;
mod statistics;
mod transaction;
mod update;
mod wake_up;
mod walk;
mod webhooks;
mod writer;
mod writing;

pub use account::{AccountKind, IndexedAccount, StoredAccount};
pub use database::{InvalidStorageUrl, Storage, StorageError, StorageUrl};
pub use feed::{EventType, FeedRow, FeedState};
pub use history::{HistoryPosition, StoredChange};
pub use list::{
    List, ListFilter, OrderFilter, Page, Position, PurchaseFilter, RecordFilter, ShareFilter, Sort,
};
pub use retention::FeedRetention;
pub use statistics::{StatisticsRow, StatisticsTopic};
pub use transaction::{Direction, FoundChange, FoundTransaction, Progress, TransactionState};
pub use update::{Update, Written};
pub use wake_up::WakeUp;
pub use walk::WalkedRow;
pub use webhooks::{WebhookAttempt, WebhookEnd, WebhookOutcome, WebhookState, WebhookWriter};
pub use writer::Writer;
