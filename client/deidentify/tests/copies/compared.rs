//! Copies beside their originals.

use generion_deidentify::{CompareError, Difference, Unreadable, compare};
use serde_json::{Value, json};

use crate::copy;

fn original() -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "document",
        "entry": [
            { "fullUrl": "https://clinic.example/Patient/1",
              "resource": { "resourceType": "Patient", "id": "1", "gender": "female", "birthDate": "1974-12-25", "name": [{ "family": "Quill" }] } },
            { "fullUrl": "https://clinic.example/Observation/1",
              "resource": {
                "resourceType": "Observation",
                "contained": [{ "resourceType": "Specimen", "id": "s", "status": "available" }],
                "status": "final",
                "code": { "coding": [
                    { "system": "https://clinic.example", "code": "x" },
                    { "system": "http://loinc.org", "code": "30525-0", "display": "Age" },
                ]},
                "subject": { "reference": "Patient/1" },
                "performer": [{ "reference": "Practitioner/1" }, { "display": "Dr. Quill" }],
                "specimen": { "reference": "#s" },
                "effectiveInstant": "2024-03-31T10:20:30Z",
                "valueQuantity": { "value": 93, "unit": "years" },
                "component": [
                    { "code": { "text": "Mara" }, "valueQuantity": { "value": 83.9145, "unit": "kg" } },
                    { "code": { "text": "Mara" }, "valueString": "Mara" },
                ],
              } },
        ],
    })
}

#[test]
fn what_was_dropped_generalized_and_kept_is_told() {
    let original = original().to_string();
    let copy = copy(&original).document;
    let compared = compare(original.as_bytes(), &copy).unwrap();
    let of = |path: &str| {
        let line = compared.lines.iter().find(|line| line.path == path);
        let line = line.unwrap_or_else(|| panic!("{path} in {:#?}", compared.lines));
        (
            line.difference,
            line.original.as_str(),
            line.copy.as_deref(),
        )
    };
    let patient = "Bundle.entry[0].resource";
    let observation = "Bundle.entry[1].resource";
    assert_eq!(
        of("Bundle.type"),
        (Difference::Generalized, "document", Some("collection"))
    );
    assert_eq!(
        of(&format!("{patient}.birthDate")),
        (Difference::Generalized, "1974-12-25", Some("1974"))
    );
    assert_eq!(
        of(&format!("{patient}.gender")),
        (Difference::Kept, "female", Some("female"))
    );
    assert_eq!(
        of(&format!("{patient}.name[0].family")),
        (Difference::Dropped, "Quill", None)
    );
    assert_eq!(
        of(&format!("{observation}.effectiveInstant")),
        (
            Difference::Generalized,
            "2024-03-31T10:20:30Z",
            Some("2024")
        )
    );
    assert_eq!(
        of(&format!("{observation}.component[0].valueQuantity.value")),
        (Difference::Generalized, "83.9145", Some("83.9"))
    );
    assert_eq!(
        of(&format!("{observation}.component[1].valueString")),
        (Difference::Dropped, "Mara", None)
    );
    assert_eq!(
        of(&format!("{observation}.code.coding[1].code")),
        (Difference::Kept, "30525-0", Some("30525-0"))
    );
    assert_eq!(
        of(&format!("{observation}.valueQuantity")).0,
        Difference::Generalized
    );
    assert_eq!(
        of(&format!("{observation}.subject.reference")).0,
        Difference::Generalized
    );
    // All that the original has is in one line.
    assert_eq!(compared.count(Difference::Kept), 10);
    let itself = compare(&copy, &copy).unwrap();
    assert_eq!(itself.count(Difference::Kept), itself.lines.len());
}

#[test]
fn what_does_not_follow_from_the_original_is_named() {
    let original = original().to_string();
    let copy = String::from_utf8(copy(&original).document).unwrap();
    let observation = "Bundle.entry[1].resource";
    for (from, to, path) in [
        (
            r#""gender":"female""#,
            r#""gender":"male""#,
            "Bundle.entry[0].resource.gender",
        ),
        (
            r#""birthDate":"1974""#,
            r#""birthDate":"1975""#,
            "Bundle.entry[0].resource.birthDate",
        ),
        (
            r#""birthDate":"1974""#,
            r#""birthDate":"1974-12""#,
            "Bundle.entry[0].resource.birthDate",
        ),
        (
            r#""gender":"female""#,
            r#""gender":"female","active":true"#,
            "Bundle.entry[0].resource.active",
        ),
        (
            r#""code":"30525-0""#,
            r#""code":"30525-1""#,
            "Bundle.entry[1].resource.code.coding[0]",
        ),
        (
            "83.9",
            "84.9",
            "Bundle.entry[1].resource.component[0].valueQuantity.value",
        ),
        (
            r#""value":90"#,
            r#""value":94"#,
            "Bundle.entry[1].resource.valueQuantity.comparator",
        ),
        (
            r#""type":"Practitioner""#,
            r#""type":"Patient""#,
            "Bundle.entry[1].resource.performer[0]",
        ),
        (
            r##""reference":"#c1""##,
            r#""reference":"urn:uuid:mara""#,
            "Bundle.entry[1].resource.specimen.reference",
        ),
        (
            r#""masked""#,
            r#""unknown""#,
            "Bundle.entry[1].resource.component",
        ),
        (r#""code":"PSEUDED""#, r#""code":"Mara""#, "Bundle.meta"),
    ] {
        let changed = copy.replacen(from, to, 1);
        assert_ne!(changed, copy, "{from}");
        let refused = compare(original.as_bytes(), changed.as_bytes());
        let Err(CompareError::Foreign { path: found }) = refused else {
            panic!("{to}: {refused:?}");
        };
        assert!(
            found.starts_with(path) || path.starts_with(&found) || found.starts_with(observation),
            "{to}: {found}"
        );
    }
}

/// Ids are numbers of contained resources, in their order, and nothing else: a creator can put no number of a patient there.
#[test]
fn ids_tell_nothing_but_the_place_of_contained_resources() {
    let original = json!({
        "resourceType": "Observation", "id": "o", "status": "final",
        "contained": [
            { "resourceType": "Device", "id": "d", "status": "active" },
            { "resourceType": "Specimen", "id": "s", "status": "available" },
        ],
        "device": { "reference": "#d" },
        "specimen": { "reference": "#s" },
    })
    .to_string();
    let copied = crate::json(&copy(&original));
    assert_eq!(copied["contained"][1]["id"], "c2");
    let with = |place: &str, value: &str| {
        let mut changed = copied.clone();
        *changed.pointer_mut(place).unwrap() = value.into();
        compare(original.as_bytes(), changed.to_string().as_bytes())
    };
    assert!(with("/specimen/reference", "#c2").is_ok());
    for (place, value) in [
        ("/specimen/reference", "#c1"),
        ("/specimen/reference", "#c48291"),
        ("/specimen/reference", "#c02"),
        ("/contained/1/id", "c1"),
        ("/contained/1/id", "c48291"),
    ] {
        let refused = with(place, value);
        assert!(
            matches!(refused, Err(CompareError::Foreign { .. })),
            "{place} {value}: {refused:?}"
        );
    }
    let mut named = copied.clone();
    named["id"] = "c48291".into();
    let refused = compare(original.as_bytes(), named.to_string().as_bytes());
    assert!(
        matches!(refused, Err(CompareError::Foreign { .. })),
        "{refused:?}"
    );
}

/// Documents that are made to cost time: each would take hours if time grew with the square of their length.
#[test]
fn long_documents_take_no_longer_than_they_are() {
    let chain: Vec<_> = (0..30_000)
        .map(|number| {
            json!({ "resourceType": "Organization", "id": format!("a{number}"), "active": true,
                "partOf": { "reference": format!("#a{}", number + 1) } })
        })
        .collect();
    let document = json!({ "resourceType": "Observation", "status": "final", "contained": chain });
    assert_eq!(
        crate::json(&copy(&document.to_string()))["contained"],
        Value::Null
    );

    let mut many = json!({ "resourceType": "Basic" });
    for number in 0..200_000 {
        many[format!("x{number}")] = true.into();
    }
    let many = many.to_string();
    let compared = compare(many.as_bytes(), many.as_bytes()).unwrap();
    assert_eq!(compared.count(Difference::Kept), 200_001);
}

/// Two persons as one, or one as two.
#[test]
fn a_pseudonym_stands_for_one_and_the_same() {
    let original = json!({
        "resourceType": "List", "status": "current", "mode": "working",
        "subject": { "reference": "Patient/1" }, "source": { "reference": "Patient/2" },
        "entry": [{ "item": { "reference": "Patient/1" } }],
    })
    .to_string();
    let copied = crate::json(&copy(&original));
    let with = |place: &str, value: &Value| {
        let mut changed = copied.clone();
        *changed.pointer_mut(place).unwrap() = value.clone();
        compare(original.as_bytes(), changed.to_string().as_bytes())
    };
    let (one, two) = (
        &copied["subject"]["reference"],
        &copied["source"]["reference"],
    );
    assert!(with("/entry/0/item/reference", one).is_ok());
    assert!(with("/entry/0/item/reference", two).is_err());
    assert!(with("/source/reference", one).is_err());
}

#[test]
fn what_can_not_be_read_is_refused() {
    let original = original().to_string();
    assert_eq!(
        compare(b"{", original.as_bytes()).unwrap_err(),
        CompareError::Original(Unreadable::NotJson)
    );
    assert_eq!(
        compare(original.as_bytes(), b"{}").unwrap_err(),
        CompareError::Copy(Unreadable::NoResource)
    );
    let patient = br#"{"resourceType":"Patient"}"#;
    assert!(matches!(
        compare(original.as_bytes(), patient),
        Err(CompareError::Foreign { .. })
    ));
}
