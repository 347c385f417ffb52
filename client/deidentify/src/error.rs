//! Why there is no research copy. No message names a value of the document, and paths are made of FHIR's own names.

use thiserror::Error;

/// Why a document can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It is too large.
    #[error("the document has more than 16 MiB")]
    TooLarge,
    /// It is no JSON in UTF-8, or is nested too deeply.
    #[error("the document is no JSON in UTF-8, or is nested more than 64 levels deep")]
    NotJson,
    /// A name is there twice in one object, so two readers could read different values.
    #[error("a name is there twice in one object of the document")]
    Repeated,
    /// It is no FHIR R4 resource.
    #[error("the document is no FHIR R4 resource")]
    NoResource,
}

/// Why there is no research copy of a document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeidentifyError {
    /// It can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// An element changes what others mean, such as a status or a modifier extension, and the profile does not keep it.
    /// Without it the copy would say something else.
    #[error(
        "{path} changes what the document says, and the profile does not keep it: there is no research copy of this document"
    )]
    Modifier {
        /// The element.
        path: String,
    },
}

/// Why a document is not taken for de-identified.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotDeidentified {
    /// There is no copy of it by this profile.
    #[error(transparent)]
    NoCopy(#[from] DeidentifyError),
    /// The profile would change it.
    #[error("the profile {profile} would change {}", .paths.join(", "))]
    Changed {
        /// The profile's name.
        profile: String,
        /// The elements that it would change.
        paths: Vec<String>,
    },
}
