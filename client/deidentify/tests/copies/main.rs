//! Research copies of whole documents: HL7's examples, and documents that are made from the definitions.

mod compared;
mod documents;
mod exact;
mod examples;
mod planted;
mod rules;

use generion_deidentify::{Profile, PseudonymKey, ResearchCopy, deidentify};
use serde_json::Value;

const YEAR: u16 = 2026;

fn key() -> PseudonymKey {
    PseudonymKey::new([7; 32])
}

/// The copy of a document, which must have one.
fn copy(document: &str) -> ResearchCopy {
    deidentify(document.as_bytes(), Profile::safe_harbor(), &key(), YEAR).unwrap()
}

fn json(copy: &ResearchCopy) -> Value {
    serde_json::from_slice(&copy.document).unwrap()
}

/// All values without parts, with their places.
fn leaves(value: &Value) -> Vec<(String, &Value)> {
    fn walk<'a>(value: &'a Value, path: &str, all: &mut Vec<(String, &'a Value)>) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| walk(value, &format!("{path}.{name}"), all)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, path, all)),
            leaf => all.push((path.to_owned(), leaf)),
        }
    }
    let mut all = Vec::new();
    walk(value, "", &mut all);
    all
}
