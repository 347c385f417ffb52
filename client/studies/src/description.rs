//! The description of a study: a document that the sponsor's wallet signed, and that a participant agrees to.
//!
//! The file is one line, `generion-study v1 <signature in base58>`, and then the bytes of a JSON document. The ledger has the
//! SHA-256 of the whole file, so a document store addresses the file by it, and what a participant agrees to is every byte.

mod document;
mod file;
mod ledger;

pub use self::{
    document::{Admission, Description, Requirement, Text},
    file::{DescriptionError, DescriptionFile, MAX_FILE},
    ledger::{Difference, StudyTerms},
};
