//! What documents reveal, written down in `expected.json`: the TypeScript client, which shares no code with this one, is
//! compared with it, too. `UPDATE_REVEALED=1` writes the file again.

use std::{fs, path::Path};

use generion_client::{Revealed, RevealedKind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    damaged::{Chance, damage},
    look,
    planted::example_files,
};

/// Damaged copies of each example.
const DAMAGED: usize = 150;
/// The seed of their damage.
const SEED: u64 = 2;

/// Documents that readers read differently, or that are the edge of a rule.
const DOCUMENTS: [&[u8]; 64] = [
    b"",
    b" \n ",
    b"\r\n\r\r\n \n x",
    b"%PDF-1.7",
    b"<Patient xmlns=\"http://hl7.org/fhir\"/>",
    b"{\"resourceType\":\"Patient\",}",
    b"{\"resourceType\":\"Patient\",\"name\":[{},]}",
    b"{'resourceType':'Patient'}",
    b"{\n  resourceType: \"Patient\"\n}",
    b"\xef\xbb\xbf{\"resourceType\":\"Patient\"}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":01}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":1.}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":-}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":+1}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":1e}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":-1.5e+3}",
    b"{\"resourceType\":\"Patient\",\"multipleBirthInteger\":NaN}",
    b"{\"resourceType\":\"Patient\",\"active\":True}",
    b"{\"resourceType\":\"Patient\",\"active\":truefalse}",
    b"{\"resourceType\":\"Patient\",\"id\":\"a\nb\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"a\tb\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\x7f\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\\ud800\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\\ud83d\\ude00\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\\ude00\\ud83d\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\\u12\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\\x41\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\xed\xa0\x80\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"\xc3\"}",
    b"{\"resourceType\":\"Patient\",\xff\"id\":\"a\"}",
    b"{\"resourceType\":\"Patient\",\"\xff\":\"a\"}",
    b"{\"resourceType\":\"Patient\",\xc2\xa0\"id\":\"a\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"MRN",
    b"{\"resourceType\":\"Patient\"",
    b"{\"resourceType\":\"Patient\"]",
    b"{\"resourceType\" \"Patient\"}",
    b"{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\",\"id\":\"MRN-1\"}",
    b"{\"resourceType\":\n\"Patient\"} Mara Quill",
    b"{\"resourceType\":\"Patient\"}\n\0",
    b"{\"resourceType\":\n\"Patient\"/* Mara Quill */}",
    b"{\n\"resourceType\":\"Patient\" // Mara Quill\n}",
    b"{\"resourceType\":\"Patient\"}\n// Mara Quill",
    b"{\"resourceType\":\"Patient\"/}",
    b"[]",
    b"null",
    b"\"Patient\"",
    b"{}",
    b"{\"resourceType\":null}",
    b"{\"resourceType\":[\"Patient\"]}",
    b"{\"resourceType\":\"DomainResource\"}",
    b"{\"resourceType\":\"__proto__\"}",
    b"{\"resourceType\":\"Patient\",\"__proto__\":{}}",
    b"{\"resourceType\":\"Patient\",\"constructor\":\"Mara\"}",
    b"{\"resourceType\":\"Patient\",\"\":\"Mara\"}",
    b"{\"resourceType\":\"Patient\",\"_name\":[]}",
    b"{\"resourceType\":\"Patient\",\"id\":\"a\",\"\\u0069d\":\"b\"}",
    b"{\"resourceType\":\"Patient\",\"birthDate\":\"1931\",\"_birthDate\":{\"id\":\"a\"}}",
    b"{\"id\":\"a\",\"resourceType\":\"Device\",\"lotNumber\":\"L\",\"contained\":[{\"gender\":\"x\",\"resourceType\":\"Patient\"}]}",
    b"{\"resourceType\":\"Patient\",\"gender\":[\"Mara\"]}",
    b"{\"resourceType\":\"Patient\",\"name\":\"Mara\",\"gender\":482913,\"active\":\"yes\"}",
    b"{\"resourceType\":\"Basic\",\"text\":{\"div\":\"<div>a &lt;b&gt; &amp; c &#8211; &#x41; &unknown; &<!-- <p>hidden</p> --><i title='>'>d</i></div>\"}}",
    b"{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":5550199123,\"unit\":\"mg\"},\"component\":[{\"valueQuantity\":{\"value\":72,\"unit\":\"Quills\"}},{\"valueInteger\":12345},{\"valueQuantity\":{\"value\":250000,\"unit\":\"10*3/uL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"10*3/uL\"}}]}",
    b"{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-5\"},{\"system\":\"http://snomed.info/sct\",\"code\":\"422504002\"},{\"system\":\"https://clinic.example\",\"code\":\"1\"},{\"code\":\"E11.9\"}]}}",
];

/// A report, as the file has it.
fn report(revealed: &Revealed) -> Value {
    let (values, unlisted) = match revealed {
        Revealed::Opaque(_) => (Vec::new(), Vec::new()),
        Revealed::Resource(resource) => (
            resource
                .values
                .iter()
                .map(|value| {
                    json!([
                        value.kind.words(),
                        value.path,
                        value.text,
                        value.occurrences,
                        value.is_subject
                    ])
                })
                .collect(),
            resource
                .unlisted
                .iter()
                .map(|(kind, count)| json!([kind.words(), count]))
                .collect(),
        ),
    };
    json!([revealed.to_string(), values, unlisted])
}

/// The beginning of the hash of a report, in hexadecimal text.
fn short_hash(revealed: &Revealed) -> String {
    let hash = Sha256::digest(report(revealed).to_string());
    hash[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// More values than fit in memory: 20,000 notes of 600 letters with two bytes each.
fn large() -> String {
    let notes: Vec<_> = (0..20_000)
        .map(|number| json!({ "text": format!("{number}{}", "é".repeat(600)) }))
        .collect();
    format!(
        "{{\"resourceType\":\"Observation\",\"note\":{}}}",
        Value::from(notes)
    )
}

fn reports() -> Value {
    let documents: Vec<_> = DOCUMENTS
        .iter()
        .map(|document| {
            let bytes: String = document.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "bytes": bytes, "report": report(&look(document)) })
        })
        .collect();
    let mut chance = Chance(SEED);
    let examples: Vec<_> = example_files()
        .into_iter()
        .map(|(name, whole)| {
            let damaged: Vec<_> = (0..DAMAGED)
                .map(|_| short_hash(&look(damage(&mut chance, &whole))))
                .collect();
            json!({ "name": name, "report": report(&look(&whole)), "damaged": damaged })
        })
        .collect();
    let Revealed::Resource(large) = look(large()) else {
        panic!("it can be looked into");
    };
    json!({
        "documents": documents,
        "examples": examples,
        "large": { "listed": large.values.len(), "unlisted": large.unlisted[&RevealedKind::FreeText] },
    })
}

/// What the examples and odd documents reveal is what is written down, which the TypeScript client is compared with.
#[test]
fn documents_reveal_what_is_written_down() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fhir/expected.json");
    let text = format!("{:#}\n", reports());
    if std::env::var_os("UPDATE_REVEALED").is_some() {
        fs::write(&file, &text).expect("it can be written");
    }
    let expected = fs::read_to_string(&file).expect("it was written: UPDATE_REVEALED=1 does");
    assert!(
        text == expected,
        "UPDATE_REVEALED=1 writes {} again",
        file.display()
    );
}
