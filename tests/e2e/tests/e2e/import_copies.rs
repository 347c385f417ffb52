//! `generion record import --research-copies`: each document and its research copy become records, each once.

use std::{collections::BTreeMap, fs, path::Path};

use generion_client::{Filter, accounts::RecordAccount, state::User};
use generion_e2e::{Person, Running, Town};
use serde_json::Value;

use crate::{facts, fails_in_part, number, text};

/// A result of a patient, and a document that denies what it says.
const DENIED: &str = r#"{"resourceType":"Observation","status":"final","modifierExtension":[{"url":"https://clinic.example/not"}]}"#;

fn result(number: usize) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"MRN-{number}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}],"text":"of Mara Quill"}},"subject":{{"reference":"Patient/482913"}},"effectiveDateTime":"2026-03-31T10:20:30Z","valueQuantity":{{"value":{number},"system":"http://unitsofmeasure.org","code":"/min"}}}}"#
    )
}

fn folder(town: &Town, name: &str, count: usize) -> String {
    let folder = town.folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        fs::write(
            folder.join(format!("{number:02}.json")),
            result(60 + number),
        )
        .unwrap();
    }
    folder.to_string_lossy().into_owned()
}

fn words<'a>(town: &'a Town, folder: &'a str, owner: &'a str) -> Vec<&'a str> {
    let at = ["--store", &town.store_url, "--research-copies"];
    [&["record", "import", folder, "--owner", owner][..], &at].concat()
}

/// The records of a list in a report, by file.
fn by_file(done: &Value, list: &str) -> BTreeMap<String, String> {
    let records = done.pointer(list).and_then(Value::as_array).unwrap();
    let of = |record: &Value| (text(record, "/file"), text(record, "/record"));
    records.iter().map(of).collect()
}

fn count(town: &Town, owner: &Person) -> usize {
    let filter = Filter::record_owner(owner.address);
    town.list::<RecordAccount>(&[filter]).len()
}

/// As if the time had passed: copies in the journal are due.
fn make_due(journal: &Path) {
    let text = fs::read_to_string(journal).unwrap();
    let mut changed = 0;
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(copy) = line.get_mut("copy") {
            copy["due"] = 0.into();
            changed += 1;
        }
        format!("{line}\n")
    });
    let lines: String = lines.collect();
    assert!(changed > 0, "{text}");
    fs::write(journal, lines).unwrap();
}

#[test]
fn documents_and_their_copies() {
    let town = Town::found();
    let [patient, second, clinic] = ["patient", "buyer", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    second.does(&["user", "set-key"]);
    let owner = patient.address.to_string();
    at_once(&town, &clinic, &patient, &owner);
    held_back(&town, &clinic, &patient, &owner);
    in_another_wallet(&town, &clinic, [&patient, &second], &owner);
}

fn at_once(town: &Town, clinic: &Person, patient: &Person, owner: &str) {
    let folder = folder(town, "results", 3);
    town.write("results/letter.txt", b"Dear Mara");
    town.write("results/denied.json", DENIED.as_bytes());
    let import = words(town, &folder, owner);
    clinic.does(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(count(town, patient), 0);

    let done = clinic.does(&import);
    assert_eq!(number(&done, "/totals/written"), 5);
    assert_eq!(number(&done, "/totals/copies"), 3);
    assert_eq!(count(town, patient), 8);
    assert_eq!(
        text(&done, "/research_copies/without/0/file"),
        "denied.json"
    );
    let changes = done["research_copies"]["changes"].as_array().unwrap();
    let of_text = |change: &&Value| change["element"] == "Observation.code.text";
    let dropped = changes.iter().find(of_text).unwrap();
    assert_eq!(number(dropped, "/count"), 3);
    let (originals, copies) = (
        by_file(&done, "/records"),
        by_file(&done, "/research_copies/records"),
    );
    for (file, copy) in &copies {
        let compared = patient.does(&["record", "compare", &originals[file], copy]);
        assert_eq!(compared["is_named"], true, "{file}");
    }
    // The creator attests that the copy is one.
    let shown = patient.does(&["record", "show", "--facts", &copies["00.json"]]);
    let facts = facts(&shown);
    let has = |fact: &str| facts.iter().any(|known| known == fact);
    assert!(has("deidentified=safe-harbor-document/1"), "{shown}");
    assert!(has("year=2026") && !has("month=2026-03"), "{shown}");

    let again = clinic.does(&import);
    assert_eq!(number(&again, "/totals/written"), 0);
    assert_eq!(number(&again, "/totals/copies"), 0);
    assert_eq!(count(town, patient), 8);
}

fn held_back(town: &Town, clinic: &Person, patient: &Person, owner: &str) {
    let before = count(town, patient);
    let folder = folder(town, "held", 2);
    let import = words(town, &folder, owner);
    let held = [&import[..], &["--hold-back", "1d..7d"]].concat();
    let done = clinic.does(&held);
    assert_eq!(number(&done, "/totals/written"), 2);
    assert_eq!(number(&done, "/totals/copies"), 0);
    assert_eq!(number(&done, "/research_copies/held"), 2);
    let wait = number(&done, "/research_copies/next_due") - u64::try_from(now()).unwrap();
    assert!((86_000..=7 * 86_400).contains(&wait), "{wait}");
    let originals = by_file(&done, "/records");

    // Not due yet, whatever is asked for now.
    for words in [&held, &import] {
        let again = clinic.does(words);
        assert_eq!(number(&again, "/totals/copies"), 0);
        assert_eq!(number(&again, "/research_copies/held"), 2);
    }
    assert_eq!(count(town, patient), before + 2);

    // Due: they are the ones that the originals name, also when the files are not there any more.
    make_due(&town.folder.join("held.generion-journal"));
    fs::remove_file(town.folder.join("held/01.json")).unwrap();
    let done = clinic.does(&held);
    assert_eq!(number(&done, "/totals/copies"), 2);
    assert_eq!(number(&done, "/research_copies/held"), 0);
    let copies = by_file(&done, "/research_copies/records");
    for (file, original) in &originals {
        let compared = patient.does(&["record", "compare", original, &copies[file]]);
        assert_eq!(compared["is_named"], true, "{file}");
    }
    let again = clinic.does(&held);
    assert_eq!(number(&again, "/totals/copies"), 0);
    assert_eq!(count(town, patient), before + 4);

    // A copy that was made for an earlier key of its owner is made anew.
    fs::write(town.folder.join("held/02.json"), result(90)).unwrap();
    clinic.does(&held);
    patient.does(&["key", "rotate"]);
    make_due(&town.folder.join("held.generion-journal"));
    let refused = fails_in_part(clinic, &import);
    assert_eq!(text(&refused, "/failures/0/file"), "02.json");
    let done = clinic.does(&import);
    assert_eq!(number(&done, "/totals/copies"), 1);
    assert_eq!(count(town, patient), before + 6);
}

fn in_another_wallet(town: &Town, clinic: &Person, [patient, second]: [&Person; 2], owner: &str) {
    let folder = folder(town, "apart", 1);
    let import = words(town, &folder, owner);
    let wallet = second.address.to_string();
    let before = count(town, patient);
    let done = clinic.does(&[&import[..], &["--copy-owner", &wallet]].concat());
    assert_eq!(number(&done, "/totals/copies"), 1);
    assert_eq!((count(town, patient), count(town, second)), (before + 1, 1));
    let copy = &by_file(&done, "/research_copies/records")["00.json"];
    let original = &by_file(&done, "/records")["00.json"];
    second.does(&["record", "verify", copy]);
    // A copy in the same wallet beside it: the original names none of them, and the pseudonyms differ.
    let own = clinic.does(&import);
    let own = &by_file(&own, "/research_copies/records")["00.json"];
    let compared = patient.does(&["record", "compare", original, own]);
    assert_eq!(compared["is_named"], Value::Null);
    let subject = |person: &Person, record: &str, file: &str| {
        person.does(&["record", "open", record, "--to", file]);
        let document = fs::read_to_string(town.folder.join(file)).unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        text(&document, "/subject/reference")
    };
    assert_ne!(
        subject(second, copy, "second-copy.json"),
        subject(patient, own, "own-copy.json")
    );
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_secs()).unwrap()
}

/// An import that is killed again and again writes each document and each copy once.
#[test]
fn a_batch_with_copies_that_is_killed_goes_on_without_a_duplicate() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = folder(&town, "results", 20);
    let owner = patient.address.to_string();
    let import = words(&town, &folder, &owner);
    for at in [2, 13, 24] {
        let mut run = Running::start(clinic.command(&import), None);
        let user = town.addresses().user(&patient.address);
        town.wait_until(
            |town| town.read::<User>(&user).record_count >= at,
            "some records are written",
        );
        run.kill();
    }
    clinic.does(&import);
    assert_eq!(count(&town, &patient), 40);
    let again = clinic.does(&import);
    assert_eq!(number(&again, "/totals/written"), 0);
    assert_eq!(number(&again, "/totals/copies"), 0);
    let mut documents = BTreeMap::new();
    for record in town.list::<RecordAccount>(&[Filter::record_owner(patient.address)]) {
        let address = record.address.to_string();
        patient.does(&["record", "open", &address, "--to", "opened", "--force"]);
        let document = fs::read_to_string(town.folder.join("opened")).unwrap();
        documents.insert(document, address);
    }
    assert_eq!(documents.len(), 40, "a document is there twice");
    // Whenever it was killed, originals name their copies.
    let value = |document: &str| {
        let document: Value = serde_json::from_str(document).unwrap();
        document["valueQuantity"]["value"].as_u64().unwrap()
    };
    let (originals, copies): (Vec<_>, Vec<_>) = documents
        .iter()
        .partition(|(document, _)| document.contains("MRN"));
    for (document, original) in originals {
        let of = |(copy, _): &&(&String, &String)| value(copy) == value(document);
        let (_, copy) = copies.iter().find(of).unwrap();
        let compared = patient.does(&["record", "compare", original, copy]);
        assert_eq!(compared["is_named"], true);
    }
}
