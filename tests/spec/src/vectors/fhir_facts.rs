//! Facts that follow from the content of documents by `fhir-r4/1`. What is expected is written by hand, from the protocol.

mod case;
mod components;
mod copies;
mod dates;
mod negations;
mod parts;
mod texts;
mod values;

use generion_crypto::facts::MAX_CONTENT;
use serde_json::{Value, json};

use case::Case;

pub(super) fn all() -> Value {
    let cases = [
        texts::all(),
        parts::all(),
        negations::all(),
        values::all(),
        components::all(),
        dates::all(),
    ];
    json!({
        "about": "Facts that follow from the content of documents by the profile `fhir-r4/1` (docs/PROTOCOL.md, section 3), \
                  behind those of `document/1`; none: only those of `document/1` follow. `document` is text in UTF-8, or \
                  `document_hex` are its bytes. As many spaces as `spaces` says follow it. `copies` are those by the profile \
                  `safe-harbor-document/1`.",
        "cases": cases.iter().flatten().map(Case::to_json).collect::<Vec<_>>(),
        "copies": copies::all(),
        "maximum": MAX_CONTENT,
    })
}
