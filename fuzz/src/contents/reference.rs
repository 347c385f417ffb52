//! The profile `fhir-r4/1`, written a second time from docs/PROTOCOL.md, section 3: over documents that were never text, and
//! as plainly as possible, however slow it is.

mod texts;

use super::json::Made;
use texts::{decimal, first, is_date, is_day};

/// What a type has in the tables: name, subject, code, form of its category, dates, status, and the codes of its status.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ROWS: [Row; 8] = [
    (
        "Observation",
        "subject",
        "code",
        "concepts",
        "effectiveDateTime effectivePeriod.start effectiveInstant issued",
        "status",
        "preliminary final amended corrected",
    ),
    (
        "Condition",
        "subject",
        "code",
        "concepts",
        "onsetDateTime onsetPeriod.start recordedDate",
        "condition-clinical",
        "active recurrence relapse inactive remission resolved",
    ),
    (
        "Immunization",
        "patient",
        "vaccineCode",
        "",
        "occurrenceDateTime recorded",
        "status",
        "completed",
    ),
    (
        "Procedure",
        "subject",
        "code",
        "concept",
        "performedDateTime performedPeriod.start",
        "status",
        "in-progress on-hold stopped completed",
    ),
    (
        "MedicationRequest",
        "subject",
        "medicationCodeableConcept",
        "concepts",
        "authoredOn",
        "status",
        "active on-hold completed stopped",
    ),
    (
        "MedicationStatement",
        "subject",
        "medicationCodeableConcept",
        "concept",
        "effectiveDateTime effectivePeriod.start dateAsserted",
        "status",
        "active completed stopped on-hold",
    ),
    (
        "AllergyIntolerance",
        "patient",
        "code",
        "strings",
        "onsetDateTime onsetPeriod.start recordedDate",
        "allergyintolerance-clinical",
        "active inactive resolved",
    ),
    (
        "DiagnosticReport",
        "subject",
        "code",
        "concepts",
        "effectiveDateTime effectivePeriod.start issued",
        "status",
        "partial preliminary final amended corrected appended",
    ),
];

fn member<'m>(value: &'m Made, name: &str) -> Option<&'m Made> {
    let Made::Object(members) = value else {
        return None;
    };
    members
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn string<'m>(value: &'m Made, name: &str) -> Option<&'m str> {
    match member(value, name) {
        Some(Made::String(text)) => Some(text),
        _ => None,
    }
}

/// Objects in an array.
fn objects(value: Option<&Made>) -> Vec<&Made> {
    match value {
        Some(Made::Array(items)) => items
            .iter()
            .filter(|item| matches!(item, Made::Object(_)))
            .collect(),
        _ => Vec::new(),
    }
}

fn codings(concept: Option<&Made>) -> Vec<(String, String)> {
    let Some(concept @ Made::Object(_)) = concept else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for coding in objects(member(concept, "coding")) {
        let (Some(system), Some(code)) = (string(coding, "system"), string(coding, "code")) else {
            continue;
        };
        let is_part = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|it| (' '..='~').contains(&it) && it != '|')
        };
        if is_part(system) && is_part(code) {
            found.push((system.to_owned(), code.to_owned()));
        }
    }
    found
}

fn values_of(codings: Vec<(String, String)>) -> Vec<String> {
    codings
        .into_iter()
        .map(|(system, code)| system + "|" + &code)
        .collect()
}

fn named(name: &str, most: usize, values: Vec<String>) -> Vec<String> {
    let lines = values.into_iter().map(|value| format!("{name}={value}"));
    let is_fact = |line: &String| {
        line.len() <= 128
            && line.len() > name.len() + 1
            && line.chars().all(|it| (' '..='~').contains(&it))
    };
    first(lines.filter(is_fact).collect(), most)
}

fn has_name(value: &Made, names: &[&str]) -> bool {
    match value {
        Made::Array(items) => items.iter().any(|item| has_name(item, names)),
        Made::Object(members) => members
            .iter()
            .any(|(name, value)| names.contains(&&name[..]) || has_name(value, names)),
        _ => false,
    }
}

/// `Err`: the concept says something else than one of the codes.
fn said(resource: &Made, name: &str, system: &str, codes: &str) -> Result<Vec<String>, ()> {
    let Some(concept) = member(resource, name) else {
        return Ok(Vec::new());
    };
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    let mut found = Vec::new();
    if let Made::Object(_) = concept {
        for coding in objects(member(concept, "coding")) {
            if string(coding, "system") == Some(&system) {
                found.push(string(coding, "code").unwrap_or("no code"));
            }
        }
    }
    match found.first() {
        Some(code)
            if codes.split(' ').any(|it| it == *code) && found.iter().all(|it| it == code) =>
        {
            Ok(vec![(*code).to_owned()])
        }
        _ => Err(()),
    }
}

fn values(object: &Made) -> Vec<String> {
    let (quantity, concept) = (
        member(object, "valueQuantity"),
        member(object, "valueCodeableConcept"),
    );
    if quantity.is_some() && concept.is_some() {
        return Vec::new();
    }
    let mut found = values_of(codings(concept));
    if let Some(quantity) = quantity
        && let Some(Made::Number(number)) = member(quantity, "value")
        && let Some(decimal) = decimal(number)
        && let Some(unit) = string(quantity, "code")
        && string(quantity, "system") == Some("http://unitsofmeasure.org")
        && !unit.is_empty()
        && unit
            .chars()
            .all(|it| ('!'..='~').contains(&it) && it != '|')
    {
        match member(quantity, "comparator") {
            None => found.push(format!("{decimal} {unit}")),
            Some(Made::String(sign)) if ["<", "<=", ">=", ">"].contains(&&sign[..]) => {
                found.push(format!("{sign}{decimal} {unit}"));
            }
            _ => {}
        }
    }
    found
}

/// Resource and patient.
fn parts(document: &Made) -> Option<(&Made, Option<&Made>, &'static Row)> {
    let row = |resource: &Made| {
        ROWS.iter()
            .find(|row| string(resource, "resourceType") == Some(row.0))
    };
    if let Some(row) = row(document) {
        return Some((document, None, row));
    }
    let Some(Made::Array(entries)) = member(document, "entry") else {
        return None;
    };
    let is_bundle = string(document, "resourceType") == Some("Bundle");
    if !is_bundle || string(document, "type") != Some("collection") || entries.len() != 2 {
        return None;
    }
    for (one, other) in [(0, 1), (1, 0)] {
        let (Some(resource), Some(patient)) = (
            member(&entries[one], "resource"),
            member(&entries[other], "resource"),
        ) else {
            return None;
        };
        let Some(row) = row(resource) else { continue };
        let reference = string(member(resource, row.1)?, "reference")?;
        let url = string(&entries[other], "fullUrl")?;
        let is_named = reference == url
            || reference.starts_with("Patient/") && url.ends_with(&format!("/{reference}"));
        if string(patient, "resourceType") == Some("Patient") && !reference.is_empty() && is_named {
            return Some((resource, Some(patient), row));
        }
    }
    None
}

/// The status in a list. `None`: no facts follow.
fn status(resource: &Made, row: &Row) -> Option<Vec<String>> {
    for flag in [
        "doNotPerform",
        "_doNotPerform",
        "isSubpotent",
        "_isSubpotent",
    ] {
        if member(resource, flag).is_some_and(|value| *value != Made::Bool(false)) {
            return None;
        }
    }
    for name in [
        "notDone",
        "notGiven",
        "notPerformed",
        "taken",
        "wasNotGiven",
        "wasNotTaken",
    ] {
        member(resource, name).is_none().then_some(())?;
    }
    if row.0 == "Observation" && member(resource, "focus").is_some() {
        return None;
    }
    if ["Condition", "AllergyIntolerance"].contains(&row.0) && member(resource, "status").is_some()
    {
        return None;
    }
    if let Some(subject) = member(resource, row.1) {
        let reference = format!("/{}", string(subject, "reference").unwrap_or_default());
        let is_other = |name: &&str| reference.contains(&format!("/{name}/"));
        let is_patient = string(subject, "type").is_none_or(|name| name == "Patient");
        if !is_patient || ["Group", "Device", "Location"].iter().any(is_other) {
            return None;
        }
    }
    if row.0 == "MedicationRequest" {
        let orders = [
            "order",
            "original-order",
            "reflex-order",
            "filler-order",
            "instance-order",
        ];
        orders
            .contains(&string(resource, "intent")?)
            .then_some(())?;
    }
    let verification = match row.0 {
        "Condition" => said(
            resource,
            "verificationStatus",
            "condition-ver-status",
            "confirmed",
        ),
        "AllergyIntolerance" => said(
            resource,
            "verificationStatus",
            "allergyintolerance-verification",
            "confirmed",
        ),
        _ => Ok(Vec::new()),
    };
    verification.ok()?;
    if row.5 != "status" {
        return said(resource, "clinicalStatus", row.5, row.6).ok();
    }
    let status = string(resource, "status")?;
    row.6
        .split(' ')
        .any(|known| known == status)
        .then(|| vec![status.to_owned()])
}

/// The facts that follow from a document's content.
pub fn facts(document: &Made) -> Vec<String> {
    let Some((resource, patient, row)) = parts(document) else {
        return Vec::new();
    };
    if has_name(document, &["modifierExtension", "implicitRules"]) {
        return Vec::new();
    }
    let Some(status) = status(resource, row) else {
        return Vec::new();
    };
    let category = member(resource, "category");
    let categories = match row.3 {
        "concept" => values_of(codings(category)),
        "concepts" => objects(category)
            .into_iter()
            .flat_map(|concept| values_of(codings(Some(concept))))
            .collect(),
        "strings" => match category {
            Some(Made::Array(items)) => ["food", "medication", "environment", "biologic"]
                .into_iter()
                .filter(|code| items.contains(&Made::String((*code).to_owned())))
                .map(|code| format!("http://hl7.org/fhir/allergy-intolerance-category|{code}"))
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let date = row.4.split(' ').find_map(|path| {
        let value = match path.split_once('.') {
            Some((name, inner)) => string(member(resource, name)?, inner),
            None => string(resource, path),
        };
        value.filter(|date| is_date(date))
    });
    let mut all = named("resource", 1, vec![row.0.to_owned()]);
    all.extend(named(
        "code",
        6,
        values_of(codings(member(resource, row.2))),
    ));
    all.extend(named("category", 3, categories));
    all.extend(named("status", 1, status));
    if let Some(date) = date {
        all.push(format!("year={}", &date[..4]));
        if date.len() > 4 {
            all.push(format!("month={}", &date[..7]));
        }
    }
    if row.0 == "Observation" {
        all.extend(named("value", 3, values(resource)));
        let mut codes = Vec::new();
        for concept in objects(member(resource, "interpretation")) {
            for (system, code) in codings(Some(concept)) {
                if system == "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation" {
                    codes.push(code);
                }
            }
        }
        all.extend(named("interpretation", 3, codes));
        let mut components = Vec::new();
        for component in objects(member(resource, "component")) {
            let codings = values_of(codings(member(component, "code")));
            let codings = codings
                .into_iter()
                .filter(|coding| !coding.contains('='))
                .collect();
            for coding in first(codings, 6) {
                for value in first(values(component), 3) {
                    components.push(format!("{coding}={value}"));
                }
            }
        }
        all.extend(named("component", 6, components));
    }
    if let Some(patient) = patient {
        all.extend(of_patient(patient, date));
    }
    all
}

fn of_patient(patient: &Made, date: Option<&str>) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(gender @ ("male" | "female" | "other" | "unknown")) = string(patient, "gender") {
        all.push(format!("gender={gender}"));
    }
    if let (Some(date), Some(birth)) = (date, string(patient, "birthDate"))
        && is_day(birth)
    {
        let year = |text: &str| text[..4].parse::<i32>().expect("four digits");
        if (0..90).contains(&(year(date) - year(birth))) {
            all.push(format!("birth-year={:04}", year(birth)));
            all.push(format!("birth-decade={:04}", year(birth) / 10 * 10));
        }
    }
    let mut countries = Vec::new();
    for address in objects(member(patient, "address")) {
        let is_home = match member(address, "use") {
            None => true,
            Some(value) => *value == Made::String("home".to_owned()),
        };
        let country = string(address, "country").unwrap_or_default();
        let is_code = (country.len() == 2 || country.len() == 3)
            && country.chars().all(|it| it.is_ascii_uppercase());
        if is_home && is_code && !countries.contains(&country) {
            countries.push(country);
        }
    }
    if let [country] = countries[..] {
        all.push(format!("country={country}"));
    }
    all
}
