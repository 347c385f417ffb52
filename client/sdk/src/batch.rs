//! Many documents become records, each once, however often the work is interrupted.
//!
//! [`Client::resume_batch`] compares the documents with the journal and the ledger; [`Client::write_batch`] writes the rest.
//! Both are methods of [`crate::Client`].
//!
//! [`Client::resume_batch`]: crate::Client::resume_batch
//! [`Client::write_batch`]: crate::Client::write_batch

mod content;
mod copies;
mod document;
mod event;
mod journal;
mod known_copies;
mod member;
mod plan;
mod source;
mod write;

pub use self::{
    content::{Content, ContentDigest, ContentKey, ContentReader, open_regular},
    copies::{CopyRules, HoldBack, is_no_resource},
    document::{BatchCopy, BatchDocument, DocumentName, shown},
    event::{BatchEvent, BatchTally},
    journal::Journal,
    plan::{BatchCost, BatchPlan, Corrected, Moved, PlannedCopies},
    source::{BundleOf, DocumentReader, DocumentSource, ExportedResource},
};
