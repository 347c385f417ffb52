//! The document store (protocol section 7): encrypted documents, each under the SHA-256 of its ciphertext.
//!
//! Who uploads a document first fixes who may delete it; nobody can list, change or replace one. The store sees no
//! key and no plain text. It speaks HTTP/1.1 without TLS: in front of the internet belongs a proxy that ends TLS and
//! passes `Host` and path on as they are.
//!
//! The protocol's shared part (ids, signed requests, error codes) is [`generion_interface::store`]. [`Server`] runs a
//! store on a folder or on object storage; the binary `generion-store` is a command line around it. How documents lie in the storage,
//! and why a crash at any moment leaves nothing half-done, is told in `storage/documents.rs`.

mod accounts;
mod allowlist;
mod auth;
mod config;
mod handlers;
mod log;
mod metrics;
mod pace;
mod range;
mod redact;
mod refusal;
mod router;
mod server;
mod storage;
mod store;

pub use allowlist::AllowlistError;
pub use config::{
    Clock, Config, ConfigFile, ConfigFileError, ConnectionsSection, HostName, Limits, LogConfig,
    LogFormat, Quota, TEMPLATE, Uploaders, UploadsSection, default_hosts, system_clock,
};
pub use redact::Redacting;
pub use server::{Reloader, Server, StartError};
pub use storage::{OpenError, StorageError, StorageLocation};
