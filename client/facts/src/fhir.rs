//! The profile `fhir-r4/1` (docs/PROTOCOL.md, section 3): facts that follow from a FHIR R4 resource in JSON.

mod coding;
mod date;
mod label;
mod list;
mod negation;
mod parts;
mod patient;
mod resource_type;
mod value;

use crate::{
    fact::Fact,
    json::{self, Value},
};
use list::FactList;
use parts::Parts;

/// Bytes of the longest document from whose content facts follow: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;

/// Code system of an Observation's interpretation.
const INTERPRETATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// What follows from the content of a document.
#[derive(Default)]
pub struct Content {
    /// The facts of `fhir-r4/1`, in their order, behind the three that every document has.
    pub facts: Vec<Fact>,
    /// Whether the document is labelled as de-identified.
    pub is_labelled: bool,
}

/// Reads a document. Nothing follows from one that is too long, or no JSON as the protocol has it.
pub fn content(document: &[u8]) -> Content {
    if document.len() > MAX_CONTENT {
        return Content::default();
    }
    let Some(json) = json::read(document) else {
        return Content::default();
    };
    Content {
        facts: facts(&json).unwrap_or_default(),
        is_labelled: label::is_deidentified(&json),
    }
}

/// `None`: only the facts follow that every document has.
fn facts(json: &Value<'_>) -> Option<Vec<Fact>> {
    let parts = Parts::of(json)?;
    let Parts { resource, kind, .. } = parts;
    if negation::is_unclear(json) {
        return None;
    }
    let status = negation::status(resource, kind)?;

    let mut facts = FactList::default();
    facts.add("resource", 1, [kind.name.to_owned()]);
    facts.add("code", 6, coding::of_member(resource, kind.code));
    facts.add("category", 3, kind.category.codings(resource));
    facts.add("status", 1, status.map(str::to_owned));
    let date = date::of_resource(resource, kind);
    facts.add("year", 1, date.map(|date| date.year().to_owned()));
    facts.add(
        "month",
        1,
        date.and_then(|date| date.month()).map(str::to_owned),
    );
    if kind.has_values {
        facts.add("value", value::MAX_VALUES, value::values(resource));
        let interpretations = resource
            .objects("interpretation")
            .flat_map(|concept| coding::of_concept(concept))
            .filter(|coding| coding.system == INTERPRETATIONS)
            .map(|coding| coding.code.to_owned());
        facts.add("interpretation", 3, interpretations);
        facts.add("component", 6, value::components(resource));
    }
    if let Some(patient) = parts.patient {
        patient::add_facts(&mut facts, patient, date);
    }
    Some(facts.into_facts())
}
