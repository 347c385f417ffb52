//! Facts that follow from the content of documents: a slow reference, which never reads JSON, agrees on made-up documents.

mod json;
mod made;
mod printed;
mod reference;

use arbitrary::Unstructured;
use generion_crypto::facts::{ContentFacts, MAX_CONTENT, Profile};
use serde_json::Value;

use generion_native::memory::within;

/// The documents of the known answers.
const KNOWN: &str = include_str!("../../programs/generion/vectors/fhir-facts.json");

/// Documents as bytes, and bytes that documents are made from.
pub fn seeds() -> Vec<Vec<u8>> {
    let known: Value = serde_json::from_str(KNOWN).expect("JSON");
    let documents = known["cases"].as_array().expect("a list").iter();
    let documents = documents.filter_map(|case| case["document"].as_str());
    let bytes = documents.map(|document| [&[0], document.as_bytes()].concat());
    // Any bytes make a document.
    let made = (0..64_u32).map(|number| {
        let letters = (0..600_u32).map(|at| (number + 1).wrapping_mul(at * at + 7 * at + 13) >> 3);
        [1].into_iter()
            .chain(letters.map(|letter| letter as u8))
            .collect()
    });
    bytes.chain(made).collect()
}

/// The first byte selects the meaning of the rest: a document, or what a document is made from.
pub fn run(input: &[u8]) {
    match input.split_first() {
        Some((0, document)) => any(document),
        Some((_, bytes)) => made(&mut Unstructured::new(bytes)),
        None => {}
    }
}

/// The facts of a document's content.
fn facts(document: &[u8]) -> Vec<String> {
    let room = 64 * document.len() + (64 << 10);
    let content = within(room, "facts of a content", || {
        ContentFacts::of(Some(document))
    });
    let facts = Profile::FhirR4_1.facts("", "", &[0; 32], &content);
    // There is no kind and no media type, but a hash.
    facts[1..].iter().map(ToString::to_string).collect()
}

/// What is read at all is JSON for another reader, too, and facts are at most as many as there are leaves.
fn any(document: &[u8]) {
    let found = facts(document);
    assert!(found.len() <= 29, "{found:?}");
    let distinct: std::collections::BTreeSet<_> = found.iter().collect();
    assert_eq!(distinct.len(), found.len());
    if !found.is_empty() {
        assert!(document.len() <= MAX_CONTENT);
        match serde_json::from_slice::<Value>(document) {
            Ok(value) => assert!(value.is_object()),
            // It turns numbers into floating-point numbers, which hold less.
            Err(error) => assert!(error.to_string().starts_with("number out of range")),
        }
    }
}

fn made(source: &mut Unstructured) {
    let Ok(document) = made::document(source) else {
        return;
    };
    let expected = reference::facts(&document);
    let text = printed::text(&document, source);
    assert_eq!(facts(text.as_bytes()), expected, "{text}");
    any(text.as_bytes());
}
