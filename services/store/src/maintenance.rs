//! What an operator does to a storage without a store's HTTP: look whether it is whole, put it in order, and carry
//! deletions over into a copy that was made before them.

mod check;
mod collect;
mod tombstones;

use std::io;

use generion_interface::store::DocumentId;
use thiserror::Error;

pub use self::{
    check::{Finding, Report, check},
    collect::{Collected, collect},
    tombstones::{Merged, TombstoneList, export_tombstones, merge_tombstones},
};
use crate::storage::{OpenError, StorageError};

/// Objects that are read at the same time.
const AT_ONCE: usize = 16;

/// A storage could not be looked at, or put in order.
#[derive(Debug, Error)]
pub enum MaintenanceError {
    /// It can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The list of tombstones can't be written.
    #[error("can't write the list of tombstones")]
    Unwritable(#[source] io::Error),
    /// A line of a list of tombstones is no document.
    #[error(
        "line {line} of the list is no document: give 64 lower-case hex digits a line, or a # comment"
    )]
    NotADocument {
        /// The line, counted from 1.
        line: usize,
    },
    /// A list of tombstones that was exported is not complete.
    #[error(
        "the list is cut off: it has no end mark, or another number of tombstones than that says; export it again"
    )]
    CutOff,
}

/// A document's record says something that no store writes.
fn is_damaged(error: &StorageError) -> bool {
    matches!(error, StorageError::Record { .. })
}

/// The document whose record is at this path.
fn document_at(path: &object_store::path::Path) -> Option<DocumentId> {
    path.filename()?.parse().ok()
}
