//! The examples of FHIR R4 and of the International Patient Summary.

use std::collections::BTreeSet;

use generion_deidentify::{
    DeidentifyError, Difference, Profile, compare, deidentify, require_deidentified,
};
use generion_fhir::{Element, ElementType, Primitive, Type, definitions};
use serde_json::Value;

use crate::{YEAR, documents::examples, json, key, leaves};

const DATA_ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// Types of which every text names somebody or is free, except codes.
const PERSONAL: [&str; 8] = [
    "HumanName",
    "ContactPoint",
    "Identifier",
    "Address",
    "Narrative",
    "Annotation",
    "Attachment",
    "Signature",
];

/// What a document says of persons: texts of personal types, free text, addresses, references, numbers of devices, exact dates.
#[derive(Default)]
struct Personal {
    texts: BTreeSet<String>,
    /// What is also said by codes and units, where it is no secret.
    common: BTreeSet<String>,
}

impl Personal {
    fn of(document: &Value) -> Self {
        let mut personal = Self::default();
        if let Some(of) = resource(document) {
            personal.look(of, document, false);
        }
        personal
    }

    fn look(&mut self, of: &Type, value: &Value, is_personal: bool) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let Some(element) = definitions().element(of, name) else {
                continue;
            };
            let items = match value {
                Value::Array(items) => items.as_slice(),
                value => std::slice::from_ref(value),
            };
            for item in items {
                self.element(of, element, item, is_personal);
            }
        }
    }

    fn element(&mut self, of: &Type, element: &Element, value: &Value, is_personal: bool) {
        match element.of {
            ElementType::Resource => {
                if let Some(own) = resource(value) {
                    self.look(own, value, false);
                }
            }
            ElementType::Complex(name) => {
                let inner = definitions().complex(name).unwrap();
                self.look(inner, value, is_personal || PERSONAL.contains(&name));
            }
            ElementType::Primitive(_, kind) => {
                let Some(text) = value.as_str() else { return };
                let is_code = matches!(
                    of.name,
                    "Coding" | "Quantity" | "Age" | "Duration" | "Count" | "Distance" | "Extension"
                ) && element.name != "display"
                    || (of.name, element.name.as_str()) == ("Reference", "type");
                let is_state =
                    of.name == "Address" && matches!(element.name.as_str(), "state" | "country");
                match kind {
                    Primitive::Code | Primitive::Boolean | Primitive::Number => {
                        self.common.insert(text.to_owned());
                    }
                    _ if is_code && !is_personal || is_state => {
                        self.common.insert(text.to_owned());
                    }
                    Primitive::Date if text.len() == 4 => {}
                    _ => {
                        self.texts.insert(text.to_owned());
                    }
                }
            }
        }
    }
}

fn resource(value: &Value) -> Option<&'static Type> {
    definitions().resource(value["resourceType"].as_str()?)
}

#[test]
fn no_example_s_copy_tells_of_a_person() {
    let (mut copied, mut refused) = (0, Vec::new());
    for (name, document) in examples() {
        let original: Value = serde_json::from_str(&document).unwrap();
        let copy = match deidentify(document.as_bytes(), Profile::safe_harbor(), &key(), YEAR) {
            Ok(copy) => copy,
            Err(DeidentifyError::Modifier { path }) => {
                refused.push(format!("{name}: {path}"));
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        copied += 1;
        let value = json(&copy);
        assert_eq!(value["resourceType"], original["resourceType"], "{name}");
        let personal = Personal::of(&original);
        for (path, leaf) in leaves(&value) {
            let Some(text) = leaf.as_str() else { continue };
            let is_told = personal.texts.contains(text) && !personal.common.contains(text);
            // What a reference leads to, by its own text.
            let is_type = (path.ends_with(".type") || path.ends_with(".resourceType"))
                && definitions().resource(text).is_some();
            if is_type || text == DATA_ABSENT_REASON {
                continue;
            }
            let is_security_label = path.starts_with(".meta") || path.contains(".resource.meta");
            assert!(!is_told || is_security_label, "{name}: {text} at {path}");
            let is_part = |own: &&String| own.len() >= 8 && text.contains(own.as_str());
            let part = personal.texts.iter().find(is_part);
            assert!(
                part.is_none() || personal.common.contains(text) || is_security_label,
                "{name}: {part:?} in {text} at {path}"
            );
            assert!(!is_exact_date(text), "{name}: {text} at {path}");
        }
        assert_no_age_over_89(&value, &name);

        let text = String::from_utf8(copy.document).unwrap();
        let again = crate::copy(&text);
        assert_eq!(String::from_utf8(again.document).unwrap(), text, "{name}");
        assert!(again.report.is_empty(), "{name}: {:?}", again.report);
        for year in [None, Some(YEAR)] {
            require_deidentified(text.as_bytes(), Profile::safe_harbor(), year)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let is_refused =
            require_deidentified(document.as_bytes(), Profile::safe_harbor(), None).is_err();
        assert!(is_refused, "{name} is de-identified as it is");
        let compared = compare(document.as_bytes(), text.as_bytes())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            compared.lines.len(),
            compared.count(Difference::Kept)
                + compared.count(Difference::Generalized)
                + compared.count(Difference::Dropped)
        );
    }
    assert!(copied > 600, "{copied} copies, {refused:#?}");
    eprintln!("{copied} copies; refused: {refused:#?}");
}

fn is_exact_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[5..7].iter().all(u8::is_ascii_digit)
        && (bytes.len() == 7 || bytes[7] == b'-')
}

fn assert_no_age_over_89(value: &Value, name: &str) {
    if let Some(members) = value.as_object() {
        let unit = members.get("code").or(members.get("unit"));
        let is_years = unit.is_some_and(|unit| unit == "a" || unit == "years" || unit == "yr");
        if is_years && let Some(number) = members.get("value").and_then(Value::as_f64) {
            let is_category = members.get("comparator") == Some(&">=".into()) && number == 90.0;
            assert!(number < 90.0 || is_category, "{name}: {value}");
        }
    }
    match value {
        Value::Object(members) => members
            .values()
            .for_each(|value| assert_no_age_over_89(value, name)),
        Value::Array(items) => items
            .iter()
            .for_each(|value| assert_no_age_over_89(value, name)),
        _ => {}
    }
}

/// What research needs is still there: codes of listed systems, units, numbers to three digits, status, interpretation.
#[test]
fn copies_keep_codes_units_values_status_and_interpretation() {
    let profile = Profile::safe_harbor();
    let (mut codes, mut values, mut statuses) = (0, 0, 0);
    for (name, document) in examples() {
        let original: Value = serde_json::from_str(&document).unwrap();
        let kind = original["resourceType"].as_str().unwrap();
        if !matches!(
            kind,
            "Observation"
                | "Condition"
                | "Immunization"
                | "Procedure"
                | "MedicationRequest"
                | "MedicationStatement"
                | "AllergyIntolerance"
                | "DiagnosticReport"
        ) {
            continue;
        }
        let Ok(copied) = deidentify(document.as_bytes(), profile, &key(), YEAR) else {
            continue;
        };
        let copied = json(&copied);
        assert_eq!(copied["status"], original["status"], "{name}");
        statuses += 1;
        for element in [
            "code",
            "interpretation",
            "category",
            "vaccineCode",
            "medicationCodeableConcept",
            "valueCodeableConcept",
            "bodySite",
            "clinicalStatus",
            "verificationStatus",
        ] {
            let kept = known_codes(&copied[element]);
            let known = known_codes(&original[element]);
            assert_eq!(kept, known, "{name}: {element}");
            codes += known.len();
        }
        let both = |path: &dyn Fn(&Value) -> Value| (path(&original), path(&copied));
        let quantity = |value: &Value| value["valueQuantity"].clone();
        let (one, other) = both(&quantity);
        if one["code"].is_string()
            && one["system"] == "http://unitsofmeasure.org"
            && !other.is_null()
        {
            assert_eq!(one["code"], other["code"], "{name}");
            let (one, other) = (
                one["value"].as_f64().unwrap(),
                other["value"].as_f64().unwrap(),
            );
            assert!(
                (one - other).abs() <= one.abs() * 0.005,
                "{name}: {one} {other}"
            );
            values += 1;
        } else if other.is_null() {
            // Of a unit that nobody knows.
            let is_known = one["system"] == "http://unitsofmeasure.org"
                && one["code"]
                    .as_str()
                    .is_some_and(generion_fhir::units::is_ucum);
            assert!(!is_known, "{name}: {one} was dropped");
        }
    }
    assert!(
        codes > 200 && values > 20 && statuses > 100,
        "{codes} {values} {statuses}"
    );
}

/// The codes of systems that the profile lists.
fn known_codes(value: &Value) -> Vec<String> {
    let mut codes: Vec<_> = match value {
        Value::Array(items) => items.iter().flat_map(known_codes).collect(),
        value => (value["coding"].as_array().into_iter().flatten())
            .filter_map(|coding| Some((coding["system"].as_str()?, coding["code"].as_str()?)))
            .filter(|(system, code)| generion_fhir::terminology::is_code(system, code))
            .map(|(system, code)| format!("{system}|{code}"))
            .collect(),
    };
    codes.sort();
    codes
}
