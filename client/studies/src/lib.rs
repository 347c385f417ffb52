//! Studies, as far as they need neither a ledger nor a secret (docs/PROTOCOL.md, section 12).
//!
//! [`description`] is what a participant agrees to: a document that the sponsor's wallet signed. [`matching`] says which
//! records meet a study's requirements, and why the others don't. [`letter`] is the text of an applicant's letter, before it
//! is sealed. [`statistics`] compiles what was collected into a report that others can recompute, and keeps single persons out
//! of what is published.
#![forbid(unsafe_code)]

pub mod description;
pub mod letter;
pub mod matching;
pub mod statistics;
mod text;
