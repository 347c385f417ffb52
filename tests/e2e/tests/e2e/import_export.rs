//! `generion record import --patients`: an export of a hospital's system (FHIR Bulk Data) becomes records.

use std::{collections::BTreeMap, fs};

use generion_client::{Filter, accounts::RecordAccount};
use generion_e2e::{Person, Town};
use generion_test_support::export::write_export;

use crate::{facts, fails_in_part, number, text};

fn count(town: &Town, owner: &Person) -> usize {
    let filter = Filter::record_owner(owner.address);
    town.list::<RecordAccount>(&[filter]).len()
}

#[test]
fn an_export_becomes_records_of_the_patients_wallets() {
    let town = Town::found();
    let [one, two, clinic, copies] =
        ["patient", "doctor", "clinic", "buyer"].map(|role| town.person(role));
    for person in [&one, &two, &copies] {
        person.does(&["user", "set-key"]);
    }
    // Three patients, of which the third has no wallet.
    let folder = town.folder.join("export");
    write_export(&folder, 3, 30).unwrap();
    let map = format!(
        "patient,wallet,copies\np-0,{}\np-1,{},{}\n",
        one.address, two.address, copies.address
    );
    town.write("map.csv", map.as_bytes());
    let import = [
        "record",
        "import",
        "export",
        "--patients",
        "map.csv",
        "--store",
        &town.store_url,
    ];
    clinic.does(&[&import[..], &["--dry-run"]].concat());
    let done = clinic.does(&import);
    assert_eq!(number(&done, "/totals/written"), 20);
    assert_eq!((count(&town, &one), count(&town, &two)), (10, 10));
    let unknown = &done["unknown_patients"];
    assert_eq!(text(unknown, "/0/patient"), "p-2");
    assert_eq!(number(unknown, "/0/resources"), 10);

    // The resource as it was exported, and of its patient what facts need.
    let records = done["records"].as_array().unwrap().iter();
    let records: BTreeMap<_, _> = records
        .map(|record| (text(record, "/file"), text(record, "/record")))
        .collect();
    let record = &records["Observation/o-0"];
    one.does(&["record", "open", record, "--to", "opened.json"]);
    let opened = fs::read_to_string(town.folder.join("opened.json")).unwrap();
    let exported = fs::read_to_string(folder.join("Observation.000.ndjson")).unwrap();
    assert!(
        opened.contains(exported.lines().next().unwrap()),
        "{opened}"
    );
    assert!(
        !opened.contains("Main Street") && !opened.contains("MRN"),
        "{opened}"
    );
    let shown = one.does(&["record", "show", "--facts", record]);
    let facts = facts(&shown);
    for fact in [
        "kind=fhir:Observation/4548-4",
        "code=http://loinc.org|4548-4",
        "gender=female",
        "birth-year=1940",
        "country=US",
        "value=40 %",
    ] {
        assert!(
            facts.iter().any(|known| known == fact),
            "{fact} in {facts:?}"
        );
    }

    // Each once: the same export, and the next one in another folder.
    assert_eq!(number(&clinic.does(&import), "/totals/written"), 0);
    let next = town.folder.join("next");
    write_export(&next, 3, 31).unwrap();
    let journal = ["--journal", "export.generion-journal"];
    let import = [&import[..], &journal].concat();
    let mut of_next = import.clone();
    of_next[2] = "next";
    let done = clinic.does(&of_next);
    assert_eq!(number(&done, "/totals/written"), 1);
    assert_eq!(number(&done, "/totals/before"), 20);

    // Copies go where the file says.
    let done = clinic.does(&[&of_next[..], &["--research-copies"]].concat());
    assert_eq!(number(&done, "/totals/written"), 0);
    assert_eq!(number(&done, "/totals/copies"), 21);
    assert_eq!(count(&town, &copies), 10);
    assert_eq!(count(&town, &one), 22);

    // What is wrong is told, and the rest is imported.
    let lines = "\n{\"resourceType\":\"Observation\"\n\
        {\"resourceType\":\"Observation\",\"id\":\"x\",\"subject\":{\"reference\":\"Group/1\"}}\n\
        {\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/p-0\"}}\n\
        {\"resourceType\":\"Observation\",\"id\":\"o-0\",\"subject\":{\"reference\":\"Patient/p-0\"}}\n\
        {\"resourceType\":\"Encounter\",\"id\":\"e\",\"subject\":{\"reference\":\"Patient/p-0\"}}\n\
        {\"resourceType\":\"Procedure\",\"id\":\"new\",\"subject\":{\"reference\":\"https://hospital.example/Patient/p-0/_history/2\"}}\n";
    fs::write(next.join("Wrong.ndjson"), lines).unwrap();
    let before = count(&town, &one);
    let refused = fails_in_part(&clinic, &of_next);
    let failures = refused["failures"].as_array().unwrap();
    for (failure, message) in failures.iter().zip([
        "it is no FHIR resource",
        "the resource is of no patient",
        "the resource has no id",
        "Observation/o-0 is there twice",
    ]) {
        assert_eq!(text(failure, "/file"), "Wrong.ndjson");
        let found = text(failure, "/message");
        assert!(found.ends_with(message), "{found}");
    }
    assert_eq!(failures.len(), 4);
    assert_eq!(count(&town, &one), before + 1);

    // Before anything is read.
    for (text, message) in [("p-0,nobody\np-1\n", "line 2"), ("a,b\np-0,x\n", "line 2")] {
        town.write("wrong.csv", text.as_bytes());
        let mut wrong = import.clone();
        wrong[4] = "wrong.csv";
        let refused = clinic.fails(&wrong);
        assert!(refused.message.contains(message), "{}", refused.message);
    }
}
