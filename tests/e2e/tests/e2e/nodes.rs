//! Nodes: their cluster, the trust in them, and the secrets in their addresses.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use generion_client::accounts::RecordAccount;
use generion_e2e::{
    Person, Town,
    http::{Server, answer, forward, json as respond},
};
use serde_json::{Value, json};

use crate::{OBSERVATION, create_record, text};

/// A secret as providers put it into a node's address.
const KEY: &str = "c0ffee-provider-key-c0ffee";
/// Devnet's genesis hash.
const DEVNET: &str = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";

/// A proxy of a town's node with changed answers.
fn altered(town: &Town, alter: impl Fn(&Value, &mut Value) + Send + Sync + 'static) -> Server {
    let node = town.rpc_url.clone();
    Server::start(move |request| {
        let question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
        let mut answer = forward(&node, &request.body);
        alter(&question, &mut answer);
        respond(&answer)
    })
}

/// A proxy of a node that hides the account at an address.
fn hiding(town: &Town, address: String) -> Server {
    altered(town, move |question, answer| match &question["params"][0] {
        Value::String(asked) if *asked == address && question["method"] == "getAccountInfo" => {
            answer["result"]["value"] = Value::Null;
        }
        Value::Array(asked) if question["method"] == "getMultipleAccounts" => {
            for (index, _) in asked
                .iter()
                .enumerate()
                .filter(|(_, asked)| **asked == *address)
            {
                answer["result"]["value"][index] = Value::Null;
            }
        }
        _ => {}
    })
}

/// With a card, a clinic encrypts to the patient's key, whatever a node says or hides.
#[test]
fn a_card_takes_no_nodes_word() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let carded = patient.does(&["user", "card"]);
    let card = text(&carded, "/card");
    assert!(!card.contains(char::is_whitespace), "{card}");
    let shown = patient.does(&["user", "show"]);
    assert_eq!(carded["encryption_key"], shown["encryption_key"]);

    let user = text(&shown, "/account");
    let node = hiding(&town, user);
    let clinic = clinic.at(&node.url);
    let file = town.write("document.json", OBSERVATION);
    let file = file.to_string_lossy().into_owned();
    let create = |owner: &str| -> Vec<String> {
        create_record(&file, owner, &town.store_url)
            .map(str::to_owned)
            .to_vec()
    };
    let run = |words: &[String]| clinic.does(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let by_wallet = create(&patient.address.to_string());
    let by_wallet: Vec<_> = by_wallet.iter().map(String::as_str).collect();
    let failed = clinic.fails(&by_wallet);
    assert!(failed.message.contains("has not published"), "{failed:?}");
    let record = text(&run(&create(&card)), "/record/address");
    let state = town.read::<RecordAccount>(&record.parse().unwrap()).state;
    assert_eq!(
        hex(&state.owner_key),
        carded["encryption_key"].as_str().unwrap()
    );
    patient.does(&["record", "open", &record, "--to", "opened.json"]);
    assert_eq!(
        fs::read(town.folder.join("opened.json")).unwrap(),
        OBSERVATION
    );

    // A card with a letter more or less is invalid.
    let (start, end) = card.split_at(card.len() - 1);
    let other = if end == "2" { "3" } else { "2" };
    let forged = create(&format!("{start}{other}"));
    let forged: Vec<_> = forged.iter().map(String::as_str).collect();
    let mut command = clinic.command(&forged);
    let output = command.output().expect("the program starts");
    assert!(!output.status.success());
    // A card with an older key than the client has seen is refused.
    patient.does(&["key", "rotate"]);
    run(&create(&text(&patient.does(&["user", "card"]), "/card")));
    let old = create(&card);
    let old: Vec<_> = old.iter().map(String::as_str).collect();
    let failed = clinic.fails(&old);
    assert!(failed.advice.contains("card"), "{failed:?}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A command's whole output, and whether it succeeded.
fn all(person: &Person, words: &[&str]) -> (bool, String) {
    let output = person.command(words).output().expect("the program starts");
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    (output.status.success(), format!("{out}{err}"))
}

/// `node check`, `node trust` and `node distrust` work.
#[test]
fn nodes_are_checked_trusted_and_distrusted() {
    let town = Town::found();
    let patient = town.person("patient");
    let checked = patient.does(&["node", "check"]);
    assert_eq!(text(&checked, "/cluster"), "localnet");
    assert_eq!(
        (&checked["enough"], &checked["trust_single"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(checked["nodes"][0]["is_of_cluster"], true);

    // An unreachable node is not enough, and the exit code says so.
    let gone = patient.at("http://127.0.0.1:1");
    let (success, printed) = all(&gone, &["node", "check"]);
    assert!(!success, "{printed}");
    assert!(printed.contains("\"enough\": false"), "{printed}");
    // Neither is a second node of another cluster.
    let other = altered(&town, |question, answer| {
        if question["method"] == "getGenesisHash" {
            answer["result"] = DEVNET.into();
        }
    });
    let (success, printed) = all(&patient, &["node", "check", "--witness", &other.url]);
    assert!(!success, "{printed}");
    assert!(
        printed.contains(DEVNET) && printed.contains("--cluster devnet"),
        "{printed}"
    );

    // Trust is for one node's address on one cluster, and sends no request.
    let provider = patient.at(&format!("https://node.example/v1/{KEY}"));
    let cluster = ["--cluster", "localnet"];
    let does = |words: &[&str]| provider.does(&[words, &cluster].concat());
    for (words, trusted, changed) in [
        (["node", "trust"], true, true),
        (["node", "trust"], true, false),
        (["node", "distrust"], false, true),
        (["node", "distrust"], false, false),
    ] {
        let done = does(&words);
        assert_eq!(
            (&done["trusted"], &done["changed"]),
            (&json!(trusted), &json!(changed)),
            "{done}"
        );
        assert!(!done.to_string().contains(KEY), "{done}");
        assert_eq!(text(&done, "/node"), "https://node.example");
    }
    does(&["node", "trust"]);
    let file = fs::read_to_string(town.folder.join(".local/share/generion/trusted-nodes.json"));
    let file = file.expect("it was written down");
    assert!(
        file.contains("https://node.example") && !file.contains(KEY),
        "{file}"
    );
    // Without consent, the command does nothing.
    let command = patient.command(&["node", "trust"]);
    let mut unasked = Command::new(command.get_program());
    unasked
        .args(command.get_args().filter(|word| *word != "--yes"))
        .env("HOME", &town.folder)
        .stdin(Stdio::null());
    let output = unasked.output().expect("the program starts");
    assert!(!output.status.success(), "it was trusted unasked");
}

/// A node of another cluster is refused.
#[test]
fn a_node_of_another_cluster_is_refused() {
    let town = Town::found();
    let patient = town.person("patient");
    let other = altered(&town, |question, answer| {
        if question["method"] == "getGenesisHash" {
            answer["result"] = DEVNET.into();
        }
    });
    let before = town.lamports(&patient.address);
    for words in [
        &["user", "show"][..],
        &["user", "set-key"],
        &["record", "list"],
    ] {
        let failed = patient.at(&other.url).fails(words);
        assert!(
            failed
                .message
                .contains("belongs to devnet, not to localnet"),
            "{failed:?}"
        );
        assert!(failed.advice.contains("--cluster devnet"), "{failed:?}");
    }
    // The user names the cluster, and an honest node of another cluster is refused.
    let failed = patient.fails(&["user", "set-key", "--cluster", "devnet"]);
    assert!(
        failed
            .message
            .contains("belongs to localnet, not to devnet"),
        "{failed:?}"
    );
    assert_eq!(town.lamports(&patient.address), before);
}

/// Plain HTTP to another machine is refused.
#[test]
fn plain_http_to_another_machine_is_refused() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    let failed = patient
        .at(&format!("http://node.example/{KEY}"))
        .fails(&["user", "show"]);
    assert!(
        failed.message.contains("http://node.example is plain HTTP"),
        "{failed:?}"
    );
    assert!(failed.advice.contains("--allow-plain-http"), "{failed:?}");
    assert!(!format!("{failed:?}").contains(KEY), "{failed:?}");
    let failed = patient.fails(&["user", "show", "--witness", "http://other.example"]);
    assert!(failed.message.contains("plain HTTP"), "{failed:?}");

    // So is a store, before anything is uploaded or written.
    patient.does(&["user", "set-key"]);
    let file = town.write("document.json", OBSERVATION);
    let owner = patient.address.to_string();
    let file = file.to_string_lossy();
    let create = create_record(&file, &owner, "http://store.example");
    let failed = clinic.fails(&create);
    assert!(
        failed.message.contains("http://store.example"),
        "{failed:?}"
    );
    assert!(failed.advice.contains("--allow-plain-http"), "{failed:?}");
    assert!(town.list::<RecordAccount>(&[]).is_empty());
}

/// The provider's key in a node's address is in no output and in no file.
#[test]
fn the_key_in_a_nodes_address_is_never_printed() {
    let town = Town::found();
    let patient = town.person("patient");
    let node = altered(&town, |_, _| {});
    let broken = Server::start(|_| answer("500 Internal Server Error", "", b"out of order"));
    let address = |server: &str| format!("{server}/v1/{KEY}?token={KEY}");
    let with_key = patient.at(&address(&node.url));
    let purchase = town.addresses().program_id.to_string();
    for words in [
        &["user", "set-key"][..],
        &["user", "show"],
        &["user", "card"],
        &["node", "check"],
        &["node", "trust"],
        &["record", "list"],
        &["deliver", "--all"],
        &["history", &purchase],
        &["record", "show", &purchase],
    ] {
        for format in ["json", "display"] {
            let (_, printed) = all(&with_key, &[words, &["--output", format]].concat());
            assert!(!printed.contains(KEY), "{words:?}: {printed}");
        }
    }
    let (success, printed) = all(&with_key, &["user", "show"]);
    assert!(success, "{printed}");
    for server in [
        address(&broken.url),
        address("http://127.0.0.1:1"),
        format!("ftp://{KEY}@node.example/{KEY}"),
        format!("http://{KEY}:{KEY}@node.example/{KEY}"),
        KEY.to_owned(),
    ] {
        for words in [
            &["user", "show"][..],
            &["node", "check"],
            &["user", "set-key"],
        ] {
            let (success, printed) = all(&patient.at(&server), words);
            assert!(!success && !printed.is_empty());
            assert!(!printed.contains(KEY), "{words:?} at {server}: {printed}");
            let (_, printed) = all(&patient, &[words, &["--witness", &server]].concat());
            assert!(
                !printed.contains(KEY),
                "{words:?} beside {server}: {printed}"
            );
        }
    }
    assert_is_in_no_file(&town.folder);
}

fn assert_is_in_no_file(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            assert_is_in_no_file(&path);
        } else if let Ok(bytes) = fs::read(&path) {
            let key = KEY.as_bytes();
            let is_in = bytes.windows(key.len()).any(|window| window == key);
            assert!(!is_in, "the key is in {}", path.display());
        }
    }
}
