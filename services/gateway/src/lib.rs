//! Generion's REST gateway: an index of the ledger, and the way from there to clients over HTTP. It holds no key.
//!
//! * [`server`]: starts everything, and ends it.
//! * [`http`]: routes, answers and refusals.
//! * [`webhooks`]: events, sent to servers that the operator names.
//! * [`events`]: the ledger's events, for those who follow it.
//! * [`sponsor`]: the client of the signer, which holds the operator's keys.
//! * [`relay`]: signed transactions, on their way to the ledger.
//! * [`build`]: unsigned transactions.
//! * [`index`]: from the ledger into the storage.
//! * [`config`]: the operator's settings.
//! * [`storage`]: the gateway's knowledge of the ledger, in SQLite or PostgreSQL.
//! * `change`, `json`: how changes and values of the ledger stand in JSON.
#![forbid(unsafe_code)]

pub mod build;
mod change;
pub mod config;
pub mod events;
pub mod http;
pub mod index;
mod json;
pub mod relay;
pub mod server;
pub mod sponsor;
pub mod storage;
pub mod webhooks;
