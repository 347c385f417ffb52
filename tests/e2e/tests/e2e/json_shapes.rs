//! The shapes of JSON output, in `client/cli/json-shapes.json`.

use std::{collections::BTreeSet, process::Command};

use generion_e2e::{Person, Town, shape};
use serde_json::Value;

use crate::{OBSERVATION, offer, text, verified_record, write_record};

/// Commands without a JSON object: the agent and localnet, which print lines, and commands that print scripts.
const WITHOUT: [&str; 3] = ["localnet", "completions", "help"];

/// The subcommands of a command, as its help lists them.
fn commands(person: &Person, words: &[String]) -> Vec<String> {
    let line: Vec<_> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let help = Command::output(&mut person.command(&line)).expect("the program starts");
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).expect("help is text");
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    if listed.is_empty() {
        return vec![words.join(" ")];
    }
    listed
        .into_iter()
        .flat_map(|name| {
            let below: Vec<_> = words.iter().cloned().chain([name.to_owned()]).collect();
            commands(person, &below)
        })
        .collect()
}

/// The file has exactly one shape for each command.
#[test]
fn every_command_has_a_shape() {
    let town = Town::found();
    let commands: BTreeSet<_> = commands(&town.person("patient"), &[]).into_iter().collect();
    let with: BTreeSet<_> = commands
        .into_iter()
        .filter(|command| !WITHOUT.contains(&command.as_str()))
        .collect();
    let shapes: BTreeSet<_> = shape::shapes()
        .into_keys()
        .map(|command| {
            command
                .replace(" --dry-run", "")
                .replace(" --all", "")
                .replace(" --facts", "")
        })
        .collect();
    assert_eq!(shapes, with);
}

/// The output of commands that no other test runs fits its shape.
#[test]
fn commands_that_only_look() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    doctor.does(&["user", "set-key"]);
    let wallet = patient.address.to_string();
    let shown = patient.does(&["user", "show"]);
    let other = buyer.does(&["user", "get", &wallet]);
    assert_eq!(shown["encryption_key"], other["encryption_key"]);
    let nobody = buyer.does(&["user", "show"]);
    assert!(nobody["encryption_key"].is_null() && nobody["balance_lamports"].is_u64());
    let users = buyer.does(&["user", "list"]);
    assert_eq!(users["users"].as_array().unwrap().len(), 2);
    patient.does(&["key", "show"]);

    // Before anything exists, and afterwards.
    let lists: [&[&str]; 6] = [
        &["record", "list"],
        &["record", "addresses"],
        &["order", "list"],
        &["order", "ids"],
        &["share", "list"],
        &["purchase", "list"],
    ];
    for words in lists {
        patient.does(words);
    }
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let unverified = write_record(&town, &clinic, &patient, OBSERVATION);
    let with = doctor.address.to_string();
    patient.does(&["share", "create", &record, "--with", &with]);
    let order = offer(&patient, &[&record]);
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let purchase = text(&bought, "/purchase/address");
    for words in lists {
        patient.does(words);
    }
    let addresses = patient.does(&["record", "ids"]);
    assert_eq!(addresses["addresses"].as_array().unwrap().len(), 2);
    assert!(
        addresses["addresses"]
            .as_array()
            .unwrap()
            .contains(&record.clone().into())
    );
    for words in [&["user", "card"][..], &["node", "check"]] {
        patient.does(words);
    }
    assert_eq!(
        buyer.does(&["order", "ids", "--seller", &wallet])["ids"],
        serde_json::json!([0])
    );
    for (noun, address) in [
        ("record", &record),
        ("order", &order),
        ("purchase", &purchase),
    ] {
        let shown = buyer.does(&[noun, "show", address]);
        assert_eq!(shown, buyer.does(&[noun, "get", address]));
        assert_eq!(text(&shown, "/address"), *address);
    }
    // What the owner could disclose follows from the document.
    let shown = patient.does(&["record", "show", &record, "--facts"]);
    assert_eq!(shown["profile"], "fhir-r4/1");
    let facts = shown["facts"].as_array().unwrap();
    let resource = serde_json::json!({"name": "resource", "value": "Observation"});
    assert!(facts.contains(&resource), "{shown}");
    patient.does(&["record", "check", &unverified, "--to", "unverified.json"]);
    let opened = patient.does(&["record", "open", &record, "--to", "own.json"]);
    let document = text(&opened, "/document/urls/0");
    let status = buyer.does(&["store", "status", &document]);
    assert_eq!(text(&status, "/erase_authority"), wallet);
    patient.does(&["store", "erase", &document]);
    let erased = buyer.fails(&["store", "status", &document]);
    assert!(
        erased.message.contains("erased for good"),
        "{}",
        erased.message
    );

    let pages = patient.does(&["man", "--to", "pages"]);
    let page = std::fs::read_to_string(town.folder.join("pages/generion-record-create.1")).unwrap();
    assert!(page.contains(".TH generion-record-create 1"), "{page}");
    let pages: BTreeSet<_> = pages["pages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    // A page for each command and each noun.
    let expected: BTreeSet<_> = commands(&patient, &[])
        .iter()
        .flat_map(|command| {
            let words: Vec<_> = command.split(' ').collect();
            (0..=words.len()).map(move |count| [&["generion"], &words[..count]].concat().join("-"))
        })
        .map(|name| format!("pages/{name}.1"))
        .collect();
    assert_eq!(pages, expected);
}

/// Compact JSON is one line with the same content.
#[test]
fn compact_json_is_one_line() {
    let town = Town::found();
    let patient = town.person("patient");
    patient.does(&["user", "set-key"]);
    let print = |format: &str| {
        let mut command = patient.command(&["user", "show"]);
        let output = command.args(["--output", format]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (long, short) = (print("json"), print("json-compact"));
    assert!(long.lines().count() > 3 && short.lines().count() == 1);
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parse(&long), parse(&short));
}
