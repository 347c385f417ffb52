//! Documents from pipes, empty documents, and documents of another kind than their creator says.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use generion_client::accounts::RecordAccount;
use generion_e2e::{Person, Town, program};
use serde_json::Value;

use crate::{OBSERVATION, create_record, number, text};

/// Runs a line in a shell, with `$GENERION` and its variables.
fn shell(town: &Town, clinic: &Person, owner: &Person, line: &str) -> Output {
    let create = format!(
        "create() {{ {} record create \"$@\" --owner {} --store {} -k {} -u {} --yes --output json \
         --allow-private-addresses; }}\n{line}",
        program("generion").display(),
        owner.address,
        town.store_url,
        clinic.keypair.display(),
        town.rpc_url,
    );
    Command::new("bash")
        .args(["-c", &create])
        .current_dir(&town.folder)
        .env("HOME", &town.folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A record has the whole document, from a file, a pipe or standard input.
#[test]
fn a_document_from_a_pipe_is_whole() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    town.write("a.json", OBSERVATION);
    // More bytes than the buffers of a pipe and a reader hold.
    let long: Vec<u8> = (0..400_000_u32).map(|byte| (byte % 251) as u8).collect();
    town.write("long", &long);
    for (index, (line, document)) in [
        ("create <(cat a.json)", OBSERVATION),
        ("create /dev/stdin < a.json", OBSERVATION),
        ("cat a.json | create /dev/stdin", OBSERVATION),
        ("cat a.json | create /proc/self/fd/0", OBSERVATION),
        ("exec 7< <(cat a.json); create /dev/fd/7", OBSERVATION),
        ("mkfifo pipe; cat a.json > pipe & create pipe", OBSERVATION),
        (
            "(head -c 1000 long; tail -c +1001 long) | create /dev/stdin",
            &long,
        ),
        ("create <(cat long)", &long),
        ("create a.json", OBSERVATION),
    ]
    .into_iter()
    .enumerate()
    {
        let output = shell(&town, &clinic, &patient, line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {said}");
        let created: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            number(&created, "/document/plain_size"),
            document.len() as u64,
            "{line}"
        );
        if document == OBSERVATION {
            assert_eq!(
                text(&created, "/document/kind"),
                "fhir:Observation/85354-9",
                "{line}"
            );
        }
        let to = format!("opened {index}");
        let record = text(&created, "/record/address");
        patient.does(&["record", "open", &record, "--to", &to]);
        assert_eq!(fs::read(town.folder.join(to)).unwrap(), document, "{line}");
    }
}

/// An empty document, as a failed program leaves it in a pipe, becomes a record only with the user's consent.
#[test]
fn a_document_of_nothing_becomes_a_record_where_it_is_meant() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    for line in [
        "create <(false)",
        "create /dev/null",
        ": > empty; create empty",
        "false | create /dev/stdin",
    ] {
        let output = shell(&town, &clinic, &patient, line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{line}");
        assert!(
            said.contains("has 0 bytes") && said.contains("--allow-empty"),
            "{said}"
        );
    }
    assert_eq!(town.list::<RecordAccount>(&[]), []);
    let output = shell(&town, &clinic, &patient, "create <(false) --allow-empty");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let created: Value = serde_json::from_slice(&output.stdout).unwrap();
    let record = text(&created, "/record/address");
    let checked = patient.does(&["record", "check", &record, "--to", "nothing"]);
    assert_eq!(number(&checked, "/content/bytes"), 0);
    assert_eq!(fs::read(town.folder.join("nothing")).unwrap(), b"");
}

/// `record check` compares the kind that the creator wrote with the document's content.
#[test]
fn a_kind_is_compared_with_the_content() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let fhir = "application/fhir+json";
    for (document, media_type, kind, agrees) in [
        (
            OBSERVATION,
            fhir,
            "fhir:Observation/85354-9",
            Value::Bool(true),
        ),
        (
            OBSERVATION,
            fhir,
            "fhir:Condition/85354-9",
            Value::Bool(false),
        ),
        (
            b"%PDF-1.7",
            fhir,
            "fhir:Observation/85354-9",
            Value::Bool(false),
        ),
        (b"%PDF-1.7", "application/pdf", "report", Value::Bool(true)),
        (b"ACGT", "application/x-genome", "genome", Value::Null),
    ] {
        let file = town.write("document", document);
        let (file, owner) = (file.to_string_lossy(), patient.address.to_string());
        let create = create_record(&file, &owner, &town.store_url);
        let what = ["--media-type", media_type, "--kind", kind];
        let created = clinic.does(&[&create[..], &what].concat());
        let record = text(&created, "/record/address");
        let verified = patient.does(&["record", "verify", &record]);
        assert_eq!(verified["content"]["agrees"], agrees, "{verified}");
        // A user who is asked sees the warning before agreeing; with `--yes` it is printed.
        let mut command = patient.command(&["record", "check", &record, "--to", "-"]);
        command.args(["--output", "display"]);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let word = match agrees {
            Value::Bool(true) => "as its creator describes it",
            Value::Bool(false) => "NOT as its creator describes it",
            _ => "whether its creator describes it rightly",
        };
        assert!(told.contains(word), "{told}");
        assert_eq!(output.stdout, document);
    }
}
