//! Where documents and nonces are kept.

mod backend;
mod documents;
mod key;
mod nonces;

pub use backend::{Backend, ByteStream, OpenError, StorageError};
pub use documents::{Documents, Outcome, Published, Record, Upload};
pub use nonces::Nonces;
