//! Key files, and rotations.

use std::{os::unix::fs::PermissionsExt, process::Stdio};

use generion_client::{
    Client, KeySource, Wallet, accounts::RecordAccount, state::User, store::FetchPolicy,
};
use generion_e2e::{Person, Running, Town};
use serde_json::Value;
use solana_keypair::read_keypair_file;

use crate::{CONDITION, OBSERVATION, number, text, write_record};

/// Runs a command with a passphrase on its standard input.
#[track_caller]
fn with_passphrase(person: &Person, words: &[&str], passphrase: &str) -> (bool, String) {
    let mut command = Running::start(person.command(words), Some(passphrase));
    let status = command.ended();
    (status.success(), command.printed.join("\n"))
}

/// Records for an old key can be opened after a rotation.
#[test]
fn old_records_stay_readable_after_a_rotation() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["key", "rotate"]);
    let old = write_record(&town, &clinic, &patient, OBSERVATION);
    let done = patient.does(&["key", "rotate"]);
    assert_eq!(number(&done, "/user/key_index"), 1);
    let new = write_record(&town, &clinic, &patient, CONDITION);
    for (record, index, document) in [(&old, 0, OBSERVATION), (&new, 1, CONDITION)] {
        let state = town.read::<RecordAccount>(&record.parse().unwrap()).state;
        assert_eq!(state.key_index, index);
        patient.does(&["record", "open", record, "--to", "opened.json", "--force"]);
        assert_eq!(
            std::fs::read(town.folder.join("opened.json")).unwrap(),
            document
        );
    }
    let shown = patient.does(&["key", "show"]);
    assert_eq!(number(&shown, "/key_index"), 1);
    assert_eq!(shown["keys"].as_array().unwrap().len(), 2);
    assert_eq!(shown["keys"][1]["is_present"], true);
}

/// If two processes publish a wallet's first key at once, each key has its own index.
#[test]
fn keys_that_are_published_at_once_are_under_their_own_indexes() {
    let town = Town::found();
    for number_of_wallet in 0..4 {
        let person = town.newcomer(&format!("wallet{number_of_wallet}"), 1_000_000_000);
        let both = [0, 1].map(|_| {
            let mut command = person.command(&["user", "set-key"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        });
        let ended = both.map(|child| child.wait_with_output().unwrap());
        assert!(ended.iter().any(|output| output.status.success()));
        for output in ended.iter().filter(|output| !output.status.success()) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("try again"), "{said}");
        }
        let shown = person.does(&["key", "show"]);
        let index = number(&shown, "/key_index") as usize;
        assert_eq!(shown["keys"][index]["is_present"], true, "{shown}");
    }
}

/// A record whose key has another index is opened, with a warning.
#[test]
fn a_key_of_another_index_is_told() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let wallet = read_keypair_file(&patient.keypair).unwrap();
    let client = Client::new(town.another_ledger(), FetchPolicy::default()).unwrap();
    let first = Wallet { signer: &wallet }.encryption_secret(client.ledger.deployment(), 0);
    let first = first.unwrap().public_key();
    let publication = client.publish_given_key(&wallet, &wallet, 1, &first, None);
    town.wait(publication.unwrap().send()).unwrap();

    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let opened = patient
        .command(&["record", "open", &record, "--to", "opened"])
        .output();
    let opened = opened.unwrap();
    assert!(opened.status.success());
    let warning: Value = serde_json::from_slice(&opened.stderr).unwrap();
    let message = text(&warning, "/warning/message");
    assert!(
        message.contains("with index 1") && message.contains("for index 0"),
        "{message}"
    );
    assert_eq!(
        std::fs::read(town.folder.join("opened")).unwrap(),
        OBSERVATION
    );
}

/// A wallet whose signatures are not deterministic uses a random key in a file.
#[test]
fn a_key_can_live_in_a_file_alone() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    let file = ["--key-file", "ana.key", "--passphrase-fd", "0"];
    let (rotated, said) = with_passphrase(
        &patient,
        &[&["key", "rotate"][..], &file].concat(),
        "secret\n",
    );
    assert!(rotated, "{said}");
    let done: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(text(&done, "/key_file"), "ana.key");
    let path = town.folder.join("ana.key");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let open = ["record", "open", &record, "--to", "opened.json"];
    // No key derived from the wallet opens the record.
    let failed = patient.fails(&open);
    assert!(
        failed.message.contains("is not this signer's"),
        "{failed:?}"
    );
    let (opened, said) = with_passphrase(&patient, &[&open[..], &file].concat(), "wrong");
    assert!(!opened, "{said}");
    let (opened, said) = with_passphrase(&patient, &[&open[..], &file].concat(), "secret");
    assert!(opened, "{said}");
    assert_eq!(
        std::fs::read(town.folder.join("opened.json")).unwrap(),
        OBSERVATION
    );

    // Without the wallet, the key file opens the record.
    let heir = town.newcomer("heir", 0);
    let open = ["record", "open", &record, "--to", "inherited.json"];
    let (opened, said) = with_passphrase(&heir, &[&open[..], &file].concat(), "secret");
    assert!(opened, "{said}");
    assert_eq!(
        std::fs::read(town.folder.join("inherited.json")).unwrap(),
        OBSERVATION
    );

    // The next key goes into the same file, beside the first.
    let (rotated, said) = with_passphrase(
        &patient,
        &[&["key", "rotate"][..], &file].concat(),
        "secret",
    );
    assert!(rotated, "{said}");
    let user = town.read::<User>(&town.addresses().user(&patient.address));
    assert_eq!(user.key_index, 1);
    let (shown, said) =
        with_passphrase(&patient, &[&["key", "show"][..], &file].concat(), "secret");
    assert!(shown, "{said}");
    let shown: Value = serde_json::from_str(&said).unwrap();
    let sources: Vec<_> = shown["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["source"])
        .collect();
    assert_eq!(sources, ["key file", "key file"]);
}

/// An exported key file opens records, does not contain the wallet, and is never overwritten.
#[test]
fn an_exported_file_holds_the_keys_and_is_never_replaced() {
    let town = Town::found();
    let patient = town.person("patient");
    patient.does(&["key", "rotate"]);
    let export = [
        "key",
        "export",
        "--to",
        "agent.key",
        "--new-passphrase-fd",
        "0",
    ];
    let (exported, said) = with_passphrase(&patient, &export, "secret");
    assert!(exported, "{said}");
    let whole = std::fs::read(town.folder.join("agent.key")).unwrap();
    assert!(whole.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    let (again, _) = with_passphrase(&patient, &export, "other");
    assert!(!again, "a key file was replaced");
    assert_eq!(std::fs::read(town.folder.join("agent.key")).unwrap(), whole);
    let (empty, _) = with_passphrase(
        &patient,
        &[
            "key",
            "export",
            "--to",
            "empty.key",
            "--new-passphrase-fd",
            "0",
        ],
        "\n",
    );
    assert!(!empty, "a file without a passphrase was written");
    assert!(!town.folder.join("empty.key").exists());
}
