//! Documents that say that something is not so, only intend or suspect it, or may do so in a way that isn't read here. They
//! yield no positive fact.

use super::resource_type::{ResourceType, Status, StatusConcept};
use crate::json::{Object, Value};

/// Members that mean that whoever doesn't understand them can't understand the rest.
const MODIFIERS: [&str; 2] = ["modifierExtension", "implicitRules"];
/// Members that negate unless they are `false`.
const FLAGS: [&str; 4] = [
    "doNotPerform",
    "_doNotPerform",
    "isSubpotent",
    "_isSubpotent",
];
/// Members that negate in earlier versions of FHIR.
const EARLIER: [&str; 6] = [
    "notDone",
    "notGiven",
    "notPerformed",
    "taken",
    "wasNotGiven",
    "wasNotTaken",
];

/// Paths of what a resource may be about that is no patient.
const OTHERS: [&str; 3] = ["/Group/", "/Device/", "/Location/"];
/// The intents of a MedicationRequest that is a prescription, and no plan or proposal.
const ORDERS: [&str; 5] = [
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
];

/// Whether a part of the document changes the meaning of another one.
pub fn is_unclear(document: &Value<'_>) -> bool {
    document.has_member(&|name| MODIFIERS.contains(&name))
}

/// The status of a resource, if it has one. The outer `None`: the resource negates, or may do so.
pub fn status<'s>(resource: &'s Object<'_>, kind: &ResourceType) -> Option<Option<&'s str>> {
    let is_set = |flag: &&str| {
        let value = resource.get(flag);
        value.is_some_and(|value| *value != Value::Bool(false))
    };
    let has_negation = FLAGS.iter().any(is_set)
        || EARLIER.iter().any(|name| resource.get(name).is_some())
        || match kind.name {
            "Observation" => resource.get("focus").is_some(),
            // The first version of FHIR refutes by it.
            "Condition" | "AllergyIntolerance" => resource.get("status").is_some(),
            "MedicationRequest" => !ORDERS.contains(&resource.string("intent")?),
            _ => false,
        }
        || resource.object(kind.subject).is_some_and(is_other);
    if has_negation {
        return None;
    }
    if let Some(verification) = &kind.verification {
        concept_status(resource, verification)?;
    }
    match &kind.status {
        Status::String(known) => {
            let status = resource.string("status")?;
            known.contains(&status).then_some(Some(status))
        }
        Status::Concept(concept) => concept_status(resource, concept),
    }
}

/// Whether a subject is something else than a patient.
fn is_other(subject: &Object<'_>) -> bool {
    let is_named = |reference: &str| {
        OTHERS.iter().any(|path| {
            // `Device/1` or `https://hospital.example/Device/1`.
            reference.starts_with(&path[1..]) || reference.contains(path)
        })
    };
    subject.string("type").is_some_and(|name| name != "Patient")
        || subject.string("reference").is_some_and(is_named)
}

/// The status that a concept says, or that there is no concept. The outer `None`: it says something else.
fn concept_status<'s>(resource: &'s Object<'_>, status: &StatusConcept) -> Option<Option<&'s str>> {
    let Some(value) = resource.get(status.member) else {
        return Some(None);
    };
    let mut codes = value
        .as_object()?
        .objects("coding")
        .filter(|coding| coding.string("system") == Some(status.system))
        .map(|coding| coding.string("code"));
    let code = codes.next()??;
    let is_clear = status.codes.contains(&code) && codes.all(|other| other == Some(code));
    is_clear.then_some(Some(code))
}
