//! Where documents and nonces are kept.

mod backend;
mod blob;
mod documents;
mod error;
mod folder;
mod key;
mod location;
mod nonces;
mod read;
mod usage;

pub use backend::Backend;
pub use documents::{Documents, Outcome, Published, Record, Upload, UploadBounds};
pub use error::{OpenError, StorageError};
pub use location::StorageLocation;
pub use nonces::Nonces;
pub use usage::{Usage, UsageStore};
