//! What a document reveals about its subject: examines a FHIR R4 resource in JSON, value by value.
//!
//! A buyer gets the document as it is; this module removes nothing from it. Only values that are known to be harmless count as
//! harmless: codes of well-known terminologies, quantities and their units, statuses, years ([`judge`]). Every other value is
//! reported, with its kind or as unchecked. A document that two readers could read differently is not examined: one with a name
//! that is there twice, or with elements that FHIR R4 doesn't have.
//!
//! An empty report does not mean that nobody can recognize the person: a rare diagnosis can name a person, too.

mod collection;
mod json;
mod judge;
mod kind;
mod markup;
mod opaque;
mod walk;

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

pub use self::{collection::RevealedValue, kind::RevealedKind, opaque::Opaque};
use self::{
    collection::some_of_each,
    json::{Stop, late_types},
    walk::walk,
};

/// Largest document that is looked into, in bytes.
const LARGEST: u64 = 64 << 20;

/// The revealed values of a document. There is no third case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revealed {
    /// A FHIR resource: its values that aren't known to be harmless.
    Resource(RevealedResource),
    /// Something that can't be looked into: everything in it has to be taken for identifying.
    Opaque(Opaque),
}

/// The revealed values of a FHIR resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealedResource {
    /// The type of the resource, e.g. `Observation`.
    pub resource_type: &'static str,
    /// Each value once: first the values about the document's subject, then by kind.
    pub values: Vec<RevealedValue>,
    /// The number of further values, by kind, if a document has more values than fit in 16 MiB.
    pub unlisted: BTreeMap<RevealedKind, u64>,
}

impl Revealed {
    /// Looks into a document. It takes the same memory for any, and reads it twice.
    ///
    /// # Errors
    /// That the file can't be read.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        Self::in_document(&mut File::open(path)?)
    }

    /// Those of [`Self::in_file`].
    ///
    /// # Errors
    /// That the document can't be read.
    pub fn in_document(document: &mut (impl Read + Seek)) -> io::Result<Self> {
        if document.seek(SeekFrom::End(0))? > LARGEST {
            return Ok(Self::Opaque(Opaque::TooLarge { limit: LARGEST }));
        }
        let looked = read_from_start(document, |document| late_types(document))
            .and_then(|late| read_from_start(document, |document| walk(document, late)));
        match looked {
            Ok((resource_type, collection)) => {
                let (values, unlisted) = collection.finish();
                Ok(Self::Resource(RevealedResource {
                    resource_type,
                    values,
                    unlisted,
                }))
            }
            Err(Stop::Opaque(opaque)) => Ok(Self::Opaque(opaque)),
            Err(Stop::Io(error)) => Err(error),
        }
    }

    /// Whether the owner must agree to reveal values that are not known to be harmless.
    pub fn is_identifying(&self) -> bool {
        match self {
            Self::Resource(resource) => {
                !resource.values.is_empty() || !resource.unlisted.is_empty()
            }
            Self::Opaque(_) => true,
        }
    }
}

impl RevealedResource {
    /// A short list for people: some values of each kind, in order.
    pub fn some_of_each(&self) -> Vec<&RevealedValue> {
        some_of_each(&self.values)
    }

    /// The number of different values of each kind. Of values that are not listed, each occurrence counts.
    pub fn counts(&self) -> BTreeMap<RevealedKind, u64> {
        let mut counts = self.unlisted.clone();
        for value in &self.values {
            *counts.entry(value.kind).or_default() += 1;
        }
        counts
    }
}

impl fmt::Display for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque(why) => {
                write!(
                    f,
                    "a document that can't be looked into ({why}): take it that it names you"
                )
            }
            Self::Resource(resource) if !self.is_identifying() => write!(
                f,
                "{}: nothing but known codes, quantities, units, statuses and years",
                resource.resource_type
            ),
            Self::Resource(resource) => {
                let counts: Vec<_> = resource
                    .counts()
                    .iter()
                    .map(|(kind, count)| format!("{} ({count})", kind.words()))
                    .collect();
                write!(f, "{}: {}", resource.resource_type, counts.join(", "))
            }
        }
    }
}

fn read_from_start<D: Read + Seek, T>(
    document: &mut D,
    read: impl FnOnce(BufReader<&mut D>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    document.seek(SeekFrom::Start(0)).map_err(Stop::Io)?;
    read(BufReader::new(document))
}
