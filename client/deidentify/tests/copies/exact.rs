//! Values that tell too much: rare codes and exact numbers.

use serde_json::json;

use crate::rules::{copied, observation};

#[test]
fn rare_codes_are_dropped_and_numbers_rounded() {
    let condition = copied(json!({
        "resourceType": "Condition",
        "code": { "coding": [
            { "system": "http://hl7.org/fhir/sid/icd-10", "code": "E75.2" },
            { "system": "http://hl7.org/fhir/sid/icd-10", "code": "I63.5" },
        ]},
        "subject": { "reference": "Patient/1" },
    }));
    assert_eq!(
        condition["code"],
        json!({ "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": "I63.5" }] })
    );
    for (system, code) in [
        ("http://hl7.org/fhir/sid/icd-10-nl", "E84.0"),
        ("http://hl7.org/fhir/sid/icd-10", "G10.-"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "G71.220"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "E79.10"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "277.00"),
    ] {
        let condition = copied(json!({
            "resourceType": "Condition",
            "code": { "coding": [{ "system": system, "code": code }] },
            "subject": { "reference": "Patient/1" },
        }));
        assert!(!condition.to_string().contains(code), "{system} {code}");
    }
    let lens = copied(json!({
        "resourceType": "VisionPrescription", "status": "active",
        "lensSpecification": [{ "eye": "right", "sphere": -10.75, "cylinder": -2.078_551_2 }],
    }));
    assert_eq!(lens["lensSpecification"][0]["sphere"], -10.75);
    assert_eq!(lens["lensSpecification"][0]["cylinder"], -2.079);
    let rounded = copied(observation(
        json!({ "valueQuantity": { "value": 83.914_531_2, "unit": "kg" } }),
    ));
    assert_eq!(
        rounded["valueQuantity"],
        json!({ "value": 83.9, "unit": "kg" })
    );
}
