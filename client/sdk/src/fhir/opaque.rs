use thiserror::Error;

/// Why a document can't be looked into. Everything in it has to be taken for identifying.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Opaque {
    /// It is larger than what is looked into.
    #[error("it is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// The largest, in bytes.
        limit: u64,
    },
    /// It is not JSON, or not to the letter.
    #[error("it is not JSON, or is damaged{}", line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    NotJson {
        /// Where, from 1, if that is known.
        line: Option<u64>,
    },
    /// There is more behind the end of the document.
    #[error("something follows behind its end, in line {line}")]
    TrailingData {
        /// Where, from 1.
        line: u64,
    },
    /// It has comments, which JSON doesn't.
    #[error("it has a comment, in line {line}")]
    Comment {
        /// Where, from 1.
        line: u64,
    },
    /// Parts in parts in parts, and so on.
    #[error("it is nested more than {limit} deep")]
    TooDeep {
        /// How deep it may be.
        limit: u32,
    },
    /// A name or a number that is longer than any that means something.
    #[error("it has a name or a number of more than {limit} characters")]
    TooLong {
        /// How long they may be, about.
        limit: usize,
    },
    /// It is JSON, but not a FHIR resource.
    #[error("it is no FHIR resource: it has no resourceType")]
    NoResourceType,
    /// A resource type that FHIR R4 doesn't know.
    #[error("FHIR R4 has no resource type {name}")]
    UnknownResourceType {
        /// Its name.
        name: String,
    },
    /// An element that FHIR R4 doesn't know, or not in this case.
    #[error("FHIR R4 has no element {path}")]
    UnknownElement {
        /// Where it is.
        path: String,
    },
    /// An element that is there twice: which one counts is up to its reader.
    #[error("{path} is there twice")]
    Repeated {
        /// Where it is.
        path: String,
    },
    /// An element that has parts where FHIR R4 has a value, or is a list where it has none, or the other way round.
    #[error("{path} is not of the form that FHIR R4 gives it")]
    Misshapen {
        /// Where it is.
        path: String,
    },
    /// More resources than are kept in memory.
    #[error("it has too many resources")]
    TooManyResources,
}
