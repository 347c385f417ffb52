//! The tour of `README.md`: its commands work as written.

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path};

use generion_e2e::Town;
use serde_json::Value;

use crate::text;

/// Words in capitals, with the command that prints each, and its place in the JSON output.
const PRINTED: [(&str, &str, &str); 5] = [
    ("CARD", "user card", "/card"),
    ("RECORD", "record create", "/record/address"),
    ("SHARE", "share create", "/share/address"),
    ("ORDER", "order create", "/order/address"),
    ("PURCHASE", "purchase buy", "/purchase/address"),
];

/// Commands that are another way to end the tour, run for ever, or ask for a passphrase. The test checks their options only.
const NOT_RUN: [&str; 3] = ["purchase refund", "deliver --watch", "key export"];

/// The words of a command line, without their quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut in_quotes = false;
    for c in line.chars() {
        match c {
            '"' => in_quotes = !in_quotes,
            ' ' if !in_quotes => words.push(String::new()),
            c => words.last_mut().expect("a word").push(c),
        }
    }
    words
}

/// Every command of the tour succeeds.
#[test]
fn the_tour_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let (_, tour) = readme
        .split_once("\n## A short tour\n")
        .expect("the tour begins");
    let (tour, _) = tour.split_once("\n## ").expect("the tour ends");

    let town = Town::found();
    let fixtures = root.join("fixtures").canonicalize().expect("the fixtures");
    symlink(fixtures, town.folder.join("fixtures")).expect("a link to the fixtures");
    fs::create_dir(town.folder.join("documents")).expect("a folder");
    town.write("documents/scan.txt", b"a scan");
    let mut values: BTreeMap<String, String> = ["patient", "clinic", "doctor", "buyer"]
        .map(|role| {
            let name = format!("${}", role.to_uppercase());
            (name, town.person(role).address.to_string())
        })
        .into();

    let mut run = 0;
    for line in tour.lines() {
        let Some(line) = line.strip_prefix("generion ") else {
            continue;
        };
        let mut words: Vec<String> = words(line)
            .into_iter()
            .map(|word| values.get(&word).unwrap_or(&word).clone())
            .collect();
        let wallet = words.iter().position(|word| word == "-k");
        let role = wallet.map(|at| words.drain(at..at + 2).nth(1).expect("a wallet"));
        let role = role.as_deref().unwrap_or("$PATIENT_KEY");
        let role = role.trim_start_matches('$').trim_end_matches("_KEY");
        let is_run = !NOT_RUN.iter().any(|command| line.starts_with(command));
        if !is_run {
            words.push("--help".to_owned());
        } else if line.starts_with("order create") {
            // In place of the word that a seller types.
            words.push("--reveal-identifiers".to_owned());
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = town
            .person(&role.to_lowercase())
            .command(&words)
            .env("GENERION_STORE", &town.store_url)
            .env("GENERION_DATA", town.folder.join("data"))
            .output()
            .expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "generion {line}: {error}");
        run += usize::from(is_run);

        for (name, command, pointer) in PRINTED {
            if line.starts_with(command) {
                let printed: Value = serde_json::from_slice(&output.stdout)
                    .unwrap_or_else(|error| panic!("generion {line}: {error}"));
                values.insert(name.to_owned(), text(&printed, pointer));
            }
        }
    }
    assert!(run > 12, "the tour has only {run} commands");
}
