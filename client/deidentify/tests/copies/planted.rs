//! Documents with a name in every element.

use generion_deidentify::{DeidentifyError, Profile, deidentify, require_deidentified};
use generion_fhir::definitions;
use serde_json::{Value, json};

use crate::{
    YEAR, copy,
    documents::{Codes, ID, NAME, PLANTED, planted, resource_types},
    json, key,
};

/// For all 146 types of resources of FHIR R4, from their definitions, twice: with codes of the value sets, and with names in
/// the place of codes.
#[test]
fn what_is_planted_in_every_element_of_every_resource_is_in_no_copy() {
    let mut values = 0;
    for of in resource_types() {
        for codes in [Codes::Known, Codes::Planted] {
            let document = planted(of, codes);
            values += crate::leaves(&document).len();
            let copied = match deidentify(
                document.to_string().as_bytes(),
                Profile::safe_harbor(),
                &key(),
                YEAR,
            ) {
                Ok(copied) => copied,
                // A code that changes what the document says is no name, but has a coding that is one.
                Err(DeidentifyError::Modifier { path }) => {
                    assert!(!path.contains(NAME), "{path}");
                    continue;
                }
                Err(error) => panic!("{}: {error}", of.name),
            };
            let text = String::from_utf8(copied.document.clone()).unwrap();
            for name in PLANTED {
                assert!(!text.contains(name), "{}: {name} in {text}", of.name);
            }
            assert_eq!(json(&copied)["resourceType"], of.name);
            let again = copy(&text);
            assert_eq!(
                String::from_utf8(again.document).unwrap(),
                text,
                "{}",
                of.name
            );
            assert!(again.report.is_empty(), "{}: {:?}", of.name, again.report);
            require_deidentified(text.as_bytes(), Profile::safe_harbor(), None).unwrap();
            for (path, ..) in copied.report.changes() {
                for name in [NAME, ID] {
                    assert!(!path.contains(name), "{path}");
                }
            }
        }
    }
    assert!(values > 50_000, "{values}");
}

/// A status that is no status, a doubt that is written in a local code, a modifier extension: the rest says something else
/// without it.
#[test]
fn there_is_no_copy_without_what_changes_the_meaning() {
    let mut count = 0;
    for of in resource_types() {
        for element in of.elements().filter(|one| definitions().is_modifier(one)) {
            let mut document = json!({ "resourceType": of.name });
            let value = match element.of {
                generion_fhir::ElementType::Complex("CodeableConcept") => {
                    json!({ "coding": [{ "system": "https://clinic.example", "code": ID }], "text": NAME })
                }
                generion_fhir::ElementType::Primitive(..) => json!(ID),
                _ => continue,
            };
            document[&element.name] = value;
            assert_modifier_refused(&document, &format!("{}.{}", of.name, element.name));
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
    for (document, path) in [
        (
            json!({ "resourceType": "Observation", "modifierExtension": [{ "url": "https://clinic.example" }] }),
            "Observation.modifierExtension",
        ),
        (
            json!({ "resourceType": "Observation", "component": [{ "modifierExtension": [{ "url": "https://clinic.example" }] }] }),
            "Observation.component.modifierExtension",
        ),
        (
            json!({ "resourceType": "Observation", "implicitRules": "https://clinic.example" }),
            "Observation.implicitRules",
        ),
    ] {
        assert_modifier_refused(&document, path);
    }
}

/// A copy without this modifier would say something else than its original, so there is none.
fn assert_modifier_refused(document: &Value, path: &str) {
    let refused = deidentify(
        document.to_string().as_bytes(),
        Profile::safe_harbor(),
        &key(),
        YEAR,
    );
    assert_eq!(
        refused.unwrap_err(),
        DeidentifyError::Modifier {
            path: path.to_owned()
        }
    );
}
