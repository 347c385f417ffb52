//! The examples, with a stranger's words at every place in turn.

use std::{fs, path::Path};

use generion_client::Revealed;
use serde_json::Value;

use crate::look;

/// What names somebody, in several forms.
const PLANTED: [&str; 7] = [
    "Mara Quill",
    "MRN-00482913",
    "078-05-1120",
    "1931-05-02",
    "mara.quill@example.org",
    "https://clinic.example/Patient/Mara-Quill",
    "QUILL",
];

/// Places of a document: names, and positions in lists.
type Place = Vec<Step>;

#[derive(Clone)]
enum Step {
    Name(String),
    Index(usize),
}

fn places(value: &Value, here: &mut Place, all: &mut Vec<Place>) {
    if !here.is_empty() {
        all.push(here.clone());
    }
    let mut below = |step: Step, value: &Value| {
        here.push(step);
        places(value, here, all);
        here.pop();
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| below(Step::Name(name.clone()), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| below(Step::Index(index), value)),
        _ => {}
    }
}

fn at<'a>(mut value: &'a mut Value, place: &Place) -> &'a mut Value {
    for step in place {
        value = match step {
            Step::Name(name) => &mut value[name],
            Step::Index(index) => &mut value[index],
        };
    }
    value
}

/// As reports have it, such as `Patient.name[0].family`.
fn path(document: &Value, place: &Place) -> String {
    let mut path = document["resourceType"]
        .as_str()
        .expect("a resource")
        .to_owned();
    for step in place {
        match step {
            Step::Name(name) => path.push_str(&format!(".{name}")),
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// The documents under `fixtures`, by the names of their files.
pub fn example_files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/fhir");
    let mut examples: Vec<_> = fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let bytes = fs::read(&path).expect("it can be read");
            let name = path.file_name().expect("it is a file");
            (name.display().to_string(), bytes)
        })
        .collect();
    examples.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(examples.len(), 14);
    examples
}

/// As [`example_files`], read.
pub fn examples() -> Vec<(String, Value)> {
    example_files()
        .into_iter()
        .map(|(name, bytes)| (name, serde_json::from_slice(&bytes).expect("it is JSON")))
        .collect()
}

#[test]
fn every_example_can_be_looked_into() {
    for (name, document) in examples() {
        let revealed = look(document.to_string());
        assert!(
            matches!(revealed, Revealed::Resource(_)),
            "{name}: {revealed}"
        );
    }
}

#[test]
fn what_is_planted_anywhere_in_the_examples_is_reported_where_it_is() {
    let mut count = 0_usize;
    for (name, document) in examples() {
        let mut all = Vec::new();
        places(&document, &mut Place::new(), &mut all);
        // Everywhere in the small examples three, in the large one only one; other ones from place to place.
        let each = if all.len() > 1000 { 1 } else { 3 };
        let mut turns = PLANTED.iter().cycle();
        for place in &all {
            for planted in turns.by_ref().take(each) {
                plant(&name, &document, place, planted);
                count += 1;
            }
        }
    }
    assert!(count > 4000, "{count} times");
}

#[track_caller]
fn plant(name: &str, document: &Value, place: &Place, planted: &str) {
    let path = path(document, place);
    let mut changed = document.clone();
    *at(&mut changed, place) = Value::from(planted);
    let revealed = look(changed.to_string());
    assert!(revealed.is_identifying());
    match &revealed {
        Revealed::Resource(resource) => assert!(
            resource
                .values
                .iter()
                .any(|value| value.path == path && value.text == planted),
            "{name}: {planted} at {path}: {revealed:?}"
        ),
        Revealed::Opaque(why) => {
            // A type that nobody knows, and nothing else.
            assert!(
                path.ends_with("resourceType"),
                "{name}: {planted} at {path}: {why}"
            );
            assert!(why.to_string().ends_with(planted), "{why}");
        }
    }
}

#[test]
fn an_element_that_is_added_anywhere_in_the_examples_is_noticed() {
    for (name, document) in examples() {
        let mut all = vec![Place::new()];
        places(&document, &mut Place::new(), &mut all);
        for place in all {
            let mut changed = document.clone();
            let Value::Object(members) = at(&mut changed, &place) else {
                continue;
            };
            members.insert("patientName".to_owned(), Value::from("Mara Quill"));
            let revealed = look(changed.to_string());
            assert!(
                matches!(revealed, Revealed::Opaque(_)),
                "{name}: {}",
                path(&document, &place)
            );
        }
    }
}
