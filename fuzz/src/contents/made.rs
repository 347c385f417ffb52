//! Documents that look like FHIR, with everything in them that matters and much that is wrong.

use arbitrary::{Result, Unstructured};

use super::json::Made;

const TYPES: &[&str] = &[
    "Observation",
    "Condition",
    "Immunization",
    "Procedure",
    "MedicationRequest",
    "MedicationStatement",
    "AllergyIntolerance",
    "DiagnosticReport",
    "Patient",
    "Encounter",
];
const STATUSES: &[&str] = &[
    "final",
    "completed",
    "active",
    "preliminary",
    "amended",
    "corrected",
    "partial",
    "appended",
    "in-progress",
    "on-hold",
    "stopped",
    "registered",
    "unknown",
    "cancelled",
    "not-done",
    "not-taken",
    "entered-in-error",
    "draft",
    "Final",
    "",
];
const SYSTEMS: &[&str] = &[
    "http://loinc.org",
    "s",
    "s|t",
    "s=t",
    "",
    "größe",
    "http://unitsofmeasure.org",
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
];
const CODES: &[&str] = &[
    "1",
    "2",
    "3",
    "10",
    "H",
    "a b",
    "a|b",
    "a=b",
    "",
    "\u{1}",
    "€",
    "active",
    "resolved",
    "confirmed",
    "refuted",
    "mg/dL",
    "%",
];
const DATES: &[&str] = &[
    "2026",
    "2026-05",
    "2026-05-04",
    "2026-05-04T10:00:00Z",
    "2026-05-04T23:59:60.5+14:00",
    "1937",
    "1936-12-31",
    "2027-01-01",
    "0000",
    "2026-13",
    "2026-00",
    "2026-05-32",
    "2026-05-04T10:00Z",
    "2026-05-04T10:00:00",
    "2026-05-04T24:00:00Z",
    "202",
];
const NUMBERS: &[&str] = &[
    "0",
    "-0.0",
    "7.20",
    "-12.5E+2",
    "12e-3",
    "1e17",
    "1e18",
    "1e-17",
    "1e-18",
    "1E400",
    "0e999999999999",
    "123456789012345678",
    "1234567890123456789",
    "100000000000000000000e-20",
    "0.00000000000000000001e20",
    "5",
];
const INTENTS: &[&str] = &["order", "original-order", "plan", "proposal"];
const REFERENCES: &[&str] = &[
    "Patient/1",
    "urn:a",
    "1",
    "",
    "https://a/Patient/1",
    "Device/1",
];
const URLS: &[&str] = &["https://a/Patient/1", "urn:a", "", "https://a/xPatient/1"];
const COMPARATORS: &[&str] = &["<", "<=", ">=", ">", "ad"];
const CATEGORIES: &[&str] = &["food", "medication", "environment", "biologic", "other"];
const GENDERS: &[&str] = &["male", "female", "other", "unknown", "f"];
const COUNTRIES: &[&str] = &["DE", "DEU", "US", "de", "Germany"];
/// Members of resources.
const MEMBERS: &[&str] = &[
    "status",
    "status",
    "code",
    "code",
    "category",
    "vaccineCode",
    "medicationCodeableConcept",
    "intent",
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "issued",
    "onsetDateTime",
    "onsetPeriod",
    "recordedDate",
    "occurrenceDateTime",
    "recorded",
    "performedDateTime",
    "performedPeriod",
    "authoredOn",
    "dateAsserted",
    "clinicalStatus",
    "verificationStatus",
    "valueQuantity",
    "valueQuantity",
    "valueCodeableConcept",
    "interpretation",
    "component",
    "component",
    "x",
    "contained",
];
/// Members that seldom occur, so that some documents have facts.
const SELDOM: &[&str] = &[
    "doNotPerform",
    "_doNotPerform",
    "isSubpotent",
    "focus",
    "taken",
    "notDone",
    "modifierExtension",
    "implicitRules",
    "_status",
];

fn text(source: &mut Unstructured, of: &[&str]) -> Result<Made> {
    Ok(Made::String((*source.choose(of)?).to_owned()))
}

/// Now and then something else stands in a value's place.
fn or_wrong(source: &mut Unstructured, value: Made) -> Result<Made> {
    Ok(match source.int_in_range(0..=23_u8)? {
        0 => Made::Null,
        1 => Made::Bool(source.arbitrary()?),
        2 => Made::Number("1".to_owned()),
        3 => Made::Array(vec![value]),
        4 => Made::Object(vec![("coding".to_owned(), value)]),
        5 => text(source, CODES)?,
        _ => value,
    })
}

fn list(
    source: &mut Unstructured,
    most: u8,
    item: impl Fn(&mut Unstructured) -> Result<Made>,
) -> Result<Made> {
    let count = source.int_in_range(0..=most)?;
    let items = (0..count).map(|_| {
        let item = item(source)?;
        or_wrong(source, item)
    });
    items.collect::<Result<_>>().map(Made::Array)
}

/// An object with these members, some of which may be missing.
fn object(source: &mut Unstructured, members: Vec<(&str, Made)>) -> Result<Made> {
    let mut kept = Vec::new();
    for (name, value) in members {
        if source.int_in_range(0..=11_u8)? > 0 {
            kept.push((name.to_owned(), or_wrong(source, value)?));
        }
    }
    Ok(Made::Object(kept))
}

fn concept(source: &mut Unstructured) -> Result<Made> {
    let codings = list(source, 9, |source| {
        let coding = vec![
            ("system", text(source, SYSTEMS)?),
            ("code", text(source, CODES)?),
        ];
        object(source, coding)
    })?;
    object(source, vec![("coding", codings)])
}

fn quantity(source: &mut Unstructured) -> Result<Made> {
    let mut members = vec![
        ("value", Made::Number((*source.choose(NUMBERS)?).to_owned())),
        (
            "system",
            Made::String("http://unitsofmeasure.org".to_owned()),
        ),
        ("code", text(source, CODES)?),
    ];
    if source.arbitrary()? {
        members.push(("comparator", text(source, COMPARATORS)?));
    }
    object(source, members)
}

fn member(source: &mut Unstructured, name: &str) -> Result<Made> {
    match name {
        "status" => text(source, STATUSES),
        "intent" => text(source, INTENTS),
        "category" => match source.int_in_range(0..=2_u8)? {
            0 => concept(source),
            1 => list(source, 5, |source| text(source, CATEGORIES)),
            _ => list(source, 3, concept),
        },
        "interpretation" => list(source, 3, concept),
        "component" => list(source, 4, |source| {
            let mut members = vec![("code", concept(source)?)];
            if source.arbitrary()? {
                members.push(("valueQuantity", quantity(source)?));
            } else {
                members.push(("valueCodeableConcept", concept(source)?));
            }
            object(source, members)
        }),
        "valueQuantity" => quantity(source),
        "effectivePeriod" | "onsetPeriod" | "performedPeriod" => {
            let start = text(source, DATES)?;
            object(source, vec![("start", start)])
        }
        "doNotPerform" | "isSubpotent" | "focus" | "taken" | "notDone" => {
            Ok(Made::Bool(source.arbitrary()?))
        }
        "x" | "contained" => Ok(Made::Array(vec![Made::Object(Vec::new())])),
        name if name.ends_with("DateTime")
            || [
                "issued",
                "recorded",
                "recordedDate",
                "authoredOn",
                "dateAsserted",
                "effectiveInstant",
            ]
            .contains(&name) =>
        {
            text(source, DATES)
        }
        _ => concept(source),
    }
}

/// The type may be put in the place of another, as long as no name is there twice.
fn resource(source: &mut Unstructured, subject: &str) -> Result<Made> {
    let kind = *source.choose(TYPES)?;
    let mut members = vec![("resourceType".to_owned(), Made::String(kind.to_owned()))];
    if source.int_in_range(0..=7_u8)? > 0 {
        // What a type needs to have facts.
        let status = match kind {
            "Observation" | "DiagnosticReport" => Some("final"),
            "Condition" | "AllergyIntolerance" => None,
            _ => Some("completed"),
        };
        members.extend(status.map(|status| ("status".to_owned(), Made::String(status.to_owned()))));
        if kind == "MedicationRequest" {
            members.push(("intent".to_owned(), Made::String("order".to_owned())));
        }
    }
    for name in ["subject", "patient"] {
        let reference = vec![("reference", Made::String(subject.to_owned()))];
        members.push((name.to_owned(), object(source, reference)?));
    }
    for _ in 0..source.int_in_range(0..=12_u8)? {
        let names = match source.int_in_range(0..=39_u8)? {
            0 => SELDOM,
            _ => MEMBERS,
        };
        let name = *source.choose(names)?;
        if members.iter().all(|(known, _)| known != name) {
            let value = member(source, name)?;
            members.push((name.to_owned(), or_wrong(source, value)?));
        }
    }
    Ok(Made::Object(members))
}

fn patient(source: &mut Unstructured) -> Result<Made> {
    let addresses = list(source, 3, |source| {
        let mut members = vec![("country", text(source, COUNTRIES)?)];
        if source.int_in_range(0..=2_u8)? == 0 {
            members.push(("use", text(source, &["home", "work", "old"])?));
        }
        object(source, members)
    })?;
    let members = vec![
        ("gender", text(source, GENDERS)?),
        ("birthDate", text(source, DATES)?),
        ("address", addresses),
    ];
    let Made::Object(mut members) = object(source, members)? else {
        unreachable!("it makes objects");
    };
    members.push((
        "resourceType".to_owned(),
        Made::String("Patient".to_owned()),
    ));
    Ok(Made::Object(members))
}

/// A resource, or a Bundle of a resource and a patient.
pub fn document(source: &mut Unstructured) -> Result<Made> {
    let subject = *source.choose(REFERENCES)?;
    let resource = resource(source, subject)?;
    if source.arbitrary()? {
        return Ok(resource);
    }
    let patient = patient(source)?;
    let of_resource = object(source, vec![("resource", resource)])?;
    let url = text(source, URLS)?;
    let of_patient = object(source, vec![("fullUrl", url), ("resource", patient)])?;
    let mut entries = vec![of_resource, of_patient];
    if source.arbitrary()? {
        entries.reverse();
    }
    if source.int_in_range(0..=15_u8)? == 0 {
        entries.pop();
    }
    let bundle = vec![
        ("resourceType", Made::String("Bundle".to_owned())),
        ("type", Made::String("collection".to_owned())),
        ("entry", Made::Array(entries)),
    ];
    object(source, bundle)
}
