//! De-identification of FHIR R4 documents by an allow-list: use it to write the *research copy* of a document, and to compare
//! a copy with its original.
//!
//! [`deidentify`] applies a [`Profile`]: what the profile does not know to be safe is dropped. The built-in profile,
//! `safe-harbor-document/1`, follows 45 CFR 164.514(b)(2). [`require_deidentified`] knows a document that a profile would still
//! change, and [`compare`] shows the owner what was dropped, generalized and kept, and that a copy holds nothing else.
//!
//! No I/O. The caller passes the key of the pseudonyms and the present year.
//!
//! What a copy does not hide: exact values and combinations of codes are still a fingerprint, and a code that is not on the
//! profile's list of rare ones may be rare all the same. The list has codes of ICD-9 and ICD-10. Of other systems, such as
//! SNOMED CT, every code stays, also those of rare diseases.

#![forbid(unsafe_code)]

mod compare;
mod copy;
mod date;
mod decimal;
mod error;
mod json;
mod profile;
mod pseudonym;
mod quantity;
mod references;
mod report;
mod walk;

pub use self::{
    compare::{CompareError, Comparison, Difference, Line, compare},
    copy::{ResearchCopy, deidentify, require_deidentified},
    error::{DeidentifyError, NotDeidentified, Unreadable},
    profile::{InvalidProfile, Profile},
    pseudonym::PseudonymKey,
    report::{Action, Report},
};
