//! A made-up export of a hospital's system: FHIR Bulk Data, files of one resource a line.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

/// Codes of LOINC with a unit each.
const CODES: [(&str, &str); 4] = [
    ("4548-4", "%"),
    ("8867-4", "/min"),
    ("29463-7", "kg"),
    ("2339-0", "mg/dL"),
];

/// Writes an export with this number of patients and resources into a new folder: a file of patients, one of Observations and one
/// of Conditions, a tenth of the resources. Patients are called `p-0`, `p-1` and so on, and have the resources in turn. The
/// same numbers give the same files.
///
/// # Errors
/// Those of writing the files.
pub fn write_export(folder: &Path, patients: usize, resources: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let mut people = file("Patient.000.ndjson")?;
    for number in 0..patients {
        let gender = ["female", "male"][number % 2];
        let year = 1940 + number % 70;
        writeln!(
            people,
            r#"{{"resourceType":"Patient","id":"p-{number}","gender":"{gender}","birthDate":"{year}-07-14","name":[{{"family":"Quill{number}","given":["Mara"]}}],"identifier":[{{"system":"https://hospital.example/mrn","value":"MRN-{number}"}}],"address":[{{"use":"home","line":["{number} Main Street"],"city":"Springfield","country":"US"}}]}}"#
        )?;
    }
    let (mut observations, mut conditions) = (
        file("Observation.000.ndjson")?,
        file("Condition.000.ndjson")?,
    );
    for number in 0..resources {
        let patient = number % patients.max(1);
        let (month, day) = (1 + number % 12, 1 + number % 28);
        if number % 10 == 9 {
            writeln!(
                conditions,
                r#"{{"resourceType":"Condition","id":"c-{number}","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"44054006","display":"Type 2 diabetes"}}]}},"subject":{{"reference":"Patient/p-{patient}"}},"recordedDate":"2026-{month:02}-{day:02}"}}"#
            )?;
        } else {
            let (code, unit) = CODES[number % CODES.len()];
            let value = 40 + number % 60;
            writeln!(
                observations,
                r#"{{"resourceType":"Observation","id":"o-{number}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"subject":{{"reference":"Patient/p-{patient}","display":"Mara Quill{patient}"}},"effectiveDateTime":"2026-{month:02}-{day:02}T08:00:00Z","valueQuantity":{{"value":{value}.{},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}}}}"#,
                number % 10
            )?;
        }
    }
    people.flush()?;
    observations.flush()?;
    conditions.flush()
}
