//! Imports of folders with other things than documents, with unusual names, and with changes since the last import.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    path::Path,
    process::Command,
};

use generion_client::{Filter, accounts::RecordAccount};
use generion_e2e::{Person, Proxy, Running, Town};
use serde_json::Value;

use crate::{number, text};

/// A town with a patient whose key is published, and a clinic.
fn town() -> (Town, Person, Person) {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    (town, patient, clinic)
}

/// An import's output, and whether it succeeded.
fn import(town: &Town, clinic: &Person, patient: &Person, words: &[&str]) -> (bool, Value) {
    let owner = patient.address.to_string();
    let import = ["record", "import", "--owner", &owner];
    let words = [&import[..], &["--store", &town.store_url], words].concat();
    let mut run = Running::start(clinic.command(&words), None);
    let status = run.ended();
    let said = run.printed.join("\n");
    let report = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    (status.success(), report)
}

fn totals(report: &Value) -> [u64; 3] {
    ["before", "written", "failed"].map(|name| number(report, &format!("/totals/{name}")))
}

fn records(town: &Town, patient: &Person) -> usize {
    let of_owner = [Filter::record_owner(patient.address)];
    town.list::<RecordAccount>(&of_owner).len()
}

fn write(folder: &Path, name: &str, document: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, document).unwrap();
}

/// An import reports everything that is no document, and writes the rest.
#[test]
fn what_is_no_document_is_told_and_the_rest_is_written() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    write(&folder, "a.json", r#"{"resourceType":"Observation"}"#);
    write(&folder, "sub/deeper/b.txt", "b");
    write(&folder, ".hidden", "left out");
    write(&folder, "empty.json", "");
    symlink("../a.json", folder.join("sub/linked.json")).unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    symlink("itself", folder.join("itself")).unwrap();
    symlink("..", folder.join("sub/up")).unwrap();
    symlink("/dev/zero", folder.join("device")).unwrap();
    // A file whose first byte nobody can read, not even root.
    symlink("/proc/self/mem", folder.join("unreadable")).unwrap();
    let pipe = folder.join("sub/pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(folder.join("socket")).unwrap();

    let (is_success, report) = import(&town, &clinic, &patient, &["documents"]);
    assert!(!is_success);
    assert_eq!(totals(&report), [0, 3, 8], "{report:#}");
    let failures = report["failures"].as_array().unwrap();
    let told = |file: &str| {
        let failure = failures.iter().find(|failure| failure["file"] == file);
        let failure = failure.unwrap_or_else(|| panic!("{file} is not told: {report:#}"));
        failure["message"].as_str().unwrap()
    };
    for (file, reason) in [
        ("empty.json", "is empty"),
        ("dangling", "No such file"),
        ("itself", "symbolic links"),
        ("sub/up", "is a link back to a folder that contains it"),
        ("device", "it is a device, not a file"),
        ("unreadable", "Input/output error"),
        ("sub/pipe", "it is a named pipe, not a file"),
        ("socket", "it is a socket, not a file"),
    ] {
        assert!(told(file).contains(reason), "{file}: {}", told(file));
    }
    let (is_success, again) = import(&town, &clinic, &patient, &["documents"]);
    assert!(!is_success);
    assert_eq!(totals(&again), [3, 0, 8]);
    assert_eq!(records(&town, &patient), 3);
}

/// A pipe in place of the folder or the journal is refused and does not block.
#[test]
fn a_pipe_in_the_place_of_a_folder_or_a_journal() {
    let (town, patient, clinic) = town();
    let pipe = town.folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    write(&town.folder.join("documents"), "a.txt", "a");
    let owner = patient.address.to_string();
    let import = |words: &[&str]| {
        let start = ["record", "import", "--owner", &owner];
        let words = [&start[..], &["--store", &town.store_url], words].concat();
        clinic.fails(&words).message
    };
    assert!(import(&["pipe"]).contains("pipe: Not a directory"));
    let journal = import(&["documents", "--journal", "pipe"]);
    assert!(
        journal.contains("it is a named pipe, not a file"),
        "{journal}"
    );
    assert_eq!(records(&town, &patient), 0);
}

/// Two file names that are not UTF-8 and look alike are two documents.
#[test]
fn names_that_are_no_text() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    fs::create_dir(&folder).unwrap();
    for (name, document) in [
        (&b"caf\xe9.txt"[..], "one"),
        (b"caf\xe8.txt", "two"),
        (b"caf\\xe9.txt", "three"),
        (b"line\nbreak.txt", "four"),
    ] {
        fs::write(folder.join(OsStr::from_bytes(name)), document).unwrap();
    }
    let (is_success, report) = import(&town, &clinic, &patient, &["documents"]);
    assert!(is_success);
    assert_eq!(totals(&report), [0, 4, 0], "{report:#}");
    let (_, again) = import(&town, &clinic, &patient, &["documents"]);
    assert_eq!(totals(&again), [4, 0, 0]);
    assert_eq!(records(&town, &patient), 4);
}

/// One journal can serve two folders with equal file names.
#[test]
fn one_journal_for_two_folders() {
    let (town, patient, clinic) = town();
    for (folder, document) in [("jan", "normal"), ("feb", "not normal"), ("mar", "normal")] {
        write(&town.folder.join(folder), "results.json", document);
    }
    for (count, folder) in ["jan", "feb", "mar"].into_iter().enumerate() {
        let words = [folder, "--journal", "all.journal"];
        let (_, report) = import(&town, &clinic, &patient, &words);
        assert_eq!(totals(&report), [0, 1, 0], "{folder}");
        let (_, again) = import(&town, &clinic, &patient, &words);
        assert_eq!(totals(&again), [1, 0, 0], "{folder}");
        assert_eq!(records(&town, &patient), count + 1);
    }
}

/// A moved folder is not written again, and the import says so.
#[test]
fn a_folder_that_was_moved() {
    let (town, patient, clinic) = town();
    write(&town.folder.join("here"), "a.txt", "a");
    write(&town.folder.join("here"), "b.txt", "b");
    let words = |folder: &'static str| [folder, "--journal", "all.journal"];
    let (_, report) = import(&town, &clinic, &patient, &words("here"));
    assert_eq!(totals(&report), [0, 2, 0]);
    fs::rename(town.folder.join("here"), town.folder.join("there")).unwrap();
    write(&town.folder.join("there"), "b.txt", "b, corrected");
    let (_, report) = import(&town, &clinic, &patient, &words("there"));
    assert_eq!(totals(&report), [1, 1, 0]);
    assert_eq!(text(&report, "/moved/0/file"), "a.txt");
    assert!(text(&report, "/moved/0/from").ends_with("/here"));
    let (_, report) = import(&town, &clinic, &patient, &words("there"));
    assert_eq!(totals(&report), [2, 0, 0]);
    assert_eq!(report["moved"], serde_json::json!([]));
    assert_eq!(records(&town, &patient), 3);
}

/// A file with new contents is written, and the import names the earlier record.
#[test]
fn a_file_that_was_corrected() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    write(&folder, "a.txt", "first");
    write(&folder, "b.txt", "b");
    let (_, report) = import(&town, &clinic, &patient, &["documents"]);
    assert_eq!(totals(&report), [0, 2, 0]);
    let first = text(&report, "/records/0/record");
    assert_eq!(text(&report, "/records/0/file"), "a.txt");

    write(&folder, "a.txt", "second");
    let owner = patient.address.to_string();
    let shown = clinic
        .command(&[
            "record",
            "import",
            "documents",
            "--owner",
            &owner,
            "--store",
            &town.store_url,
            "--dry-run",
        ])
        .output()
        .unwrap();
    assert!(shown.status.success());
    let (_, report) = import(&town, &clinic, &patient, &["documents"]);
    assert_eq!(totals(&report), [1, 1, 0]);
    assert_eq!(text(&report, "/corrected/0/file"), "a.txt");
    assert_eq!(text(&report, "/corrected/0/earlier_record"), first);

    // Both contents have records now.
    for document in ["first", "second"] {
        write(&folder, "a.txt", document);
        let (_, report) = import(&town, &clinic, &patient, &["documents"]);
        assert_eq!(totals(&report), [2, 0, 0], "{document}");
    }
    assert_eq!(records(&town, &patient), 3);
}

/// A file that changes during the import is reported and not written, and the next run writes it.
#[test]
fn a_file_that_changes_meanwhile() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    write(&folder, "a.txt", "a");
    write(&folder, "b.txt", "b");
    let changed = folder.clone();
    // The import has read the folder, and has written nothing yet.
    let node = Proxy::acting(
        &town.rpc_url,
        "getMinimumBalanceForRentExemption",
        move || {
            write(&changed, "b.txt", "c");
        },
    );
    let near = clinic.at(&node.url);
    let (is_success, report) = import(&town, &near, &patient, &["documents"]);
    assert!(!is_success);
    assert_eq!(totals(&report), [0, 1, 1], "{report:#}");
    assert_eq!(text(&report, "/failures/0/file"), "b.txt");
    let message = text(&report, "/failures/0/message");
    assert!(
        message.ends_with("b.txt changed since the folder was read"),
        "{message}"
    );
    let (_, again) = import(&town, &clinic, &patient, &["documents"]);
    assert_eq!(totals(&again), [1, 1, 0]);
    assert_eq!(records(&town, &patient), 2);
}

/// The journal does not reveal a document's content, not even to somebody who guesses it.
#[test]
fn a_journal_does_not_confirm_guesses() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    write(&folder, "a.txt", "HIV: positive");
    import(
        &town,
        &clinic,
        &patient,
        &["documents", "--journal", "clinics"],
    );
    let doctor = town.person("doctor");
    import(
        &town,
        &doctor,
        &patient,
        &["documents", "--journal", "doctors"],
    );
    let digest = |journal: &str| {
        let lines = fs::read_to_string(town.folder.join(journal)).unwrap();
        let mut lines = lines.lines().map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line.pointer("/written/content").cloned()
        });
        lines.find_map(|content| content).expect("a digest")
    };
    let (one, other) = (digest("clinics"), digest("doctors"));
    assert_eq!(one.as_str().unwrap().len(), 64);
    assert_ne!(one, other, "it follows from the content alone");
}

/// A signal ends an import that is reading files.
#[test]
fn a_signal_ends_it_while_it_reads() {
    let (town, patient, clinic) = town();
    let folder = town.folder.join("documents");
    fs::create_dir(&folder).unwrap();
    let huge = File::create(folder.join("huge.img")).unwrap();
    huge.set_len(1 << 42).unwrap();
    let owner = patient.address.to_string();
    let words = ["record", "import", "documents", "--owner", &owner];
    let words = [&words[..], &["--store", &town.store_url]].concat();
    let mut run = Running::start(clinic.command(&words), None);
    let open_files = format!("/proc/{}/fd", run.id());
    town.wait_until(
        |_| {
            let files = fs::read_dir(&open_files).into_iter().flatten().flatten();
            let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
            targets
                .into_iter()
                .any(|target| target.ends_with("huge.img"))
        },
        "the file is read",
    );
    run.signal("-TERM");
    assert!(!run.ended().success());
    assert!(town.blobs().is_empty());
}
