//! How records, shares, orders and purchases are named, and what is said where there is nothing of that name.

use generion_artifact::PROGRAM;
use generion_client::PROGRAM_VERSION;
use generion_e2e::{Person, Town};
use generion_test_support::LocalNode;
use serde_json::Value;

use crate::{OBSERVATION, open_purchase, text, write_record};

const SALE: [&str; 7] = [
    "--price",
    "0.25SOL",
    "--window",
    "1h",
    "--label",
    "one",
    "--reveal-identifiers",
];

/// The JSON objects that a command prints, one after the other.
fn printed(person: &Person, words: &[&str]) -> Vec<Value> {
    let output = person.command(words).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    let objects = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    objects.map(|object| object.expect("JSON")).collect()
}

/// As a table shows an address.
fn shortened(address: &str) -> String {
    format!("{}…{}", &address[..8], &address[address.len() - 4..])
}

#[test]
fn the_beginning_of_an_address_names_what_is_ones_own() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    for person in [&patient, &doctor] {
        person.does(&["user", "set-key"]);
    }
    let records = [0, 1].map(|_| write_record(&town, &clinic, &patient, OBSERVATION));
    let [first, second] = &records;
    let prefixes = records.each_ref().map(|record| &record[..12]);

    // Its owner and its creator know it by that, and nobody else.
    for person in [&patient, &clinic] {
        for name in [prefixes[0].to_owned(), shortened(first)] {
            let shown = person.does(&["record", "show", &name]);
            assert_eq!(text(&shown, "/address"), *first);
        }
    }
    let unknown = buyer.fails(&["record", "show", prefixes[0]]);
    let expected = format!(
        "no record of wallet {} begins with \"{}\"",
        buyer.address, prefixes[0]
    );
    assert_eq!(unknown.message, expected);

    // Several at once, each once, as they were named.
    let listed = format!("{},{second}", prefixes[1]);
    let shown = printed(&patient, &["record", "show", &listed, prefixes[0]]);
    let addresses: Vec<_> = shown
        .iter()
        .map(|record| text(record, "/address"))
        .collect();
    assert_eq!(addresses, [second.clone(), first.clone()]);

    // Nobody signs for what they were not shown in full.
    let unseen = patient.fails(&["record", "verify", prefixes[0]]);
    assert!(
        unseen.message.contains("nobody sees which address"),
        "{unseen:?}"
    );
    patient.does(&["record", "verify", first]);
    let again = patient.fails(&["record", "verify", first]);
    assert_eq!(again.message, format!("record {first} is verified already"));
    assert_eq!(again.rule.as_deref(), Some("AlreadyVerified"));

    let with = doctor.address.to_string();
    let until = ["--expires", "2030-01-31"];
    let create = ["share", "create", prefixes[0], "--with", &with];
    let [shared] = &printed(&patient, &[&create[..], &until].concat())[..] else {
        panic!("one share");
    };
    assert_eq!(shared["share"]["expires_at"], 1_896_048_000);
    let share = text(shared, "/share/address");
    std::fs::create_dir(town.folder.join("opened")).unwrap();
    let opened = printed(&doctor, &["share", "open", &share[..12], "--to", "opened"]);
    assert_eq!(text(&opened[0], "/path"), format!("opened/{first}.json"));

    let create = ["order", "create", "--record", prefixes[0]];
    let order = text(
        &patient.does(&[&create[..], &SALE].concat()),
        "/order/address",
    );
    for name in [
        "0".to_owned(),
        order[..12].to_owned(),
        format!("{}/0", patient.address),
    ] {
        let shown = patient.does(&["order", "show", &name]);
        assert_eq!(text(&shown, "/address"), order, "{name}");
    }
    assert_eq!(
        text(&buyer.does(&["order", "show", &order[..12]]), "/address"),
        order
    );
    let none = buyer.fails(&["order", "show", "0"]);
    assert_eq!(
        none.message,
        format!("wallet {} has no order 0", buyer.address)
    );

    // Nobody pays for what they were not shown in full.
    let unseen = buyer.fails(&["purchase", "buy", &order[..12]]);
    assert!(
        unseen.message.contains("nobody sees which address"),
        "{unseen:?}"
    );
    let named = format!("{}/0", patient.address);
    let bought = buyer.does(&["purchase", "buy", &named]);
    let purchase = text(&bought, "/purchase/address");
    patient.does(&["deliver", &purchase[..12]]);
    let opened = buyer.does(&["purchase", "open", &purchase[..12], "--to", "bought"]);
    assert_eq!(
        text(&opened, "/documents/0/path"),
        format!("bought/{first}.json")
    );
    let history = buyer.does(&["history", &purchase[..12]]);
    assert_eq!(text(&history, "/address"), purchase);
}

/// `record check`, `record verify`, `record open` and `share open` take several names. Each document then goes into a folder,
/// under the name of its record; a second run changes nothing, and one file is refused before anything is read.
#[test]
fn several_documents_are_opened_into_a_folder() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    for person in [&patient, &doctor] {
        person.does(&["user", "set-key"]);
    }
    let records = [0, 1].map(|_| write_record(&town, &clinic, &patient, OBSERVATION));
    let [first, second] = &records;
    let listed = format!("{},{}", &first[..12], &second[..12]);
    let opens_both = |person: &Person, command: &[&str], names: &str, folder: &str| {
        std::fs::create_dir_all(town.folder.join(folder)).unwrap();
        let opened = printed(person, &[command, &[names, "--to", folder]].concat());
        let paths: Vec<_> = opened.iter().map(|one| text(one, "/path")).collect();
        let expected = records
            .each_ref()
            .map(|record| format!("{folder}/{record}.json"));
        assert_eq!(paths, expected, "{command:?}");
        for path in paths {
            let document = std::fs::read(town.folder.join(path)).unwrap();
            assert_eq!(document, OBSERVATION);
        }
    };
    opens_both(&patient, &["record", "check"], &listed, "checked");
    opens_both(
        &patient,
        &["record", "verify"],
        &format!("{first},{second}"),
        "verified",
    );
    for _ in 0..2 {
        opens_both(&patient, &["record", "open"], &listed, "own");
    }
    let with = doctor.address.to_string();
    let shared = printed(&patient, &["share", "create", &listed, "--with", &with]);
    let shares: Vec<_> = shared
        .iter()
        .map(|one| text(one, "/share/address"))
        .collect();
    opens_both(&doctor, &["share", "open"], &shares.join(","), "shared");

    for file in ["one.json", "-"] {
        let refused = patient.fails(&["record", "open", &listed, "--to", file]);
        let expected = format!("{file} can't take 2 documents: it is no folder");
        assert_eq!(refused.message, expected);
    }
    assert!(!town.folder.join("one.json").exists());
}

/// Without a folder for receipts they are in the data folder, and a folder that was named is told by its whole path.
#[test]
fn receipts_are_found_where_they_were_put() {
    let town = Town::found();
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    patient.does(&["record", "verify", &record]);
    patient.does(&[&["order", "create", "--record", &record][..], &SALE].concat());
    let bought = buyer.does(&["purchase", "buy", &format!("{}/0", patient.address)]);
    let purchase = text(&bought, "/purchase/address");
    let receipts = town.folder.join(".local/share/generion/localnet/receipts");
    let receipt = receipts.join(format!("{purchase}.json"));
    assert_eq!(text(&bought, "/receipt"), receipt.display().to_string());
    assert!(receipt.exists());
    patient.does(&["deliver", &purchase]);
    std::fs::remove_file(receipt).unwrap();
    patient.does(&["order", "close", "0"]);
    let open = open_purchase(&purchase, "bought", "elsewhere");
    let lost = buyer.fails(&open);
    let searched = town.folder.join("elsewhere").display().to_string();
    assert!(lost.message.contains(&searched), "{lost:?}");
}

#[test]
fn records_by_a_creator_are_ones_own_unless_one_wrote_them() {
    let town = Town::found();
    let [patient, doctor, clinic] = ["patient", "doctor", "clinic"].map(|role| town.person(role));
    for person in [&patient, &doctor] {
        person.does(&["user", "set-key"]);
    }
    let own = write_record(&town, &clinic, &patient, OBSERVATION);
    let others = write_record(&town, &clinic, &doctor, OBSERVATION);
    let creator = clinic.address.to_string();
    let listed = |person: &Person, words: &[&str]| {
        let words = [&["record", "list", "--creator", &creator][..], words].concat();
        let done = person.does(&words);
        let records = done["records"].as_array().expect("a list").iter();
        let mut addresses: Vec<_> = records.map(|record| text(record, "/address")).collect();
        addresses.sort();
        addresses
    };
    let mut both = [own.clone(), others];
    both.sort();
    assert_eq!(listed(&patient, &[]), [own]);
    assert_eq!(listed(&patient, &["--any-owner"]), both);
    assert_eq!(listed(&clinic, &[]), both);
}

/// What is empty because there is no program says so, and what another program refuses does not sound like a fault of the
/// ledger.
#[test]
fn where_there_is_no_program_that_is_said() {
    let town = Town::found();
    let person = town.person("patient");
    let nowhere = "11111111111111111111111111111112";
    let wallet = person.address.to_string();
    for words in [
        &["user", "list"][..],
        &["user", "show"],
        &["record", "list"],
        &["order", "show", &wallet],
        &["user", "set-key"],
    ] {
        let failed = person.fails(&[words, &["--program-id", nowhere]].concat());
        let expected =
            format!("no Generion at {nowhere} on localnet: there is nothing at that address");
        assert_eq!(failed.message, expected, "{words:?}");
        assert!(failed.advice.contains("--program-id"), "{failed:?}");
    }
    let failed = person.fails(&["user", "list", "--program-id", &wallet]);
    assert!(
        failed.message.contains("what is there is no program"),
        "{failed:?}"
    );
    // Where the program is, what is empty is empty.
    assert_eq!(
        person.does(&["user", "list"])["users"],
        serde_json::json!([])
    );
}

/// The program's binary with one text in the place of another that is as long.
fn changed(text: &str, other: &str) -> Vec<u8> {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    assert_eq!(text.len(), other.len());
    let mut binary = PROGRAM.to_vec();
    let at = binary.windows(text.len()).position(|part| part == text);
    binary[at.expect("the binary has the text")..][..text.len()].copy_from_slice(other);
    binary
}

/// A node with a binary at the program id, seen by a person of the town.
fn beside(town: &Town, name: &str, binary: &[u8]) -> (LocalNode, Person) {
    let file = town.folder.join(name);
    std::fs::write(&file, binary).unwrap();
    let id = town.ledger.program_id().to_string();
    let file = file.to_str().unwrap();
    let flags = ["--no-generion", "--upgradeable-program", &id, file, "none"];
    let node = LocalNode::start(flags);
    let person = town.person("patient").at(&node.rpc_url);
    (node, person)
}

/// What is empty because the program is another one says so, and what is missing where Generion has another version names it.
#[test]
fn where_another_program_or_version_is_that_is_said() {
    let town = Town::found();
    let id = town.ledger.program_id();
    let (_node, person) = beside(
        &town,
        "other.so",
        &changed("name\0Generion", "name\0Degenier"),
    );
    let wallet = person.address.to_string();
    for words in [&["user", "list"][..], &["order", "show", &wallet]] {
        let failed = person.fails(words);
        let expected = format!("no Generion at {id} on localnet: the program there is another one");
        assert_eq!(failed.message, expected, "{words:?}");
    }

    let own = format!("source_release\0{PROGRAM_VERSION}");
    let other = own.replace(|c: char| c.is_ascii_digit(), "9");
    let (_node, person) = beside(&town, "version.so", &changed(&own, &other));
    let failed = person.fails(&["order", "show", &wallet]);
    assert!(failed.message.contains("is of version 9.9.9"), "{failed:?}");
    assert!(failed.message.contains(&wallet), "{failed:?}");
    // What is empty there is empty.
    assert_eq!(
        person.does(&["user", "list"])["users"],
        serde_json::json!([])
    );
}
