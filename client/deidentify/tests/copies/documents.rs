//! Documents to copy.

use std::{fs::File, io::Read, path::Path};

use flate2::read::GzDecoder;
use generion_fhir::{Element, ElementType, Primitive, Type, definitions};
use serde_json::{Map, Value, json};

/// The examples of the npm packages hl7.fhir.r4.examples 4.0.1 and hl7.fhir.uv.ips 2.0.0: names of files, and JSON.
pub fn examples() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/fhir-examples.tsv.gz");
    let mut text = String::new();
    GzDecoder::new(File::open(file).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let lines = text.lines().map(|line| line.split_once('\t').unwrap());
    let examples: Vec<_> = lines
        .map(|(name, json)| (name.to_owned(), json.to_owned()))
        .collect();
    assert!(examples.len() > 700, "{}", examples.len());
    examples
}

/// What names somebody.
pub const NAME: &str = "Mara Quill";
pub const URL: &str = "https://clinic.example/Patient/Mara-Quill";
pub const ID: &str = "MRN-00482913";
pub const DATE: &str = "1931-05-02";
const NUMBER: u64 = 4_829_137;
/// What of these may be in no copy.
pub const PLANTED: [&str; 8] = [
    "Mara",
    "Quill",
    "clinic.example",
    "MRN",
    "482913",
    "1931",
    "05-02",
    "TWFyYQ",
];

/// Which codes a made-up document has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// Those of the value sets.
    Known,
    /// Names, except in elements that change what others mean.
    Planted,
}

/// Every type of resource that a document can be of.
pub fn resource_types() -> Vec<&'static Type> {
    let mut types: Vec<_> = definitions()
        .types()
        .filter(|of| definitions().resource(of.name).is_some())
        .collect();
    types.sort_by_key(|of| of.name);
    assert_eq!(types.len(), 146);
    types
}

/// A document with a value in every element that its definition has, in every type of each choice, down to some depth, each of
/// them naming somebody.
pub fn planted(of: &Type, codes: Codes) -> Value {
    let mut document = elements(of, codes, 0, of.name == "Bundle" || of.name == "Parameters");
    document["resourceType"] = json!(of.name);
    document
}

fn elements(of: &Type, codes: Codes, depth: u32, has_resources: bool) -> Value {
    let mut members = Map::new();
    let mut level = Some(of);
    while let Some(now) = level {
        for element in now.elements() {
            if matches!(element.name.as_str(), "modifierExtension" | "implicitRules") {
                continue;
            }
            if let Some(value) = value(element, codes, depth, has_resources) {
                if let ElementType::Primitive(..) = element.of {
                    let beside = json!({ "id": ID, "extension": [extension()] });
                    let beside = if element.is_list {
                        json!([beside])
                    } else {
                        beside
                    };
                    members.insert(format!("_{}", element.name), beside);
                }
                let value = if element.is_list {
                    json!([value])
                } else {
                    value
                };
                members.insert(element.name.clone(), value);
            }
        }
        level = definitions().complex(now.base);
    }
    Value::Object(members)
}

fn value(element: &Element, codes: Codes, depth: u32, has_resources: bool) -> Option<Value> {
    Some(match element.of {
        ElementType::Primitive(name, kind) => primitive(element, name, kind, codes),
        ElementType::Complex("Extension") => extension(),
        // Deep enough: every data type is there somewhere.
        ElementType::Complex(_) if depth > 4 => return None,
        ElementType::Complex(name) => {
            let of = definitions().complex(name)?;
            let deeper = depth + if name.contains('.') { 1 } else { 2 };
            elements(of, codes, deeper, has_resources)
        }
        ElementType::Resource if has_resources || element.name == "contained" => {
            let mut patient = json!({
                "resourceType": "Patient", "id": ID, "name": [{ "family": NAME }], "birthDate": DATE,
                "generalPractitioner": [{ "reference": format!("#{ID}"), "display": NAME }],
            });
            if element.name != "contained" {
                patient["contained"] =
                    json!([{ "resourceType": "Organization", "id": NAME, "name": NAME }]);
            }
            patient
        }
        ElementType::Resource => return None,
    })
}

fn extension() -> Value {
    json!({
        "url": URL,
        "valueString": NAME,
        "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": { "city": NAME } }],
    })
}

fn primitive(element: &Element, name: &str, kind: Primitive, codes: Codes) -> Value {
    match kind {
        Primitive::Boolean => json!(true),
        Primitive::Number if name == "decimal" => json!(4_829_137.5),
        Primitive::Number => json!(NUMBER),
        Primitive::Date => match name {
            "instant" => json!(format!("{DATE}T10:00:00Z")),
            _ => json!(DATE),
        },
        Primitive::Url => json!(URL),
        Primitive::Id | Primitive::Uuid => json!(ID),
        Primitive::Base64 => json!("TWFyYQ=="),
        Primitive::Code => {
            let is_known = codes == Codes::Known || definitions().is_modifier(element);
            let known = element.value_set.and_then(first_code).filter(|_| is_known);
            json!(known.unwrap_or(ID))
        }
        Primitive::Text | Primitive::Time | Primitive::Xhtml => json!(format!("{NAME} {ID}")),
    }
}

/// A code of a value set.
fn first_code(set: &str) -> Option<&'static str> {
    let table = include_str!("../../../fhir/src/r4/value-sets.txt");
    let line = table
        .lines()
        .find(|line| line.split('\t').next() == Some(set))?;
    line.split('\t').nth(1)
}
