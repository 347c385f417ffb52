//! Local files: plain documents that are read, and files that are written as a whole or not at all.

pub(crate) mod document_file;
pub(crate) mod document_name;
pub(crate) mod durable;
pub(crate) mod error;
pub(crate) mod staged_file;
