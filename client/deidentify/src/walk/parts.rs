//! Small parts of copies.

use crate::{
    json::{Members, Node, member},
    profile::Profile,
};

const DATA_ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// HL7's codes for what was done to a resource, for `meta.security`.
const OBSERVATION_VALUE: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
/// Pseudonymized: stripped of what tells whom it is about, where somebody may keep a key. Redacted: with portions filtered.
/// Abstracted: with less exact values. Copies have all three, so that the labels tell nothing of the original. `ANONYED` does
/// not fit, because it says that nobody keeps a key. The texts are the code system's own
/// (`CodeSystem-v3-ObservationValue.json` in the npm package hl7.fhir.r4.examples 4.0.1).
const LABELS: [(&str, &str); 3] = [
    ("PSEUDED", "pseudonymized"),
    ("REDACTED", "redacted"),
    ("ABSTRED", "abstracted"),
];

/// Elements of which FHIR asks for one at least, where another one stands alone otherwise.
const ONE_OF: [(&str, &[&str]); 6] = [
    // obs-3
    ("Observation.referenceRange", &["low", "high"]),
    // cmp-1
    ("Composition.section", &["text", "entry", "section"]),
    // con-1
    ("Condition.stage", &["summary", "assessment"]),
    // imm-1
    ("Immunization.education", &["documentType", "reference"]),
    // cpl-3 allows one of them alone, and the others follow it.
    (
        "CarePlan.activity",
        &[
            "detail",
            "reference",
            "outcomeCodeableConcept",
            "outcomeReference",
        ],
    ),
    // bdl-5
    ("Bundle.entry", &["resource"]),
];

/// What is in the place of a copy's `meta`.
pub(crate) fn label() -> Node {
    let security = LABELS.map(|(code, display)| {
        Node::object([
            ("system", Node::text(OBSERVATION_VALUE)),
            ("code", Node::text(code)),
            ("display", Node::text(display)),
        ])
    });
    Node::object([("security", Node::List(security.to_vec()))])
}

/// What takes the place of an element that FHIR asks for: why it is absent.
pub(crate) fn masked(reason: Option<&str>) -> Node {
    let extension = Node::object([
        ("url", Node::text(DATA_ABSENT_REASON)),
        ("valueCode", Node::text(reason.unwrap_or("masked"))),
    ]);
    Node::object([("extension", Node::List(vec![extension]))])
}

/// Why an element is absent, if the document says so and nothing else.
pub(super) fn data_absent_reason(value: &Node, profile: &Profile) -> Option<String> {
    let value = match value {
        Node::List(items) if items.len() == 1 => &items[0],
        value => value,
    };
    let members = value.as_object()?;
    let extensions = member(members, "extension")?.items();
    let found = extensions.iter().find_map(|extension| {
        let text = |name: &str| extension.get(name).and_then(Node::as_text);
        let code = text("valueCode").filter(|_| text("url") == Some(DATA_ABSENT_REASON))?;
        profile
            .keeps_extension(DATA_ABSENT_REASON, code)
            .then(|| code.to_owned())
    })?;
    (members.len() == 1).then_some(found)
}

pub(crate) fn is_mask(value: &Node) -> bool {
    match value {
        Node::List(items) => items.iter().all(is_mask),
        Node::Object(members) => match members.as_slice() {
            [(name, extensions)] if name == "extension" => {
                extensions.items().iter().all(|extension| {
                    extension.get("url").and_then(Node::as_text) == Some(DATA_ABSENT_REASON)
                })
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether something is said besides why things are absent.
pub(super) fn says_something(value: &Node) -> bool {
    match value {
        Node::Object(_) if is_mask(value) => false,
        Node::Object(members) => members.iter().any(|(_, value)| says_something(value)),
        Node::List(items) => items.iter().any(says_something),
        Node::Null => false,
        _ => true,
    }
}

pub(super) fn is_empty(value: &Node) -> bool {
    match value {
        Node::Null => true,
        Node::Text(text) => text.is_empty(),
        Node::List(items) => items.is_empty(),
        Node::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Whether FHIR does not allow an object of this type with these elements alone.
pub(super) fn contradicts_an_invariant(of: &str, members: &Members) -> bool {
    let has = |name: &str| member(members, name).is_some();
    // rat-1
    if of == "Ratio" {
        return !(has("numerator") && has("denominator"));
    }
    let one_of = ONE_OF.iter().find(|(known, _)| *known == of);
    one_of.is_some_and(|(_, names)| !names.iter().any(|name| has(name)))
}
