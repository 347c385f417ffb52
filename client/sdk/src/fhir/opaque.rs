use thiserror::Error;

/// Why a document can't be looked into. Everything in it has to be taken for identifying.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Opaque {
    /// The document is larger than the limit.
    #[error("it is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// The largest, in bytes.
        limit: u64,
    },
    /// The document is not strict JSON.
    #[error("it is not JSON, or is damaged{}", line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    NotJson {
        /// The line, from 1, if it is known.
        line: Option<u64>,
    },
    /// There is more behind the end of the document.
    #[error("something follows behind its end, in line {line}")]
    TrailingData {
        /// The line, from 1.
        line: u64,
    },
    /// The document has comments, which JSON does not allow.
    #[error("it has a comment, in line {line}")]
    Comment {
        /// The line, from 1.
        line: u64,
    },
    /// Parts in parts in parts, and so on.
    #[error("it is nested more than {limit} deep")]
    TooDeep {
        /// The deepest nesting that is allowed.
        limit: u32,
    },
    /// A name or a number that is longer than any that means something.
    #[error("it has a name or a number of more than {limit} characters")]
    TooLong {
        /// The longest names that are allowed, approximately.
        limit: usize,
    },
    /// The document is JSON, but not a FHIR resource.
    #[error("it is no FHIR resource: it has no resourceType")]
    NoResourceType,
    /// A resource type that FHIR R4 doesn't know.
    #[error("FHIR R4 has no resource type {name}")]
    UnknownResourceType {
        /// The name.
        name: String,
    },
    /// An element that FHIR R4 doesn't know, or not in this case.
    #[error("FHIR R4 has no element {path}")]
    UnknownElement {
        /// The place.
        path: String,
    },
    /// An element that is there twice: which one counts is up to its reader.
    #[error("{path} is there twice")]
    Repeated {
        /// The place.
        path: String,
    },
    /// An element that has parts where FHIR R4 has a value, or is a list where it has none, or the other way round.
    #[error("{path} is not of the form that FHIR R4 gives it")]
    Misshapen {
        /// The place.
        path: String,
    },
    /// More resources than are kept in memory.
    #[error("it has too many resources")]
    TooManyResources,
}
