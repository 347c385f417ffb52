//! End-to-end tests: the `generion` program with a real validator and a real store. They leave out validators other than the
//! local node, networks between machines, and documents of more than a few kilobytes (the store has tests for them).

mod agent;
mod agent_faults;
mod bad_input;
mod calls;
mod copies;
mod damaged_documents;
mod demo;
mod documents;
mod dry_run;
mod elsewhere;
mod example;
mod full_disk;
mod funds;
mod guides;
mod history;
mod import;
mod import_copies;
mod import_export;
mod import_folders;
mod json_shapes;
mod keys;
mod links;
mod load;
mod localnet;
mod names;
mod nodes;
mod readme;
mod receipts;
mod reveal;
mod sales;
mod stale_node;
mod story;
mod studies;
mod study_commands;
mod trusted_creators;
mod watching;

use generion_e2e::{Person, Town};
use serde_json::Value;

/// A real FHIR document.
const OBSERVATION: &[u8] =
    include_bytes!("../../../../fixtures/fhir/Observation-blood-pressure.json");
/// Another FHIR document.
const CONDITION: &[u8] = include_bytes!("../../../../fixtures/fhir/Condition-stroke.json");

/// A text field of a command's JSON output, by its JSON pointer.
#[track_caller]
fn text(done: &Value, pointer: &str) -> String {
    done.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {done}"))
        .to_owned()
}

/// A number field of a command's JSON output, by its JSON pointer.
#[track_caller]
fn number(done: &Value, pointer: &str) -> u64 {
    done.pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_else(|| panic!("no {pointer} in {done}"))
}

/// Runs an import of which a part must fail. Returns its report, which it prints all the same.
#[track_caller]
fn fails_in_part(person: &Person, words: &[&str]) -> Value {
    let output = person.command(words).output().expect("the program starts");
    assert!(!output.status.success(), "{words:?}");
    serde_json::from_slice(&output.stdout).expect("a report in JSON")
}

/// The facts of a record, as `record show --facts` lists them.
#[track_caller]
fn facts(shown: &Value) -> Vec<String> {
    let facts = shown["facts"].as_array().expect("facts").iter();
    facts
        .map(|fact| format!("{}={}", text(fact, "/name"), text(fact, "/value")))
        .collect()
}

/// The words that create a record of a file for an owner, in a store.
fn create_record<'a>(file: &'a str, owner: &'a str, store: &'a str) -> [&'a str; 7] {
    ["record", "create", file, "--owner", owner, "--store", store]
}

/// The words that open what was bought into a folder, with the receipt from another folder.
fn open_purchase<'a>(purchase: &'a str, to: &'a str, receipts: &'a str) -> [&'a str; 7] {
    [
        "purchase",
        "open",
        purchase,
        "--to",
        to,
        "--receipts",
        receipts,
    ]
}

/// Writes a clinic's record for an owner. Returns its address.
#[track_caller]
fn write_record(town: &Town, clinic: &Person, owner: &Person, document: &[u8]) -> String {
    let file = town.write("document.json", document);
    let done = clinic.does(&create_record(
        &file.to_string_lossy(),
        &owner.address.to_string(),
        &town.store_url,
    ));
    text(&done, "/record/address")
}

/// Writes a record and verifies it. Returns its address.
#[track_caller]
fn verified_record(town: &Town, clinic: &Person, owner: &Person, document: &[u8]) -> String {
    let record = write_record(town, clinic, owner, document);
    owner.does(&["record", "verify", &record]);
    record
}

/// Makes an order of records for 0.25 SOL. Returns its address.
#[track_caller]
fn offer(seller: &Person, records: &[&str]) -> String {
    let mut words = vec![
        "order",
        "create",
        "--price",
        "0.25SOL",
        "--window",
        "1h",
        "--label",
        "two readings",
        "--reveal-identifiers",
    ];
    for record in records {
        words.extend(["--record", record]);
    }
    text(&seller.does(&words), "/order/address")
}
