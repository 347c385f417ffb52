//! The document store (protocol section 7): encrypted documents, each under the SHA-256 of its ciphertext.
//!
//! Who uploads a document first fixes who may delete it; nobody can list, change or replace one. The store sees no
//! key and no plain text. It speaks HTTP/1.1 without TLS: in front of the internet belongs a proxy that ends TLS and
//! passes `Host` and path on as they are.
//!
//! The protocol's shared part (ids, signed requests, error codes) is [`generion_interface::store`]. [`Server`] runs a
//! store on a folder or on object storage; the binary `generion-store` is a command line around it. How documents lie
//! in the storage, and why a crash at any moment leaves nothing half-done, is told in `storage/documents.rs`.
//!
//! A store inside another program, or a test:
//!
//! ```
//! use generion_store::{Config, Limits, Quota, Server};
//! use tokio::sync::oneshot;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let server = Server::bind(Config {
//!     quota: Quota { bytes: Some(10 << 30), documents: None },
//!     limits: Limits { max_document_bytes: 64 << 20, ..Limits::default() },
//!     // On a free port of this machine; StorageLocation::from_url takes s3:// and others.
//!     ..Config::on_folder(folder.path())
//! })
//! .await?;
//! println!("listening on http://{}", server.address());
//!
//! // It serves until it is told to end, and then for as long as running requests take.
//! let (stop, stopped) = oneshot::channel::<()>();
//! let serving = tokio::spawn(server.run(async { drop(stopped.await) }));
//! stop.send(()).expect("it serves");
//! serving.await?;
//! # Ok(())
//! # }
//! ```

mod accounts;
mod allowlist;
mod auth;
mod client;
mod config;
mod connections;
mod cors;
mod handlers;
mod log;
pub mod maintenance;
mod metrics;
mod pace;
mod places;
mod range;
mod redact;
mod refusal;
mod router;
mod serve;
mod server;
mod storage;
mod store;

pub use allowlist::AllowlistError;
pub use config::{
    BrowsersSection, Clock, Config, ConfigFile, ConfigFileError, ConnectionsSection, HostName,
    InvalidOrigins, Limits, LogConfig, LogFormat, Network, Origins, Quota, TEMPLATE, Uploaders,
    UploadsSection, default_hosts, system_clock,
};
pub use redact::Redacting;
pub use server::{Reloader, Server, StartError};
pub use storage::{OpenError, StorageError, StorageLocation};
