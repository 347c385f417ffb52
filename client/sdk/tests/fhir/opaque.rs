use std::io::{self, Read, Seek, SeekFrom};

use generion_client::{Opaque, Revealed};
use serde_json::json;

use crate::{look, opaque};

#[test]
fn what_is_not_json_can_not_be_looked_into() {
    for (document, line) in [
        (&b""[..], Some(1)),
        (b" \n ", Some(2)),
        (b"%PDF-1.7", Some(1)),
        (b"<Patient xmlns=\"http://hl7.org/fhir\"/>", Some(1)),
        // What lenient readers let pass.
        (br#"{"resourceType":"Patient",}"#, Some(1)),
        (br#"{'resourceType':'Patient'}"#, Some(1)),
        (b"{\n  resourceType: \"Patient\"\n}", Some(2)),
        (b"\xef\xbb\xbf{\"resourceType\":\"Patient\"}", Some(1)),
        (
            br#"{"resourceType":"Patient","multipleBirthInteger":01}"#,
            Some(1),
        ),
        (
            br#"{"resourceType":"Patient","multipleBirthInteger":NaN}"#,
            Some(1),
        ),
        (b"{\"resourceType\":\"Patient\",\"id\":\"a\nb\"}", Some(1)),
        (br#"{"resourceType":"Patient","id":"\ud800"}"#, Some(1)),
        // A byte that is no text.
        (b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}", None),
        // It ends too early.
        (br#"{"resourceType":"Patient","id":"MRN"#, Some(1)),
        (br#"{"resourceType":"Patient""#, Some(1)),
    ] {
        assert_eq!(
            opaque(document),
            Opaque::NotJson { line },
            "{}",
            document.escape_ascii()
        );
    }
    assert_eq!(
        look("%PDF-1.7").to_string(),
        "a document that can't be looked into (it is not JSON, or is damaged in line 1): take it that it names you"
    );
}

#[test]
fn what_is_more_than_one_json_document_can_not_be_looked_into() {
    for document in [
        &b"{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\",\"id\":\"MRN-1\"}"[..],
        b"{\"resourceType\":\n\"Patient\"} Mara Quill",
        b"{\"resourceType\":\"Patient\"}\n\0",
    ] {
        assert_eq!(
            opaque(document),
            Opaque::TrailingData { line: 2 },
            "{}",
            document.escape_ascii()
        );
    }
    for document in [
        "{\"resourceType\":\n\"Patient\"/* Mara Quill */}",
        "{\n\"resourceType\":\"Patient\" // Mara Quill\n}",
        "{\"resourceType\":\"Patient\"}\n// Mara Quill",
    ] {
        assert_eq!(opaque(document), Opaque::Comment { line: 2 }, "{document}");
    }
}

#[test]
fn what_is_too_deep_or_too_long_can_not_be_looked_into() {
    let deep = format!(
        r#"{{"resourceType":"Patient","extension":{}1{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(opaque(deep), Opaque::TooDeep { limit: 128 });
    let long = format!(
        r#"{{"resourceType":"Patient","{}":1}}"#,
        "n".repeat(100_000)
    );
    assert_eq!(opaque(long), Opaque::TooLong { limit: 16 << 10 });
    let long = format!(
        r#"{{"resourceType":"Bundle","total":{}}}"#,
        "1".repeat(100_000)
    );
    assert_eq!(opaque(long), Opaque::TooLong { limit: 16 << 10 });
}

#[test]
fn json_that_is_no_resource_of_fhir_r4_can_not_be_looked_into() {
    for document in [
        "[]",
        "null",
        r#""Patient""#,
        "{}",
        r#"{"name":"no resource"}"#,
        r#"{"resourceType":null}"#,
        r#"{"resourceType":["Patient"]}"#,
        r#"{"resourceType":"Observation","contained":[{"id":"a"}]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":{}}]}"#,
    ] {
        assert_eq!(opaque(document), Opaque::NoResourceType, "{document}");
    }
    for name in [
        "LabReport",
        "patient",
        "Patient ",
        "DomainResource",
        "Resource",
        "HumanName",
        "Patient.contact",
        "",
    ] {
        let document = json!({ "resourceType": name }).to_string();
        assert_eq!(
            opaque(document),
            Opaque::UnknownResourceType {
                name: name.to_owned()
            }
        );
        let document =
            json!({ "resourceType": "Patient", "contained": [{ "resourceType": name }] });
        assert_eq!(
            opaque(document.to_string()),
            Opaque::UnknownResourceType {
                name: name.to_owned()
            }
        );
    }
}

#[test]
fn elements_that_fhir_r4_does_not_know_can_not_be_looked_into() {
    for (document, path) in [
        (r#"{"resourceType":"Patient","Name":[]}"#, "Patient.Name"),
        (
            r#"{"resourceType":"Patient","ssn":"078-05-1120"}"#,
            "Patient.ssn",
        ),
        (
            r#"{"resourceType":"Patient","name":[{"Text":"Mara"}]}"#,
            "Patient.name[0].Text",
        ),
        (
            r#"{"resourceType":"Patient","fhir_comments":["Mara"]}"#,
            "Patient.fhir_comments",
        ),
        (
            r#"{"resourceType":"Patient","__proto__":{}}"#,
            "Patient.__proto__",
        ),
        (r#"{"resourceType":"Patient","":"Mara"}"#, "Patient."),
        // Besides a value without parts alone.
        (r#"{"resourceType":"Patient","_name":[]}"#, "Patient._name"),
        (
            r#"{"resourceType":"Observation","value":"Mara"}"#,
            "Observation.value",
        ),
        (
            r#"{"resourceType":"Observation","value[x]":"Mara"}"#,
            "Observation.value[x]",
        ),
        (
            r#"{"resourceType":"Observation","valueAddress":{"city":"G"}}"#,
            "Observation.valueAddress",
        ),
        // Of another type.
        (
            r#"{"resourceType":"Observation","birthDate":"1931-05-02"}"#,
            "Observation.birthDate",
        ),
        (
            r#"{"resourceType":"Patient","name":[{"resourceType":"Patient"}]}"#,
            "Patient.name[0].resourceType",
        ),
        // Of a later version.
        (
            r#"{"resourceType":"Observation","triggeredBy":[]}"#,
            "Observation.triggeredBy",
        ),
    ] {
        assert_eq!(
            opaque(document),
            Opaque::UnknownElement {
                path: path.to_owned()
            },
            "{document}"
        );
    }
}

#[test]
fn what_is_there_twice_can_not_be_looked_into() {
    for (document, path) in [
        (
            r#"{"resourceType":"Patient","id":"a","id":"b"}"#,
            "Patient.id",
        ),
        (
            r#"{"resourceType":"Patient","id":"a","\u0069d":"b"}"#,
            "Patient.id",
        ),
        (
            r#"{"resourceType":"Patient","_birthDate":{},"_birthDate":{}}"#,
            "Patient._birthDate",
        ),
        (
            r#"{"resourceType":"Patient","name":[{"text":"a","text":null}]}"#,
            "Patient.name[0].text",
        ),
        (
            r#"{"resourceType":"Observation","code":{"coding":[{"code":"a","code":"b"}]}}"#,
            "Observation.code.coding[0].code",
        ),
        (
            r#"{"resourceType":"Patient","resourceType":"Patient"}"#,
            "resourceType",
        ),
        (
            r#"{"id":"a","resourceType":"Device","resourceType":"Patient"}"#,
            "resourceType",
        ),
    ] {
        assert_eq!(
            opaque(document),
            Opaque::Repeated {
                path: path.to_owned()
            },
            "{document}"
        );
    }
    // A value and what is besides it are two.
    assert!(matches!(
        look(r#"{"resourceType":"Patient","birthDate":"1931","_birthDate":{"id":"a"}}"#),
        Revealed::Resource(_)
    ));
}

#[test]
fn what_is_not_of_the_form_that_fhir_r4_gives_it_can_not_be_looked_into() {
    for (document, path) in [
        (
            r#"{"resourceType":"Patient","gender":["Mara"]}"#,
            "Patient.gender",
        ),
        (
            r#"{"resourceType":"Patient","gender":{"text":"Mara"}}"#,
            "Patient.gender",
        ),
        (
            r#"{"resourceType":"Patient","name":{"text":"Mara"}}"#,
            "Patient.name",
        ),
        (
            r#"{"resourceType":"Patient","name":[[{"text":"Mara"}]]}"#,
            "Patient.name[0]",
        ),
        (
            r#"{"resourceType":"Patient","name":[{"given":[{"text":"Mara"}]}]}"#,
            "Patient.name[0].given[0]",
        ),
        (
            r#"{"resourceType":"Patient","_birthDate":[{"id":"Mara"}]}"#,
            "Patient._birthDate",
        ),
        (
            r#"{"resourceType":"Observation","code":{"coding":[{"code":["Mara"]}]}}"#,
            "Observation.code.coding[0].code",
        ),
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":{"a":1}}}"#,
            "Observation.valueQuantity.value",
        ),
    ] {
        assert_eq!(
            opaque(document),
            Opaque::Misshapen {
                path: path.to_owned()
            },
            "{document}"
        );
    }
}

/// A file that says it is larger than what is looked into, and has nothing in it.
struct Large;

impl Read for Large {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Seek for Large {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        Ok(if to == SeekFrom::End(0) {
            (64 << 20) + 1
        } else {
            0
        })
    }
}

/// A disk that fails.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

impl Seek for Broken {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn what_is_too_large_is_said_so_and_a_disk_that_fails_is_no_document() {
    let revealed = Revealed::in_document(&mut Large).unwrap();
    assert_eq!(
        revealed,
        Revealed::Opaque(Opaque::TooLarge { limit: 64 << 20 })
    );
    assert_eq!(
        revealed.to_string(),
        "a document that can't be looked into (it is larger than 64 MiB): take it that it names you"
    );
    assert!(revealed.is_identifying());
    let failed = Revealed::in_document(&mut Broken).unwrap_err();
    assert_eq!(failed.to_string(), "the disk is gone");
}
