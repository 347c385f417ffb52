//! What the gateway knows of the ledger, in SQLite or PostgreSQL: the program's accounts as they stand.
//!
//! [`Storage`] reads, any number at a time; one [`Writer`] writes. All of it can be made again from the ledger.

mod account;
mod database;
mod list;
mod writer;

pub use account::{AccountKind, IndexedAccount, StoredAccount};
pub use database::{Storage, StorageError, StorageUrl};
pub use list::{
    List, ListFilter, OrderFilter, Page, Position, PurchaseFilter, RecordFilter, ShareFilter, Sort,
};
pub use writer::{Writer, Written};
