//! What a document tells about whom it is about: a FHIR R4 resource in JSON, looked into value by value.
//!
//! A buyer gets the document as it is; nothing is removed here. Only what is known to be harmless counts as harmless: codes
//! of well-known terminologies, quantities and their units, statuses, years ([`judge`]). Every other value is reported, as
//! what it is or as unchecked. What two readers could read differently can't be looked into: names that are there twice,
//! and whatever FHIR R4 doesn't know.
//!
//! That nothing is reported does not mean that nothing can be told: a rare diagnosis can name a person, too.

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

/// What a document reveals. There is no third case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revealed {
    /// A FHIR resource: its values that aren't known to be harmless.
    Resource(RevealedResource),
    /// Something that can't be looked into: everything in it has to be taken for identifying.
    Opaque(Opaque),
}

/// What a FHIR resource reveals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealedResource {
    /// Its type, e.g. `Observation`.
    pub resource_type: &'static str,
    /// Each value once: first those about whom the document is about, then by kind.
    pub values: Vec<RevealedValue>,
    /// How many more there are, by kind, where a document has more values than fit in 16 MiB.
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

    /// As [`Self::in_file`].
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

    /// Whether its owner must agree to reveal more than what is known to be harmless.
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

    /// How many different values there are of each kind. Of those that are not listed, each occurrence counts.
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
