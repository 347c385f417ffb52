//! Single rules of the built-in profile.

use generion_deidentify::{
    Action, DeidentifyError, NotDeidentified, Profile, PseudonymKey, Unreadable, deidentify,
    require_deidentified,
};
use serde_json::{Value, json};

use crate::{YEAR, copy, json as json_of, key};

pub fn copied(document: Value) -> Value {
    json_of(&copy(&document.to_string()))
}

pub fn observation(members: Value) -> Value {
    let mut observation = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "4548-4", "display": "HbA1c of Mara" }], "text": "HbA1c" },
        "subject": { "reference": "Patient/example", "display": "Mara Quill" },
        "effectiveDateTime": "2024-03-31T10:20:30+01:00",
    });
    let members = members.as_object().unwrap().clone();
    observation.as_object_mut().unwrap().extend(members);
    observation
}

#[test]
fn a_copy_to_the_byte() {
    let copied = copy(
        r#"{"resourceType":"Observation","id":"MRN-1","meta":{"lastUpdated":"2024-04-01T00:00:00Z"},"status":"final",
            "code":{"coding":[{"system":"http://loinc.org","code":"4548-4","display":"HbA1c"}],"text":"HbA1c"},
            "subject":{"reference":"Patient/example","display":"Mara Quill"},"effectiveDateTime":"2024-03-31",
            "note":[{"text":"called her"}],
            "valueQuantity":{"value":7.20,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}"#,
    );
    let document = String::from_utf8(copied.document).unwrap();
    let start = document.find("urn:uuid:").unwrap();
    let pseudonym = &document[start..start + 45];
    let label = |code: &str, display: &str| {
        format!(
            r#"{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"{code}","display":"{display}"}}"#
        )
    };
    assert_eq!(
        document,
        format!(
            r#"{{"resourceType":"Observation","meta":{{"security":[{},{},{}]}},"status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"4548-4"}}]}},"subject":{{"reference":"{pseudonym}","type":"Patient"}},"effectiveDateTime":"2024","valueQuantity":{{"value":7.20,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}}}"#,
            label("PSEUDED", "pseudonymized"),
            label("REDACTED", "redacted"),
            label("ABSTRED", "abstracted")
        )
    );
    let changes: Vec<_> = copied.report.changes().collect();
    assert_eq!(
        changes,
        [
            ("Observation.code.coding.display", Action::Redacted, 1),
            ("Observation.code.text", Action::Redacted, 1),
            ("Observation.effectiveDateTime", Action::Generalized, 1),
            ("Observation.id", Action::Redacted, 1),
            ("Observation.meta", Action::Redacted, 1),
            ("Observation.note", Action::Redacted, 1),
            ("Observation.subject.display", Action::Redacted, 1),
            ("Observation.subject.reference", Action::Pseudonymized, 1),
        ]
    );
}

#[test]
fn pseudonyms_are_the_same_throughout_one_key_and_others_under_another() {
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 2,
        "entry": [
            { "fullUrl": "https://clinic.example/fhir/Patient/example",
              "resource": { "resourceType": "Patient", "id": "example", "gender": "female" },
              "search": { "mode": "include" } },
            { "fullUrl": "https://clinic.example/fhir/Observation/1", "resource": observation(json!({})) },
            { "resource": observation(json!({ "subject": { "reference": "https://clinic.example/fhir/Patient/example/_history/3" } })) },
            { "fullUrl": "https://clinic.example/fhir/Observation/1", "resource": observation(json!({})) },
            { "fullUrl": "https://clinic.example/fhir/Quill/1", "resource": { "resourceType": "Quill" } },
        ],
    });
    let once = copied(bundle.clone());
    let patient = &once["entry"][0]["fullUrl"];
    assert!(patient.as_str().unwrap().starts_with("urn:uuid:"));
    for entry in [1, 2, 3] {
        let subject = &once["entry"][entry]["resource"]["subject"];
        assert_eq!(*subject, json!({ "reference": patient, "type": "Patient" }));
    }
    assert_eq!(once["type"], "collection");
    // Each address once (bdl-7).
    assert!(once["entry"][1]["fullUrl"].is_string());
    assert!(once["entry"][3]["fullUrl"].is_null());
    assert_eq!(once["entry"].as_array().unwrap().len(), 4);
    let of_another = deidentify(
        bundle.to_string().as_bytes(),
        Profile::safe_harbor(),
        &PseudonymKey::new([8; 32]),
        YEAR,
    );
    let of_another = json_of(&of_another.unwrap());
    assert_ne!(of_another["entry"][0]["fullUrl"], *patient);
    // A UUID in the original is no pseudonym.
    let uuid = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    let other = copied(observation(json!({ "subject": { "reference": uuid } })));
    assert_ne!(other["subject"]["reference"], uuid);
    assert!(other["subject"]["type"].is_null());
}

#[test]
fn years_stay_unless_they_tell_of_an_age_over_89() {
    let patient = |birth: &str, other: Value| {
        let mut entries = vec![
            json!({ "resource": { "resourceType": "Patient", "gender": "male", "birthDate": birth } }),
        ];
        entries.push(json!({ "resource": observation(other) }));
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        copied(bundle)["entry"][0]["resource"]["birthDate"].clone()
    };
    assert_eq!(patient("1974-12-25", json!({})), "1974");
    assert_eq!(patient("1937-12-25", json!({})), "1937");
    assert_eq!(patient("1936-12-25", json!({})), Value::Null);
    // Over 89 by now, although 75 when the document was written.
    assert_eq!(
        patient("1930-01-01", json!({ "effectiveDateTime": "2005" })),
        Value::Null
    );
    // By the document's last date, which is later than the present year.
    assert_eq!(
        patient("1940-01-01", json!({ "effectiveDateTime": "2030" })),
        Value::Null
    );
    // Without another date nobody can tell how old the person was.
    assert_eq!(
        patient("1974-12-25", json!({ "effectiveDateTime": null })),
        Value::Null
    );
    let alone = json!({ "resourceType": "Patient", "birthDate": "1974-12-25", "gender": "male" });
    assert_eq!(copied(alone)["birthDate"], Value::Null);
    // An illness of long ago tells an age as well.
    let onset = copied(observation(json!({
        "effectivePeriod": { "start": "1931-05-02", "end": "2024-01-01" }, "effectiveDateTime": null
    })));
    assert_eq!(onset["effectivePeriod"], json!({ "end": "2024" }));
}

#[test]
fn a_copy_stays_what_it_is_in_later_years() {
    let document = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": { "resourceType": "Patient", "birthDate": "1937-12-25" } },
        { "resource": observation(json!({})) },
    ]});
    let copy = copy(&document.to_string());
    require_deidentified(&copy.document, Profile::safe_harbor(), None).unwrap();
    require_deidentified(&copy.document, Profile::safe_harbor(), Some(YEAR)).unwrap();
    // One that was written too late: 90 by then.
    assert_eq!(
        require_deidentified(&copy.document, Profile::safe_harbor(), Some(2027)).unwrap_err(),
        NotDeidentified::Changed {
            profile: "safe-harbor-document/1".to_owned(),
            paths: vec!["Bundle.entry.resource.Patient.birthDate".to_owned()]
        }
    );
}

#[test]
fn ages_over_89_become_90_or_more() {
    let category = json!({ "value": 90, "comparator": ">=", "system": "http://unitsofmeasure.org", "code": "a" });
    let condition = copied(json!({
        "resourceType": "Condition",
        "subject": { "reference": "Patient/1" },
        "onsetAge": { "value": 93, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a" },
        "abatementRange": { "low": { "value": 80, "unit": "a" }, "high": { "value": 95, "unit": "a" } },
    }));
    assert_eq!(condition["onsetAge"], category);
    // A SimpleQuantity has no comparator.
    assert_eq!(
        condition["abatementRange"],
        json!({ "low": { "value": 80, "unit": "a" } })
    );
    let age = |code: &str, value: Value| {
        let mut observation = observation(value);
        observation["code"] = json!({ "coding": [{ "system": "http://loinc.org", "code": code }] });
        copied(observation)
    };
    assert_eq!(
        age("30525-0", json!({ "valueInteger": 93 }))["valueInteger"],
        Value::Null
    );
    assert_eq!(
        age("30525-0", json!({ "valueInteger": 89 }))["valueInteger"],
        89
    );
    assert_eq!(
        age("8867-4", json!({ "valueInteger": 93 }))["valueInteger"],
        93
    );
    assert_eq!(
        age("30525-0", json!({ "valueQuantity": { "value": 93 } }))["valueQuantity"],
        category
    );
    let component = json!({ "component": [{
        "code": { "coding": [{ "system": "http://loinc.org", "code": "30525-0" }] }, "valueInteger": 93
    }]});
    assert_eq!(
        age("8867-4", component)["component"][0]["valueInteger"],
        Value::Null
    );
}

/// Where FHIR's own type or element says that it is an age.
#[test]
fn ages_without_a_unit_are_ages() {
    let category = json!({ "value": 90, "comparator": ">=", "system": "http://unitsofmeasure.org", "code": "a" });
    let of = |kind: &str, element: &str, value: Value| {
        let mut document = json!({ "resourceType": kind, "status": "completed" });
        document[element] = value;
        copied(document)[element].clone()
    };
    for (kind, element) in [
        ("Condition", "onsetAge"),
        ("Condition", "abatementAge"),
        ("Procedure", "performedAge"),
        ("AllergyIntolerance", "onsetAge"),
        ("FamilyMemberHistory", "ageAge"),
        ("FamilyMemberHistory", "deceasedAge"),
    ] {
        assert_eq!(
            of(kind, element, json!({ "value": 93 })),
            category,
            "{kind}.{element}"
        );
    }
    for (kind, element) in [
        ("Procedure", "performedRange"),
        ("FamilyMemberHistory", "ageRange"),
        ("FamilyMemberHistory", "deceasedRange"),
    ] {
        let range = json!({ "low": { "value": 80 }, "high": { "value": 93 } });
        assert_eq!(
            of(kind, element, range),
            json!({ "low": { "value": 80 } }),
            "{kind}.{element}"
        );
    }
    let mut by_code =
        observation(json!({ "valueRange": { "low": { "value": 80 }, "high": { "value": 93 } } }));
    by_code["code"] = json!({ "coding": [{ "system": "http://loinc.org", "code": "30525-0" }] });
    assert_eq!(
        copied(by_code)["valueRange"],
        json!({ "low": { "value": 80 } })
    );
}

#[test]
fn old_dates_do_not_come_back_where_years_of_birth_go() {
    for document in [
        json!({ "resourceType": "FamilyMemberHistory", "status": "completed", "patient": { "reference": "Patient/1" },
            "bornDate": "1960", "date": "1930" }),
        json!({ "resourceType": "Bundle", "type": "collection", "entry": [
            { "resource": { "resourceType": "Immunization", "status": "completed", "occurrenceDateTime": "1930-05-02" } },
            { "resource": { "resourceType": "RelatedPerson", "birthDate": "1960-01-01" } },
        ]}),
        // The only date is that of a resource that nothing refers to.
        json!({ "resourceType": "Patient", "birthDate": "1960-01-01", "contained": [
            { "resourceType": "Immunization", "id": "i", "status": "completed", "occurrenceDateTime": "2020-05-02" },
        ]}),
    ] {
        let once = copy(&document.to_string());
        let text = String::from_utf8(once.document).unwrap();
        assert!(!text.contains("1930") && !text.contains("1960"), "{text}");
        assert_eq!(String::from_utf8(copy(&text).document).unwrap(), text);
        for year in [None, Some(YEAR)] {
            require_deidentified(text.as_bytes(), Profile::safe_harbor(), year).unwrap();
        }
    }
}

/// Dates, addresses of machines and numbers of persons are no units.
#[test]
fn numbers_are_no_units() {
    for unit in ["192.168.1.20", "12/25/74", "078.051.120"] {
        let ucum = "http://unitsofmeasure.org";
        let copied = copied(observation(json!({
            "valueQuantity": { "value": 1, "unit": unit, "system": ucum, "code": unit },
            "interpretation": [{ "coding": [{ "system": ucum, "code": unit }] }],
        })));
        assert!(!copied.to_string().contains(unit), "{copied}");
    }
}

#[test]
fn what_fhir_asks_for_is_masked() {
    let masked = json!({ "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"
    }]});
    let local =
        json!({ "coding": [{ "system": "https://clinic.example", "code": "x" }], "text": "Mara" });
    let observation = copied(observation(json!({
        "code": local,
        "category": [local],
        "component": [{ "code": local, "valueString": "Mara" }, { "code": local, "valueInteger": 3 }],
        "referenceRange": [{ "text": "as Mara" }, { "low": { "value": 1 }, "text": "as Mara" }],
    })));
    assert_eq!(observation["code"], masked);
    assert_eq!(observation["category"], Value::Null);
    assert_eq!(
        observation["component"],
        json!([{ "code": masked, "valueInteger": 3 }])
    );
    assert_eq!(
        observation["referenceRange"],
        json!([{ "low": { "value": 1 } }])
    );
    let provenance = copied(json!({
        "resourceType": "Provenance", "recorded": "2024-03-31T10:20:30Z",
        "target": [{ "display": "Mara" }], "agent": [{ "who": { "reference": "Practitioner/1" } }],
    }));
    assert_eq!(provenance["_recorded"], masked);
    assert_eq!(provenance["recorded"], Value::Null);
    assert_eq!(provenance["target"], json!([masked]));
    // A reason of the document's own stays.
    let reason = json!({ "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "not-asked"
    }]});
    let own = copied(json!({ "resourceType": "Condition", "subject": reason }));
    assert_eq!(own["subject"], reason);
}

#[test]
fn an_instant_becomes_a_date_of_a_year() {
    let copied = copied(observation(json!({
        "effectiveDateTime": null, "effectiveInstant": "2024-03-31T10:20:30Z", "issued": "2024-03-31T10:20:30Z"
    })));
    assert_eq!(copied["effectiveDateTime"], "2024");
    assert_eq!(copied["effectiveInstant"], Value::Null);
    assert_eq!(copied["issued"], Value::Null);
}

#[test]
fn contained_resources_stay_where_something_refers_to_them() {
    let copied = copied(observation(json!({
        "contained": [
            { "resourceType": "Practitioner", "id": "mara", "name": [{ "family": "Quill" }] },
            { "resourceType": "Specimen", "id": "MRN-1", "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "119297000" }] } },
            { "resourceType": "Device", "id": "unused" },
        ],
        "note": [{ "authorReference": { "reference": "#mara" }, "text": "x" }],
        "specimen": { "reference": "#MRN-1" },
    })));
    assert_eq!(
        copied["contained"],
        json!([{ "resourceType": "Specimen", "id": "c1",
            "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "119297000" }] } }])
    );
    assert_eq!(copied["specimen"], json!({ "reference": "#c1" }));
}

#[test]
fn state_and_country_stay_and_nothing_smaller() {
    let patient = copied(json!({
        "resourceType": "Patient",
        "address": [
            { "use": "home", "line": ["1 Main Street"], "city": "Boston", "district": "Suffolk", "state": "MA", "postalCode": "02110", "country": "US" },
            { "state": "Mara Quill", "country": "DE" },
            { "city": "Boston" },
        ],
        "extension": [
            { "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F" },
            { "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "MRN-1" },
        ],
    }));
    assert_eq!(
        patient["address"],
        json!([{ "state": "MA", "country": "US" }, { "country": "DE" }])
    );
    assert_eq!(
        patient["extension"],
        json!([{ "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F" }])
    );
}

#[test]
fn what_is_no_document_is_refused() {
    let refused = |document: &str| {
        deidentify(document.as_bytes(), Profile::safe_harbor(), &key(), YEAR).unwrap_err()
    };
    for document in [
        "{}",
        "[]",
        r#"{"resourceType":"Quill"}"#,
        r#"{"resourceType":"Element"}"#,
        "7",
    ] {
        assert_eq!(
            refused(document),
            Unreadable::NoResource.into(),
            "{document}"
        );
    }
    assert_eq!(refused("{"), Unreadable::NotJson.into());
    assert_eq!(
        refused(r#"{"resourceType":"Patient","id":"a","id":"b"}"#),
        Unreadable::Repeated.into()
    );
    assert_eq!(
        require_deidentified(b"{", Profile::safe_harbor(), None).unwrap_err(),
        NotDeidentified::NoCopy(DeidentifyError::Unreadable(Unreadable::NotJson))
    );
    // Values of another form than FHIR has at their place.
    let misshapen = copied(json!({
        "resourceType": "Patient", "gender": ["female"], "name": "Mara", "address": { "state": "MA" },
        "maritalStatus": [{ "coding": [] }], "quill": "Mara", "_gender": "Mara", "multipleBirthInteger": 2,
    }));
    assert_eq!(misshapen.as_object().unwrap().len(), 2, "{misshapen}");
}
