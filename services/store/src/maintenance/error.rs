//! Errors of maintenance commands.

use std::io;

use thiserror::Error;

use crate::storage::error::{OpenError, StorageError};

/// A maintenance command failed.
#[derive(Debug, Error)]
pub enum MaintenanceError {
    /// The storage can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The storage returned an error.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The list of tombstones can't be written.
    #[error("can't write the list of tombstones")]
    Unwritable(#[source] io::Error),
    /// A line of a list of tombstones is neither a document nor a link.
    #[error(
        "line {line} of the list is neither a document nor a link: expected 64 lower-case hex digits, after an expiry \
         and a slash for a link, or a # comment"
    )]
    NotADocument {
        /// The line, counted from 1.
        line: usize,
    },
    /// An exported list of tombstones is incomplete.
    #[error(
        "the list is incomplete: its end mark is missing or states another number of tombstones. Export the list again"
    )]
    Truncated,
}
