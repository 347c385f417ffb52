//! The facts of all examples of FHIR R4 and of the International Patient Summary, as `fixtures/fhir-example-facts.jsonl` has
//! them, with which the TypeScript client is compared, too. With `UPDATE_FACTS` set, the test writes the file.

use std::{collections::BTreeSet, fs, io::Read, path::PathBuf};

use flate2::read::GzDecoder;
use generion_facts::{ContentFacts, Profile};
use serde_json::{Value, json};

/// Names of the facts that follow from a patient.
const OF_PATIENT: [&str; 4] = ["gender", "birth-year", "birth-decade", "country"];

fn fixture(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../fixtures").join(name)
}

/// Names of files, and the JSON in them.
fn examples() -> Vec<(String, String)> {
    let mut text = String::new();
    let file = fs::File::open(fixture("fhir-examples.tsv.gz")).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let lines = text.lines().map(|line| line.split_once('\t').unwrap());
    lines
        .map(|(name, json)| (name.to_owned(), json.to_owned()))
        .collect()
}

/// A Bundle of an example and a patient, whom the first subject of the example names.
fn with_patient(example: &str) -> String {
    let reference = |member: &str| {
        let (_, rest) = example.split_once(&format!(r#""{member}":{{"reference":""#))?;
        Some(rest.split_once('"')?.0)
    };
    let reference = reference("subject").or_else(|| reference("patient"));
    let url = match reference.unwrap_or("none") {
        absolute if absolute.contains(':') => absolute.to_owned(),
        relative => format!("https://hospital.example/{relative}"),
    };
    let patient = r#"{"resourceType":"Patient","gender":"female","birthDate":"1970-02","address":[{"country":"DE"}]}"#;
    format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{example}}},{{"fullUrl":"{url}","resource":{patient}}}]}}"#
    )
}

fn facts(document: &str) -> Vec<String> {
    let content = ContentFacts::of(Some(document.as_bytes()));
    let facts = Profile::FhirR4_1.facts("", "", &[0; 32], &content);
    // The first one is the hash.
    facts[1..].iter().map(ToString::to_string).collect()
}

#[test]
fn examples_have_the_facts_of_the_file() {
    let mut lines = String::new();
    let mut types = BTreeSet::new();
    let examples = examples();
    assert!(examples.len() > 700, "{}", examples.len());
    for (name, example) in &examples {
        let (alone, known) = (facts(example), facts(&with_patient(example)));
        let is_of_patient = |fact: &&String| OF_PATIENT.contains(&fact.split_once('=').unwrap().0);
        let without: Vec<_> = known.iter().filter(|fact| !is_of_patient(fact)).collect();
        // Where the subject is named, the patient's facts come on top.
        assert!(
            known.is_empty() || without.iter().copied().eq(&alone),
            "{name}"
        );
        assert!(known.len() <= 29, "{name}");
        if alone.is_empty() {
            continue;
        }
        types.insert(alone[0].clone());
        let line: Value = json!({"name": name, "alone": alone, "with_patient": known});
        lines += &(line.to_string() + "\n");
    }
    // Each type is among them.
    assert_eq!(types.len(), 8, "{types:?}");
    let expected = fixture("fhir-example-facts.jsonl");
    if std::env::var_os("UPDATE_FACTS").is_some() {
        fs::write(&expected, &lines).unwrap();
    }
    let values = |text: &str| -> Vec<Value> {
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    assert_eq!(
        values(&lines),
        values(&fs::read_to_string(expected).unwrap())
    );
}

/// Damaged in any place, an example has facts or none, and never others of the same name twice.
#[test]
fn damaged_examples_end_nothing() {
    for (name, example) in examples() {
        let bytes = example.as_bytes();
        for part in 1..8 {
            let cut = &bytes[..bytes.len() * part / 8];
            assert_eq!(
                ContentFacts::of(Some(cut)),
                ContentFacts::default(),
                "{name}"
            );
            let mut changed = bytes.to_vec();
            changed[bytes.len() * part / 8] ^= 1 << part;
            let content = ContentFacts::of(Some(&changed));
            let facts = Profile::FhirR4_1.facts("", "", &[0; 32], &content);
            let distinct: BTreeSet<_> = facts.iter().collect();
            assert!(distinct.len() == facts.len() && facts.len() <= 30, "{name}");
        }
    }
}
