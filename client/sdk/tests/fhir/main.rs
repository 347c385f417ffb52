//! What documents are said to reveal: nothing that identifies anybody may pass for harmless.

mod damaged;
mod documents;
mod expected;
mod memory;
mod opaque;
mod planted;
mod short_list;

use std::io::Cursor;

use generion_client::{Opaque, Revealed, RevealedKind, RevealedResource};
use serde_json::Value;

/// Looks into a document.
fn look(document: impl AsRef<[u8]>) -> Revealed {
    Revealed::in_document(&mut Cursor::new(document.as_ref())).expect("memory can be read")
}

/// Looks into a FHIR resource.
#[track_caller]
fn resource(document: impl AsRef<[u8]>) -> RevealedResource {
    match look(document) {
        Revealed::Resource(resource) => resource,
        Revealed::Opaque(why) => panic!("it can't be looked into: {why}"),
    }
}

/// Why a document can't be looked into.
#[track_caller]
fn opaque(document: impl AsRef<[u8]>) -> Opaque {
    match look(document) {
        Revealed::Resource(resource) => panic!("it was looked into: {resource:?}"),
        Revealed::Opaque(why) => why,
    }
}

/// The values of a document: what they are, where, and what they say.
#[track_caller]
fn values(document: &Value) -> Vec<(RevealedKind, String, String)> {
    let values = resource(document.to_string()).values;
    values
        .into_iter()
        .map(|value| (value.kind, value.path, value.text))
        .collect()
}

fn one(kind: RevealedKind, path: &str, text: &str) -> (RevealedKind, String, String) {
    (kind, path.to_owned(), text.to_owned())
}
