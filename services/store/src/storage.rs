//! Where documents, nonces and usage are stored: a folder or object storage.

pub mod backend;
pub mod blob;
pub mod cache;
pub mod directory;
pub mod documents;
pub mod error;
pub mod key;
pub mod links;
pub mod location;
pub mod metadata;
pub mod nonces;
pub mod objects;
pub mod upload;
pub mod usage;
