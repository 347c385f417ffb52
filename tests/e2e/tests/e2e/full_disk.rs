//! A full disk. The shell's `ulimit` limits the size of a file: unlike a small file system, this needs no special
//! rights, and the program meets the same failure, a write that fails in the middle.

use std::{fs, process::Command};

use generion_client::accounts::{PurchaseAccount, RecordAccount};
use generion_e2e::{Market, Running, Town};
use solana_signer::Signer;

use crate::{create_record, number, write_record};

/// The same command with a limit on the size of each file, in KiB.
pub fn limited(command: &Command, kib: u32) -> Command {
    let mut limited = Command::new("bash");
    limited
        // With the signal ignored, a write over the limit fails like a write on a full disk.
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\""),
            "bash",
        ])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// If the receipt does not fit on the disk, nothing is paid.
#[test]
fn a_receipt_that_does_not_fit() {
    let market = Market::open();
    let order = market.order(&market.records(20), 10_000_000);
    let buyer = market.buyers(1).remove(0);
    let before = market.lamports(&buyer.pubkey());
    let mut buy = market.command(&[
        "purchase",
        "buy",
        &order.to_string(),
        "--accept-self-issued",
    ]);
    buy.args(["--receipts", "bought", "--keypair"])
        .arg(market.keypair_file("buyer", &buyer));

    let failed = limited(&buy, 4).output().unwrap();
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success(), "{said}");
    let folder = market.folder.join("bought");
    let reason = format!(
        "can't write in the folder {}: File too large",
        folder.display()
    );
    assert!(
        said.contains(&reason) && said.contains("Nothing was paid"),
        "{said}"
    );
    assert_eq!(
        market.lamports(&buyer.pubkey()),
        before,
        "something was paid"
    );
    let folder = market.folder.join("bought");
    assert!(
        names(&folder).is_empty(),
        "a part of a receipt is left: {:?}",
        names(&folder)
    );

    let mut bought = Running::start(buy, None);
    assert!(bought.ended().success(), "{:#?}", bought.printed);
    let purchase = market
        .ledger()
        .addresses()
        .purchase(&order, &buyer.pubkey());
    market
        .wait(market.ledger().get::<PurchaseAccount>(&purchase))
        .unwrap();
    assert_eq!(names(&folder), [format!("{purchase}.json")]);
}

/// A download that does not fit leaves no file, and the next one is complete.
#[test]
fn a_download_that_does_not_fit() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let document = vec![b'x'; 300_000];
    let record = write_record(&town, &clinic, &patient, &document);
    fs::create_dir(town.folder.join("to")).unwrap();
    let words = ["record", "open", &record, "--to", "to/plain"];
    let output = limited(&patient.command(&words), 64).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(said.contains("File too large"), "{said}");
    assert!(
        said.contains("to: ") || said.contains("folder to"),
        "{said}"
    );
    assert!(
        names(&town.folder.join("to")).is_empty(),
        "something is left"
    );

    patient.does(&words);
    assert_eq!(fs::read(town.folder.join("to/plain")).unwrap(), document);
}

/// If the folder for temporary files is full, the error names that folder, not the document.
#[test]
fn an_encryption_that_does_not_fit() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let file = town.write("document", &vec![b'x'; 300_000]);
    let temporary = town.folder.join("temporary");
    fs::create_dir(&temporary).unwrap();
    let owner = patient.address.to_string();
    let file = file.to_string_lossy();
    let words = create_record(&file, &owner, &town.store_url);
    let mut command = clinic.command(&words);
    command.env("TMPDIR", &temporary);
    let output = limited(&command, 64).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    let expected = format!(
        "can't write in the folder {}: File too large",
        temporary.display()
    );
    assert!(said.contains(&expected), "{said}");
    assert!(names(&temporary).is_empty(), "something is left");
    assert_eq!(town.list::<RecordAccount>(&[]), []);
}

/// If the journal does not fit, the import sends nothing more; the next run finds the written records and writes the
/// rest.
#[test]
fn a_journal_that_does_not_fit() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = town.folder.join("documents");
    fs::create_dir(&folder).unwrap();
    for index in 0..24 {
        fs::write(
            folder.join(format!("{index}.txt")),
            format!("document {index}"),
        )
        .unwrap();
    }
    let (owner, folder) = (
        patient.address.to_string(),
        folder.to_string_lossy().into_owned(),
    );
    let words = [
        "record",
        "import",
        &folder,
        "--owner",
        &owner,
        "--store",
        &town.store_url,
    ];
    let output = limited(&clinic.command(&words), 4).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(
        said.contains("journal") && said.contains("File too large"),
        "{said}"
    );
    let there = town.list::<RecordAccount>(&[]).len();
    assert!((1..24).contains(&there), "{there} records");

    let done = clinic.does(&words);
    assert_eq!(number(&done, "/totals/before"), there as u64);
    let records = town.list::<RecordAccount>(&[]);
    let mut keys: Vec<_> = records
        .iter()
        .map(|record| record.account.state.data_public_key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((records.len(), keys.len()), (24, 24));
}
