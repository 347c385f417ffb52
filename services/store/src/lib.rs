//! The document store (protocol section 7). It keeps encrypted documents, each under the SHA-256 of its ciphertext.
//!
//! The first uploader of a document sets the key that may delete it. Nobody can list, change or replace documents. The
//! store knows no keys and no plain text. It serves HTTP/1.1 without TLS: on the internet, put a proxy in front of it
//! that terminates TLS and forwards `Host` and path unchanged.
//!
//! The part of the protocol that clients share (ids, signed requests, error codes) is [`generion_interface::store`].
//! [`Server`] runs a store on a folder or on object storage; the binary `generion-store` is its command line.
//! `storage/documents.rs` describes how documents are stored, and why a crash at any moment leaves nothing half-done.
//!
//! To run a store inside another program or a test:
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
//!     // On a free port of this machine. StorageLocation::from_url supports s3:// and others.
//!     ..Config::on_folder(folder.path())
//! })
//! .await?;
//! println!("listening on http://{}", server.address());
//!
//! // Runs until the shutdown future completes, and then until running requests are finished.
//! let (stop, stopped) = oneshot::channel::<()>();
//! let serving = tokio::spawn(server.run(async { drop(stopped.await) }));
//! stop.send(()).expect("the store is running");
//! serving.await?;
//! # Ok(())
//! # }
//! ```

mod clock;
mod config;
mod http;
mod log;
pub mod maintenance;
mod quota;
mod server;
mod storage;

pub use clock::{Clock, system_clock};
pub use config::{
    Config,
    file::{ConfigFile, ConfigFileError, MemorySection, TEMPLATE, UploadsSection},
    limits::Limits,
    uploaders::Uploaders,
};
pub use generion_http_server::{
    config::{BrowsersSection, ConnectionsSection, HostName, LogConfig, LogFormat, Network},
    hosts::default_hosts,
    origins::{InvalidOrigins, Origins},
    redact::Redacting,
};
pub use http::allowlist::AllowlistError;
pub use quota::Quota;
pub use server::{Reloader, Server, StartError};
pub use storage::{
    error::{OpenError, StorageError},
    location::StorageLocation,
};
