//! Exports of hospital systems: FHIR Bulk Data, files of one resource a line (ndjson), each of one type of resource. Each line is
//! read once, and one is in memory at a time.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use generion_client::batch::{BundleOf, DocumentSource, ExportedResource, open_regular, shown};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    patients::{Patients, Wallets},
    reading::{Found, Reader, SkippedEntry, Unread, unreadable},
};
use crate::{
    document::fhir::{self, Guess},
    output::failure::{Failure, files::file_error},
};

/// The types of resources that facts follow from: what is imported by default.
pub const TYPES: [&str; 8] = [
    "Observation",
    "Condition",
    "Immunization",
    "Procedure",
    "MedicationRequest",
    "MedicationStatement",
    "AllergyIntolerance",
    "DiagnosticReport",
];
/// The longest line, in bytes.
const LONGEST: u64 = 16 << 20;
/// Where relative references of an export lead to: nobody can have this host (RFC 2606).
const BASE: &str = "https://export.invalid/fhir/";

/// An export that is to be read.
pub struct Export {
    pub folder: PathBuf,
    pub types: Vec<String>,
    pub patients: Patients,
    pub reader: Reader,
}

/// The parts of a resource that tell whose it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    resource_type: String,
    id: Option<String>,
    subject: Option<Value>,
    patient: Option<Value>,
}

/// What facts need of a patient. The rest stays with the hospital.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    resource_type: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    address: Vec<Home>,
}

#[derive(Serialize, Deserialize)]
struct Home {
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

/// A line of a file.
struct Line {
    offset: u64,
    /// Without the space around it.
    bytes: Vec<u8>,
}

/// Where the reading of an export is.
#[derive(Default)]
struct State {
    found: Found,
    /// The patients that have wallets, as resources in JSON.
    people: HashMap<String, String>,
    /// Their entries in Bundles, by what refers to them.
    entries: HashMap<String, Arc<str>>,
    unknown: BTreeMap<String, usize>,
    names: HashSet<PathBuf>,
}

impl Export {
    /// Reads the whole export.
    pub fn run(&self) -> Result<Found, Failure> {
        let files = self.files()?;
        let mut state = State::default();
        for file in &files {
            self.read_people(file, &mut state)?;
        }
        for file in &files {
            let read = lines(file, |line| self.read_line(file, line, &mut state));
            if let Err(error) = read {
                let failure = unreadable(file, error);
                state.found.skipped.push(self.skipped(file, failure));
            }
        }
        let State {
            mut found, unknown, ..
        } = state;
        found.unknown_patients = unknown.into_iter().collect();
        Ok(found)
    }

    /// The files of the export.
    fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let failed = |error| file_error(&self.folder, error);
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "ndjson")
            {
                files.push(path);
            }
        }
        files.sort();
        match files.is_empty() {
            false => Ok(files),
            true => Err(Failure::new(
                format!("there are no files of an export in {}", shown(&self.folder)),
                "Pass the folder with the export's files, whose names end in .ndjson.",
            )),
        }
    }

    /// Reads the patients, if the file is one of patients.
    fn read_people(&self, file: &Path, state: &mut State) -> Result<(), Failure> {
        let mut is_of_patients = None;
        let read = lines(file, |line| {
            if is_of_patients == Some(false) {
                return false;
            }
            let person: Option<Person> = serde_json::from_slice(&line.bytes).ok();
            let person = person.filter(|person| person.resource_type == "Patient");
            // The type of the first line is that of the file.
            is_of_patients.get_or_insert(person.is_some());
            if let Some(person) = person
                && self.patients.contains_key(&person.id)
                && let Ok(text) = serde_json::to_string(&person)
            {
                state.people.insert(person.id, text);
            }
            true
        });
        read.map_err(|error| unreadable(file, error))
    }

    /// Reads a resource. Always goes on.
    fn read_line(&self, file: &Path, line: &Line, state: &mut State) -> bool {
        if let Err(why) = self.resource(file, line, state) {
            let message = format!("{}, at byte {}: {why}", shown(file), line.offset);
            let failure = Failure::new(message, "Ask the system that wrote the export.");
            state.found.skipped.push(self.skipped(file, failure));
        }
        true
    }

    fn resource(&self, file: &Path, line: &Line, state: &mut State) -> Result<(), String> {
        if line.bytes.len() as u64 > LONGEST {
            return Err("the resource has more than 16 MiB".to_owned());
        }
        let head: Head =
            serde_json::from_slice(&line.bytes).map_err(|_| "it is no FHIR resource".to_owned())?;
        if !self.types.contains(&head.resource_type) {
            return Ok(());
        }
        let id = head.id.ok_or("the resource has no id")?;
        let subject = head.subject.or(head.patient);
        let reference = subject
            .as_ref()
            .and_then(|subject| subject.get("reference")?.as_str())
            .ok_or("the resource names no patient")?;
        let patient = patient_of(reference).ok_or("the resource is of no patient")?;
        let Some(Wallets { owner, copies }) = self.patients.get(patient) else {
            *state.unknown.entry(patient.to_owned()).or_default() += 1;
            return Ok(());
        };
        let name = PathBuf::from(format!("{}/{id}", head.resource_type));
        if !state.names.insert(name.clone()) {
            return Err(format!("{} is there twice", name.display()));
        }
        let base = reference
            .strip_suffix(&format!("Patient/{patient}"))
            .unwrap_or("");
        let base = if base.is_empty() { BASE } else { base };
        let bundle = state.people.get(patient).map(|person| {
            let entry = state
                .entries
                .entry(reference.to_owned())
                .or_insert_with(|| {
                    let url = Value::from(format!("{base}Patient/{patient}"));
                    format!(r#"{{"fullUrl":{url},"resource":{person}}}"#).into()
                });
            let full_url = Value::from(format!("{base}{}/{id}", head.resource_type));
            BundleOf {
                patient: entry.clone(),
                full_url: full_url.to_string().into(),
            }
        });
        let guess = fhir::guess_in(&line.bytes[..]);
        let unread = Unread {
            file: name,
            path: file,
            source: DocumentSource::Resource(ExportedResource {
                offset: line.offset,
                length: line.bytes.len() as u64,
                bundle,
            }),
            owner,
            copy_owner: copies.as_ref(),
            guess: Some(Guess { ..guess }),
        };
        let read = self.reader.read(unread, &mut state.found);
        read.map_err(|failure| failure.message)
    }

    fn skipped(&self, file: &Path, failure: Failure) -> SkippedEntry {
        let file = file.strip_prefix(&self.folder).unwrap_or(file).to_owned();
        SkippedEntry { file, failure }
    }
}

/// The id of the patient that a reference leads to.
fn patient_of(reference: &str) -> Option<&str> {
    let reference = reference
        .split_once("/_history/")
        .map_or(reference, |(reference, _)| reference);
    let (before, id) = reference.rsplit_once('/')?;
    let is_patient = before == "Patient" || before.ends_with("/Patient");
    (is_patient && !id.is_empty()).then_some(id)
}

/// Reads a file line by line, until `each` wants no more. Of a line that is too long, the rest is passed over.
fn lines(path: &Path, mut each: impl FnMut(&Line) -> bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(open_regular(path)?);
    let mut offset = 0;
    loop {
        let mut bytes = Vec::new();
        let mut length = reader
            .by_ref()
            .take(LONGEST + 2)
            .read_until(b'\n', &mut bytes)? as u64;
        if length == 0 {
            return Ok(());
        }
        if !bytes.ends_with(b"\n") && length == LONGEST + 2 {
            length += reader.skip_until(b'\n')? as u64;
        }
        let start = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let line = Line {
            offset: offset + start as u64,
            bytes: bytes.trim_ascii().to_vec(),
        };
        offset += length;
        if !line.bytes.is_empty() && !each(&line) {
            return Ok(());
        }
    }
}
