//! Research copies: written beside their originals, compared by their owner, refused where they are no copies.

use std::fs;

use generion_e2e::{Person, Town};
use serde_json::Value;

use crate::{CONDITION, create_record, number, text};

/// A result with a person in it.
const RESULT: &str = r#"{
    "resourceType": "Bundle", "type": "collection",
    "entry": [
        { "fullUrl": "https://clinic.example/Patient/482913",
          "resource": { "resourceType": "Patient", "id": "482913", "gender": "female", "birthDate": "1974-12-25",
            "name": [{ "family": "Quill", "given": ["Mara"] }], "address": [{ "line": ["1 Main Street"], "state": "MA" }] } },
        { "fullUrl": "https://clinic.example/Observation/1",
          "resource": { "resourceType": "Observation", "id": "1", "status": "final",
            "text": { "status": "generated", "div": "<div>HbA1c of Mara Quill</div>" },
            "code": { "coding": [{ "system": "http://loinc.org", "code": "4548-4", "display": "HbA1c" }] },
            "subject": { "reference": "Patient/482913" }, "effectiveDateTime": "2026-03-31T10:20:30+01:00",
            "valueQuantity": { "value": 7.20, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%" } } }
    ] }"#;

/// Writes a record with its research copy.
#[track_caller]
fn write_with_copy(town: &Town, clinic: &Person, owner: &Person, more: &[&str]) -> Value {
    let file = town.write("result.json", RESULT.as_bytes());
    let (file, owner) = (file.to_string_lossy(), owner.address.to_string());
    let mut words = create_record(&file, &owner, &town.store_url).to_vec();
    words.push("--research-copy");
    words.extend(more);
    clinic.does(&words)
}

#[test]
fn research_copies_of_documents() {
    let town = Town::found();
    let [patient, second] = ["patient", "buyer"].map(|role| town.person(role));
    for person in [&patient, &second] {
        person.does(&["user", "set-key"]);
    }
    refused_before_anything_is_written(&town, &patient);
    compared_by_the_owner(&town, &patient);
    not_named_in_another_wallet(&town, &patient, &second);
}

fn compared_by_the_owner(town: &Town, patient: &Person) {
    let [clinic, other] = ["clinic", "doctor"].map(|role| town.person(role));
    let mut dry_run = create_record("result.json", "", &town.store_url).to_vec();
    let owner = patient.address.to_string();
    dry_run[4] = &owner;
    dry_run.extend(["--research-copy", "--dry-run"]);
    town.write("result.json", RESULT.as_bytes());
    assert!(clinic.does(&dry_run)["dry_run"].is_object());
    assert_eq!(records(patient), 0);
    let done = write_with_copy(town, &clinic, patient, &[]);
    let (original, copy) = (
        text(&done, "/record/address"),
        text(&done, "/research_copy/record/address"),
    );
    assert_eq!(
        text(&done, "/research_copy/profile"),
        "safe-harbor-document/1"
    );
    assert_eq!(
        text(&done, "/research_copy/record/owner"),
        patient.address.to_string()
    );
    assert_eq!(
        text(&done, "/research_copy/record/creator"),
        clinic.address.to_string()
    );

    // Both are records like others: checked and verified.
    patient.does(&["record", "verify", &original]);
    patient.does(&["record", "verify", &copy]);
    patient.does(&["record", "open", &copy, "--to", "copy.json"]);
    let document = fs::read_to_string(town.folder.join("copy.json")).unwrap();
    for personal in [
        "Mara",
        "Quill",
        "482913",
        "Main",
        "12-25",
        "03-31",
        "clinic.example",
    ] {
        assert!(!document.contains(personal), "{personal} in {document}");
    }
    for kept in ["4548-4", "7.20", "\"2026\"", "\"1974\"", "female", "\"MA\""] {
        assert!(document.contains(kept), "{kept} is not in {document}");
    }

    let compared = patient.does(&["record", "compare", &original, &copy]);
    assert_eq!(compared["is_named"], true);
    let values = compared["values"].as_array().unwrap();
    let of = |path: &str| {
        let value = values.iter().find(|value| value["path"] == path);
        let value = value.unwrap_or_else(|| panic!("{path} in {compared}"));
        (
            text(value, "/difference"),
            text(value, "/original"),
            value["copy"].clone(),
        )
    };
    assert_eq!(
        of("Bundle.entry[0].resource.name[0].family"),
        ("dropped".to_owned(), "Quill".to_owned(), Value::Null)
    );
    assert_eq!(
        of("Bundle.entry[1].resource.effectiveDateTime"),
        (
            "generalized".to_owned(),
            "2026-03-31T10:20:30+01:00".to_owned(),
            "2026".into()
        )
    );
    assert_eq!(
        of("Bundle.entry[1].resource.valueQuantity.value"),
        ("kept".to_owned(), "7.20".to_owned(), "7.20".into())
    );
    let all = number(&compared, "/kept")
        + number(&compared, "/generalized")
        + number(&compared, "/dropped");
    assert_eq!(all, values.len() as u64);

    // Not the other way round, and not of another record.
    let refused = patient.fails(&["record", "compare", &copy, &original]);
    assert!(
        refused
            .message
            .contains("does not follow from the original"),
        "{}",
        refused.message
    );
    let again = write_with_copy(town, &clinic, patient, &[]);
    let again = text(&again, "/research_copy/record/address");
    let refused = patient.fails(&["record", "compare", &original, &again]);
    assert!(
        refused.message.ends_with("the record names another one"),
        "{}",
        refused.message
    );
    let by_another = write_with_copy(town, &other, patient, &[]);
    let by_another = text(&by_another, "/research_copy/record/address");
    let refused = patient.fails(&["record", "compare", &original, &by_another]);
    assert!(
        refused.message.ends_with("it is by another creator"),
        "{}",
        refused.message
    );
    // The pseudonyms of the same clinic's copies are the same, those of another's are not.
    let subject = |record: &str, file: &str| {
        patient.does(&["record", "open", record, "--to", file]);
        let document = fs::read_to_string(town.folder.join(file)).unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        text(&document, "/entry/1/resource/subject/reference")
    };
    let first = subject(&copy, "a.json");
    assert_eq!(first, subject(&again, "b.json"));
    assert_ne!(first, subject(&by_another, "c.json"));
}

fn not_named_in_another_wallet(town: &Town, patient: &Person, second: &Person) {
    let clinic = town.person("clinic");
    let wallet = second.address.to_string();
    let done = write_with_copy(town, &clinic, patient, &["--copy-owner", &wallet]);
    let copy = text(&done, "/research_copy/record/address");
    assert_eq!(text(&done, "/research_copy/record/owner"), wallet);
    second.does(&["record", "verify", &copy]);
    let refused = patient.fails(&["record", "open", &copy, "--to", "never.json"]);
    assert!(
        refused.message.contains("belongs to wallet"),
        "{}",
        refused.message
    );
    // A copy for the first wallet has other pseudonyms, and the first original names none.
    let own = write_with_copy(town, &clinic, patient, &[]);
    let own = text(&own, "/research_copy/record/address");
    let compared = patient.does(&["record", "compare", &text(&done, "/record/address"), &own]);
    assert_eq!(compared["is_named"], Value::Null);
    second.does(&["record", "open", &copy, "--to", "second.json"]);
    patient.does(&["record", "open", &own, "--to", "first.json"]);
    let reference = |file: &str| {
        let document = fs::read_to_string(town.folder.join(file)).unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        text(&document, "/entry/1/resource/subject/reference")
    };
    assert_ne!(reference("first.json"), reference("second.json"));
}

fn records(patient: &Person) -> usize {
    let list = patient.does(&["record", "list"]);
    list["records"].as_array().unwrap().len()
}

/// Nothing is written then, neither the copy nor the record.
fn refused_before_anything_is_written(town: &Town, patient: &Person) {
    let clinic = town.person("clinic");
    let owner = patient.address.to_string();
    town.write("condition.json", CONDITION);
    town.write("profile.json", br#"{"fhirVersion":"R4"}"#);
    town.write("letter.txt", b"Dear Mara");
    town.write(
        "denied.json",
        br#"{"resourceType":"Observation","status":"final","modifierExtension":[{"url":"https://clinic.example/not"}]}"#,
    );
    for (file, more, message) in [
        ("letter.txt", &[][..], "the document is no JSON"),
        (
            "denied.json",
            &[],
            "Observation.modifierExtension changes what the document says",
        ),
        (
            "condition.json",
            &["--copy-profile", "profile.json"],
            "the profile is not as profiles are",
        ),
    ] {
        let mut words = create_record(file, &owner, &town.store_url).to_vec();
        words.push("--research-copy");
        words.extend(more);
        let refused = clinic.fails(&words);
        assert!(refused.message.contains(message), "{}", refused.message);
    }
    assert_eq!(records(patient), 0);
}
