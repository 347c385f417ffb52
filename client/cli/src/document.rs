//! Recognizing documents by their content.

pub mod content;
pub mod fhir;
