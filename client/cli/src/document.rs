//! What documents are, by what is in them.

pub mod content;
pub mod fhir;
