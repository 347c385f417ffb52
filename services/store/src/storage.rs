//! Where documents and nonces are kept.

mod backend;
mod blob;
mod conditions;
mod documents;
mod error;
mod folder;
mod key;
mod location;
mod nonces;
mod read;
mod recent;
mod usage;

use backend::Content;
pub use backend::{Backend, Listed};
pub use documents::{Body, Documents, Found, Outcome, Published, Record, Upload, UploadBounds};
pub use error::{OpenError, StorageError};
pub use key::{BlobId, StorageKey};
pub use location::StorageLocation;
pub use nonces::Nonces;
pub use recent::Recent;
pub use usage::{Usage, UsageStore};
