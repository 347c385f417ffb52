//! The profile `fhir-r4/1` (docs/PROTOCOL.md, section 3): facts that follow from a FHIR R4 resource in JSON.

mod coding;
mod date;
mod list;
mod negation;
mod parts;
mod patient;
mod resource_type;
mod value;

use crate::{fact::Fact, json};
use list::FactList;
use parts::Parts;

/// Bytes of the longest document from whose content facts follow: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;

/// Code system of an Observation's interpretation.
const INTERPRETATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// The facts of a document, in the order of the profile, behind the three that every document has. `None`: only those three
/// follow.
pub fn facts(document: &[u8]) -> Option<Vec<Fact>> {
    if document.len() > MAX_CONTENT {
        return None;
    }
    let json = json::read(document)?;
    let parts = Parts::of(&json)?;
    let Parts { resource, kind, .. } = parts;
    if negation::is_unclear(&json) {
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
