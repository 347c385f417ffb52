//! Documents that are damaged or erased.

use generion_client::accounts::RecordAccount;
use generion_e2e::Town;

use crate::{CONDITION, OBSERVATION, create_record, verified_record, write_record};

/// If a store returns changed bytes, the client signs nothing and writes nothing.
#[test]
fn a_corrupted_document_is_not_verified() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let blobs = town.blobs();
    let [blob] = &blobs[..] else {
        panic!("one document is stored in {blobs:?}")
    };
    let whole = std::fs::read(blob).unwrap();

    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [
        &flipped[..],
        &whole[..whole.len() - 1],
        b"",
        b"something else",
    ] {
        std::fs::write(blob, damaged).unwrap();
        let failed = patient.fails(&["record", "verify", &record, "--to", "plain.json"]);
        assert!(failed.message.contains(&record), "{failed:?}");
        assert!(!town.folder.join("plain.json").exists());
    }
    assert!(
        !town
            .read::<RecordAccount>(&record.parse().unwrap())
            .state
            .is_verified()
    );

    std::fs::write(blob, &whole).unwrap();
    patient.does(&["record", "verify", &record, "--to", "plain.json"]);
    assert_eq!(
        std::fs::read(town.folder.join("plain.json")).unwrap(),
        OBSERVATION
    );
}

/// After its owner erased a document, opening it fails and says so.
#[test]
fn an_erased_document_is_gone() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, CONDITION);
    let opened = patient.does(&["record", "open", &record, "--to", "before.json"]);
    let url = crate::text(&opened, "/document/urls/0");

    let failed = clinic.fails(&["store", "erase", &url]);
    assert!(failed.message.contains("erase"), "{failed:?}");
    patient.does(&["store", "erase", &url]);
    let failed = patient.fails(&["record", "open", &record, "--to", "after.json"]);
    assert!(failed.message.contains("erased"), "{failed:?}");
    assert!(!town.folder.join("after.json").exists());
    assert!(
        town.blobs().is_empty(),
        "the bytes are still on the store's disk"
    );
}

/// The owner erases a record's document from all its stores; nobody else can.
#[test]
fn a_record_is_erased_from_its_stores() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = crate::verified_record(&town, &clinic, &patient, OBSERVATION);
    clinic.fails(&["record", "erase", &record]);
    assert_eq!(town.blobs().len(), 1);
    let told = patient.does(&["record", "erase", &record, "--dry-run"]);
    assert_eq!(crate::number(&told, "/dry_run/cost_lamports"), 0);
    assert_eq!(town.blobs().len(), 1);

    let erased = patient.does(&["record", "erase", &record]);
    assert_eq!(erased["stores"].as_array().map(Vec::len), Some(1));
    assert_eq!(erased["stores"][0]["erased"], true);
    assert!(town.blobs().is_empty());
    let failed = patient.fails(&["record", "open", &record, "--to", "after.json"]);
    assert!(failed.message.contains("erased"), "{failed:?}");
}

/// A record whose creator kept the right to erase is not verified without the owner's consent.
#[test]
fn a_foreign_erase_authority_is_noticed() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let file = town.write("document.json", OBSERVATION);
    let (file, owner) = (file.to_string_lossy(), patient.address.to_string());
    let create = create_record(&file, &owner, &town.store_url);
    let authority = clinic.address.to_string();
    let done = clinic.does(&[&create[..], &["--erase-authority", &authority]].concat());
    let record = crate::text(&done, "/record/address");
    let failed = patient.fails(&["record", "verify", &record]);
    assert!(
        failed.message.contains(&clinic.address.to_string()),
        "{failed:?}"
    );
    assert!(
        !town
            .read::<RecordAccount>(&record.parse().unwrap())
            .state
            .is_verified()
    );
}
