//! What a document tells about whom it is about: the direct identifiers in a FHIR resource in JSON.
//!
//! A buyer gets the document as it is. Nothing is removed here, and nothing found does not mean that nothing is there:
//! a rare diagnosis, or the date of an event, can name a person too. The report is what a seller must at least have
//! seen.

use std::{fmt, fs::File, io::BufReader, path::Path};

use serde_json::{Map, Value};
use solana_address::Address;

use crate::{Client, ClientError, KeySource};

/// Characters of a value that are shown.
const SHOWN: usize = 60;
/// Largest document that is looked into, in bytes.
const LARGEST: u64 = 64 << 20;

/// A kind of direct identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// Of a person or an organization.
    Name,
    /// Numbers that a hospital, an insurer or a state gave: `identifier`.
    Identifier,
    /// Telephone numbers, e-mail addresses: `telecom`.
    Contact,
    /// Where somebody lives or works.
    Address,
    /// `birthDate`, and the date of a death.
    BirthDate,
    /// Links to other resources, such as the patient's: `reference`.
    Reference,
    /// Pictures.
    Photo,
    /// Text for people, which says what the fields say, and sometimes more: `text.div`.
    Narrative,
    /// Notes, comments, conclusions and other text that nobody checked for names.
    FreeText,
    /// Documents inside the document.
    Attachment,
}

impl IdentifierKind {
    /// In words, plural.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "names",
            Self::Identifier => "identifiers",
            Self::Contact => "telephone numbers and e-mail addresses",
            Self::Address => "addresses",
            Self::BirthDate => "dates of birth or death",
            Self::Reference => "references to other records",
            Self::Photo => "pictures",
            Self::Narrative => "narratives",
            Self::FreeText => "free text",
            Self::Attachment => "attached documents",
        }
    }
}

/// An identifier that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifying {
    /// What it is.
    pub kind: IdentifierKind,
    /// Where it is, as in `Patient.name[0]`.
    pub path: String,
    /// What it says, cut short.
    pub value: String,
}

/// What a document reveals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revealed {
    /// A FHIR resource, and the direct identifiers in it, by kind.
    Resource {
        /// Its type, e.g. `Observation`.
        resource_type: String,
        /// They.
        identifiers: Vec<Identifying>,
    },
    /// Something that can't be looked into: everything in it has to be taken for identifying.
    Opaque,
}

impl Revealed {
    /// Looks into a document.
    ///
    /// # Errors
    /// That the file can't be read.
    pub fn in_file(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() > LARGEST {
            return Ok(Self::Opaque);
        }
        match serde_json::from_reader(BufReader::new(file)) {
            Ok(document) => Ok(Self::in_document(&document)),
            Err(error) if error.is_io() => Err(error.into()),
            Err(_) => Ok(Self::Opaque),
        }
    }

    /// Looks into a FHIR resource in JSON.
    pub fn in_document(document: &Value) -> Self {
        let Some(resource_type) = document.get("resourceType").and_then(Value::as_str) else {
            return Self::Opaque;
        };
        let mut search = Search {
            path: resource_type.to_owned(),
            found: Vec::new(),
        };
        search.value(document);
        search.found.sort_by_key(|found| found.kind);
        Self::Resource {
            resource_type: resource_type.to_owned(),
            identifiers: search.found,
        }
    }

    /// Whether its owner must agree to reveal more than the medical facts.
    pub fn is_identifying(&self) -> bool {
        match self {
            Self::Resource { identifiers, .. } => !identifiers.is_empty(),
            Self::Opaque => true,
        }
    }

    /// How many there are of each kind.
    pub fn counts(&self) -> Vec<(IdentifierKind, usize)> {
        let mut counts: Vec<(IdentifierKind, usize)> = Vec::new();
        if let Self::Resource { identifiers, .. } = self {
            for found in identifiers {
                match counts.last_mut() {
                    Some((kind, count)) if *kind == found.kind => *count += 1,
                    _ => counts.push((found.kind, 1)),
                }
            }
        }
        counts
    }
}

impl fmt::Display for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque => {
                write!(
                    f,
                    "a document that can't be looked into: take it that it names you"
                )
            }
            Self::Resource {
                resource_type,
                identifiers,
            } if identifiers.is_empty() => {
                write!(f, "{resource_type}: no direct identifiers were found")
            }
            Self::Resource { resource_type, .. } => {
                let counts: Vec<_> = self
                    .counts()
                    .iter()
                    .map(|(kind, count)| format!("{} ({count})", kind.words()))
                    .collect();
                write!(f, "{resource_type}: {}", counts.join(", "))
            }
        }
    }
}

impl Client {
    /// Opens one of the owner's records and looks into it. The plain text is gone from this machine when it returns.
    ///
    /// # Errors
    /// Those of [`Self::open_record`].
    pub async fn reveal(
        &self,
        owner: &dyn KeySource,
        record: &Address,
    ) -> Result<Revealed, ClientError> {
        let folder = tempfile::tempdir().map_err(|source| ClientError::File {
            path: std::env::temp_dir(),
            source,
        })?;
        let path = folder.path().join("document");
        self.open_record(owner, record, &path).await?;
        Revealed::in_file(&path).map_err(|source| ClientError::File { path, source })
    }
}

struct Search {
    path: String,
    found: Vec<Identifying>,
}

impl Search {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    self.below(&format!(".{name}"), |search| {
                        search.field(name, value, object)
                    });
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&format!("[{index}]"), |search| search.value(item));
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: &str, search: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        search(self);
        self.path.truncate(length);
    }

    /// FHIR gives the same name to the same type of thing nearly everywhere, so that the name decides.
    fn field(&mut self, name: &str, value: &Value, parent: &Map<String, Value>) {
        let kind = match name {
            "name" | "family" | "given" => IdentifierKind::Name,
            "identifier" => IdentifierKind::Identifier,
            "telecom" => IdentifierKind::Contact,
            "address" => IdentifierKind::Address,
            "birthDate" | "deceasedDateTime" => IdentifierKind::BirthDate,
            "photo" => IdentifierKind::Photo,
            "reference" => IdentifierKind::Reference,
            // Of a reference, it is the name of whom it leads to; elsewhere, that of a code.
            "display" if is_reference(parent) => IdentifierKind::Name,
            "div" => IdentifierKind::Narrative,
            "note" | "comment" | "conclusion" | "description" | "valueString"
            | "patientInstruction" => IdentifierKind::FreeText,
            "data" | "presentedForm" | "attachment" | "valueAttachment" => {
                IdentifierKind::Attachment
            }
            _ => return self.value(value),
        };
        self.each(kind, value);
    }

    fn each(&mut self, kind: IdentifierKind, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&format!("[{index}]"), |search| search.each(kind, item));
                }
            }
            _ => self.found.push(Identifying {
                kind,
                path: self.path.clone(),
                value: shorten(&words(value)),
            }),
        }
    }
}

fn is_reference(object: &Map<String, Value>) -> bool {
    object.contains_key("reference")
        || object.contains_key("type")
        || object.contains_key("identifier")
}

/// The texts of a value, one after the other.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => join(items.iter()),
        Value::Object(fields) => join(
            fields
                .iter()
                // What a thing is for says nothing about who it is.
                .filter(|(name, _)| !matches!(name.as_str(), "use" | "system" | "type" | "period"))
                .map(|(_, value)| value),
        ),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn join<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let words: Vec<_> = values
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    words.join(" ")
}

fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(document: &Value) -> Vec<(IdentifierKind, String, String)> {
        match Revealed::in_document(document) {
            Revealed::Resource { identifiers, .. } => identifiers
                .into_iter()
                .map(|one| (one.kind, one.path, one.value))
                .collect(),
            Revealed::Opaque => panic!("it is a resource"),
        }
    }

    fn one(kind: IdentifierKind, path: &str, value: &str) -> (IdentifierKind, String, String) {
        (kind, path.to_owned(), value.to_owned())
    }

    #[test]
    fn every_kind_is_found_wherever_it_is() {
        use IdentifierKind::*;

        let patient = json!({
            "resourceType": "Patient",
            "text": { "status": "generated", "div": "<div>Ana Example, born 1970</div>" },
            "identifier": [{ "use": "usual", "system": "urn:oid:1", "value": "12345" }],
            "name": [{ "use": "official", "family": "Example", "given": ["Ana", "Maria"] }],
            "telecom": [{ "system": "phone", "value": "+1 555 0100" }],
            "gender": "female",
            "birthDate": "1970-01-31",
            "address": [{ "line": ["1 Main Street"], "city": "Springfield", "postalCode": "12345" }],
            "photo": [{ "contentType": "image/png", "data": "AAAA" }],
            "managingOrganization": { "reference": "Organization/1", "display": "A Hospital" },
        });
        assert_eq!(
            found(&patient),
            [
                one(Name, "Patient.managingOrganization.display", "A Hospital"),
                one(Name, "Patient.name[0]", "Example Ana Maria"),
                one(Identifier, "Patient.identifier[0]", "12345"),
                one(Contact, "Patient.telecom[0]", "+1 555 0100"),
                one(
                    Address,
                    "Patient.address[0]",
                    "Springfield 1 Main Street 12345"
                ),
                one(BirthDate, "Patient.birthDate", "1970-01-31"),
                one(
                    Reference,
                    "Patient.managingOrganization.reference",
                    "Organization/1"
                ),
                one(Photo, "Patient.photo[0]", "image/png AAAA"),
                one(
                    Narrative,
                    "Patient.text.div",
                    "<div>Ana Example, born 1970</div>"
                ),
            ]
        );
        // A bundle, and what is contained in a resource, are looked into as well.
        let bundle = json!({
            "resourceType": "Bundle",
            "entry": [{ "resource": { "resourceType": "Observation", "contained": [patient] } }],
        });
        assert_eq!(found(&bundle).len(), 9);
        assert!(
            found(&bundle)[1]
                .1
                .starts_with("Bundle.entry[0].resource.contained[0].name")
        );
    }

    #[test]
    fn codes_are_no_names() {
        let observation = json!({
            "resourceType": "Observation",
            "status": "final",
            "code": { "coding": [{ "system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c" }] },
            "valueQuantity": { "value": 7.2, "unit": "%" },
        });
        let revealed = Revealed::in_document(&observation);
        assert!(!revealed.is_identifying());
        assert_eq!(
            revealed.to_string(),
            "Observation: no direct identifiers were found"
        );
    }

    #[test]
    fn text_that_nobody_checked_is_named() {
        let report = json!({
            "resourceType": "DiagnosticReport",
            "conclusion": "As discussed with Ms Example.",
            "note": [{ "text": "Call her daughter" }],
            "subject": { "reference": "Patient/7" },
            "presentedForm": [{ "contentType": "application/pdf", "data": "A".repeat(100) }],
        });
        let revealed = Revealed::in_document(&report);
        assert_eq!(
            revealed.to_string(),
            "DiagnosticReport: references to other records (1), free text (2), attached documents (1)"
        );
        let Revealed::Resource { identifiers, .. } = revealed else {
            panic!("it is a resource")
        };
        assert_eq!(identifiers[3].value.chars().count(), SHOWN + 1);
    }

    #[test]
    fn what_can_not_be_looked_into_counts_as_identifying() {
        assert!(Revealed::in_document(&json!({ "name": "no resource" })).is_identifying());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"%PDF-1.7").unwrap();
        assert_eq!(Revealed::in_file(file.path()).unwrap(), Revealed::Opaque);
    }
}
