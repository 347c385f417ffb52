//! The document store (protocol section 7): encrypted documents, each under the SHA-256 of its ciphertext.
//!
//! Who uploads a document first fixes who may delete it; nobody can list, change or replace one. The store sees no
//! key and no plain text. It speaks HTTP/1.1 without TLS: in front of the internet belongs a proxy that ends TLS and
//! passes `Host` and path on as they are.
//!
//! The protocol's shared part (ids, signed requests, error codes) is [`generion_interface::store`]. [`Server`] runs a
//! store on one folder; the binary `generion-store` is a command line around it. How documents lie in the storage,
//! and why a crash at any moment leaves nothing half-done, is told in `storage/documents.rs`.

mod auth;
mod config;
mod handlers;
mod log;
mod range;
mod refusal;
mod router;
mod server;
mod storage;
mod store;

pub use config::{Clock, Config, Limits, default_hosts, system_clock};
pub use server::{Server, StartError};
pub use storage::{OpenError, StorageError};
