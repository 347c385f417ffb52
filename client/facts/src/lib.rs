//! Facts: single statements about a document that a record's creator attests (docs/PROTOCOL.md, section 3). They are derived
//! from a document by a [`Profile`], so that everybody who has the document comes to the same ones. Another implementation has
//! to agree to the byte; therefore JSON is read by a reader of this crate, which keeps numbers as they are written.
//!
//! ```
//! use generion_facts::{ContentFacts, Profile};
//!
//! let document = br#"{"resourceType": "Procedure", "status": "completed", "performedDateTime": "2026-03-01"}"#;
//! let content = ContentFacts::of(Some(document));
//! let profile = content.profile();
//! assert_eq!(profile, Profile::FhirR4_1);
//! let facts = profile.facts("fhir:Procedure", "application/fhir+json", &[0; 32], &content);
//! assert_eq!(facts[5].as_str(), "year=2026");
//! ```
#![forbid(unsafe_code)]

mod decimal;
mod fact;
mod fhir;
mod json;
mod profile;

pub use fact::{Fact, InvalidFact, MAX_FACT_LEN};
pub use fhir::MAX_CONTENT;
pub use profile::{ContentFacts, Profile, UnknownProfile};
