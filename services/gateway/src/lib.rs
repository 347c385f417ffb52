//! Generion's REST gateway: an index of the ledger, and the way from there to clients over HTTP. It holds no key.
//!
//! * [`index`]: from the ledger into that.
//! * [`storage`]: what is known of the ledger, in SQLite or PostgreSQL.
#![forbid(unsafe_code)]

pub mod index;
pub mod storage;
