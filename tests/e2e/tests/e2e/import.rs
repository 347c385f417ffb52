//! `generion record import`: folders of documents become records, each exactly once.

use std::{
    collections::BTreeSet,
    fs,
    process::Command,
    time::{Duration, Instant},
};

use generion_client::{Filter, accounts::RecordAccount, state::User};
use generion_e2e::{Person, Proxy, Running, Town, program};
use serde_json::Value;
use solana_address::Address;

use crate::{OBSERVATION, number, write_record};

/// A folder with a number of different documents.
fn folder(town: &Town, name: &str, count: usize) -> String {
    let folder = town.folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    for index in 0..count {
        let document = format!(r#"{{"resourceType":"Observation","id":"{index}"}}"#);
        fs::write(folder.join(format!("{index:04}.json")), document).unwrap();
    }
    folder.to_string_lossy().into_owned()
}

fn words<'a>(town: &'a Town, folder: &'a str, owner: &'a str) -> Vec<&'a str> {
    vec![
        "record",
        "import",
        folder,
        "--owner",
        owner,
        "--store",
        &town.store_url,
    ]
}

fn import(town: &Town, clinic: &Person, folder: &str, owner: &Address) -> Command {
    clinic.command(&words(town, folder, &owner.to_string()))
}

/// The number of an owner's records. Their documents must differ.
fn records(town: &Town, owner: &Address) -> usize {
    let records = town.list::<RecordAccount>(&[Filter::record_owner(*owner)]);
    let keys: BTreeSet<_> = records
        .iter()
        .map(|record| record.account.state.data_public_key)
        .collect();
    assert_eq!(keys.len(), records.len(), "a record was written twice");
    records.len()
}

/// Opens every record and returns the documents.
fn documents(town: &Town, owner: &Person) -> BTreeSet<Vec<u8>> {
    let records = town.list::<RecordAccount>(&[Filter::record_owner(owner.address)]);
    let mut documents = BTreeSet::new();
    for record in records {
        let address = record.address.to_string();
        owner.does(&["record", "open", &address, "--to", "opened", "--force"]);
        documents.insert(fs::read(town.folder.join("opened")).unwrap());
    }
    documents
}

fn result(mut command: Running) -> Value {
    let status = command.ended();
    let said = command.printed.join("\n");
    assert!(status.success(), "{said}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// An import that is killed again and again still writes each document once.
#[test]
fn a_batch_that_is_killed_goes_on_without_a_duplicate() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = folder(&town, "documents", 40);
    for at in [3, 11, 20] {
        let mut run = Running::start(import(&town, &clinic, &folder, &patient.address), None);
        let user = town.addresses().user(&patient.address);
        town.wait_until(
            |town| town.read::<User>(&user).record_count >= at,
            "some records are written",
        );
        run.kill();
    }
    let before = town.lamports(&clinic.address);
    let there = records(&town, &patient.address);
    let done = result(Running::start(
        import(&town, &clinic, &folder, &patient.address),
        None,
    ));
    assert_eq!(records(&town, &patient.address), 40);
    assert_eq!(number(&done, "/totals/failed"), 0);
    // Transactions that were sent before the kill may have landed after the count.
    assert!(number(&done, "/totals/written") <= 40 - there as u64);
    assert_eq!(
        number(&done, "/totals/written") + number(&done, "/totals/before"),
        40
    );
    assert_eq!(
        documents(&town, &patient).len(),
        40,
        "a document is missing"
    );

    let again = result(Running::start(
        import(&town, &clinic, &folder, &patient.address),
        None,
    ));
    assert_eq!(number(&again, "/totals/written"), 0);
    assert_eq!(number(&again, "/totals/before"), 40);
    assert!(town.lamports(&clinic.address) < before);
}

/// Two clinics can import records for one patient at the same time.
#[test]
fn two_batches_at_the_same_patient() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let (first, second) = (folder(&town, "clinic", 12), folder(&town, "doctor", 12));
    let runs = [(&clinic, &first), (&doctor, &second)].map(|(person, folder)| {
        Running::start(import(&town, person, folder, &patient.address), None)
    });
    for run in runs {
        assert_eq!(number(&result(run), "/totals/written"), 12);
    }
    assert_eq!(records(&town, &patient.address), 24);
}

/// A local ledger that is kept is the same one after its node was killed; one that was reset is another, without the
/// records.
#[test]
fn a_batch_on_a_local_ledger_that_is_kept() {
    let mut town = Town::found_to_stay();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = folder(&town, "documents", 40);
    let mut run = Running::start(import(&town, &clinic, &folder, &patient.address), None);
    let user = town.addresses().user(&patient.address);
    town.wait_until(
        |town| town.read::<User>(&user).record_count >= 5,
        "some records are written",
    );
    run.kill();
    let (validator, store) = (town.rpc_url.clone(), town.store_url.clone());
    town.kill_localnet();
    town.wait_until(
        |town| !town.answers(&validator) && !town.answers(&store),
        "what localnet started has ended",
    );

    town.start_again(&[]);
    let clinic = clinic.at(&town.rpc_url);
    let there = records(&town, &patient.address);
    assert!(there >= 5, "{there} records");
    let done = result(Running::start(
        import(&town, &clinic, &folder, &patient.address),
        None,
    ));
    assert_eq!(number(&done, "/totals/before"), there as u64);
    assert_eq!(records(&town, &patient.address), 40);

    town.kill_localnet();
    let (validator, store) = (town.rpc_url.clone(), town.store_url.clone());
    town.wait_until(
        |town| !town.answers(&validator) && !town.answers(&store),
        "what localnet started has ended",
    );
    town.start_again(&["--reset"]);
    let (patient, clinic) = (patient.at(&town.rpc_url), clinic.at(&town.rpc_url));
    patient.does(&["user", "set-key"]);
    let owner = patient.address.to_string();
    let refused = clinic.fails(&words(&town, &folder, &owner));
    assert!(
        refused.message.contains("another local ledger") && refused.advice.contains("--journal"),
        "{refused:?}"
    );
    let again = [&words(&town, &folder, &owner)[..], &["--journal", "new"]].concat();
    let done = clinic.does(&again);
    assert_eq!(number(&done, "/totals/written"), 40);
    assert_eq!(records(&town, &patient.address), 40);
}

/// A document that fails does not stop the others, and the next run retries it.
#[test]
fn one_that_fails_is_named_and_taken_up_later() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let stranger = town.newcomer("stranger", 1_000_000_000);
    let root = town.folder.join("patients");
    for owner in [&patient, &stranger] {
        folder(&town, &format!("patients/{}", owner.address), 3);
    }
    let root = root.to_string_lossy().into_owned();
    let words = ["record", "import", &root, "--store", &town.store_url];
    let mut run = Running::start(clinic.command(&words), None);
    assert!(
        !run.ended().success(),
        "a document without an owner's key was not reported"
    );
    let said: Value = serde_json::from_str(&run.printed.join("\n")).unwrap();
    assert_eq!(
        (
            number(&said, "/totals/written"),
            number(&said, "/totals/failed")
        ),
        (3, 3)
    );

    stranger.does(&["user", "set-key"]);
    let done = clinic.does(&words);
    assert_eq!(
        (
            number(&done, "/totals/before"),
            number(&done, "/totals/written")
        ),
        (3, 3)
    );
    assert_eq!(records(&town, &stranger.address), 3);
}

/// An import that the wallet can't pay stops before it stores or sends anything.
#[test]
fn the_cost_is_known_beforehand() {
    let town = Town::found();
    let patient = town.person("patient");
    patient.does(&["user", "set-key"]);
    let poor = town.newcomer("poor", 10_000_000);
    let folder = folder(&town, "documents", 10);
    let failed = poor.fails(&words(&town, &folder, &patient.address.to_string()));
    assert!(failed.message.contains("but this takes"), "{failed:?}");
    assert!(town.blobs().is_empty(), "something was stored");
    // A record of another creator does not block a later import.
    write_record(&town, &town.person("clinic"), &patient, OBSERVATION);
    assert_eq!(records(&town, &patient.address), 1);
}

/// The import sends several transactions at once, because no record waits for another.
#[test]
fn several_transactions_are_on_their_way_at_once() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = folder(&town, "documents", 24);
    let node = Proxy::gathering(&town.rpc_url, "sendTransaction", 0, 16);
    let clinic = clinic.at(&node.url);
    let done = clinic.does(&words(&town, &folder, &patient.address.to_string()));
    assert_eq!(number(&done, "/totals/written"), 24);
    assert_eq!(records(&town, &patient.address), 24);
}

/// If a store is busy and says when to retry, the import waits.
#[test]
fn a_busy_store_is_waited_for() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    let config = town.write("store.toml", b"[uploads]\nmax_running_per_uploader = 1\n");
    let mut command = Command::new(program("generion-store"));
    command
        .args(["--exit-with-stdin", "--listen", "127.0.0.1:0"])
        .arg("--config")
        .arg(config)
        .arg("--dir")
        .arg(town.folder.join("busy"));
    let mut store = Running::start(command, None);
    let url = store.line();
    let url = url.strip_prefix("listening on ").unwrap();
    patient.does(&["user", "set-key"]);
    let folder = town.folder.join("documents");
    fs::create_dir(&folder).unwrap();
    // Large enough that several uploads overlap.
    for index in 0..12_u8 {
        fs::write(folder.join(format!("{index}.bin")), vec![index; 2 << 20]).unwrap();
    }
    let (folder, owner) = (folder.to_string_lossy(), patient.address.to_string());
    let words = [
        "record", "import", &folder, "--owner", &owner, "--store", url,
    ];
    let done = clinic.does(&words);
    assert_eq!(number(&done, "/totals/written"), 12);
    assert_eq!(records(&town, &patient.address), 12);
}

/// An import for many patients works with the default settings of node, store and command.
#[test]
fn many_patients_at_once() {
    let town = Town::found();
    let clinic = town.person("clinic");
    for number in 0..20 {
        let patient = town.newcomer(&format!("patient-{number}"), 1_000_000_000);
        patient.does(&["user", "set-key"]);
        folder(&town, &format!("patients/{}", patient.address), 10);
    }
    let words = ["record", "import", "patients", "--store", &town.store_url];
    let done = clinic.does(&words);
    assert_eq!(number(&done, "/totals/written"), 200);
    assert_eq!(town.list::<RecordAccount>(&[]).len(), 200);
}

/// Measurement: prints the time and the requests of an import with a distant node.
#[test]
#[ignore = "measures: cargo test --test e2e -- --ignored --nocapture far_away"]
fn a_node_that_is_far_away() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    for (count, latency) in [(10, 0), (10, 150), (200, 0), (200, 150)] {
        let node = Proxy::before(&town.rpc_url, Duration::from_millis(latency));
        let folder = folder(&town, &format!("{count}-{latency}"), count);
        let clinic = clinic.at(&node.url);
        let run = || {
            let command = import(&town, &clinic, &folder, &patient.address);
            result(Running::start(command, None))
        };
        let (_, calls, took) = node.measure(run);
        println!(
            "{count} documents at {latency} ms: {} calls, {:.1} s: {calls:?}",
            calls.values().sum::<usize>(),
            took.as_secs_f64()
        );
    }
}

/// Measurement: prints the time of an import of 1,000 documents. It takes minutes, so it runs only on request.
#[test]
#[ignore = "takes minutes: cargo nextest run -p generion-e2e --run-ignored only a_thousand"]
fn a_thousand_documents() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let folder = folder(&town, "documents", 1_000);
    let started = Instant::now();
    let done = clinic.does(&words(&town, &folder, &patient.address.to_string()));
    assert_eq!(number(&done, "/totals/written"), 1_000);
    assert_eq!(records(&town, &patient.address), 1_000);
    println!(
        "1000 documents: {} transactions, {:.0} s",
        number(&done, "/totals/transactions"),
        started.elapsed().as_secs_f64()
    );
}
