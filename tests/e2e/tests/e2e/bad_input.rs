//! Commands that can't work say what happened and what to do.

use generion_e2e::Town;

use crate::{OBSERVATION, offer, open_purchase, text, verified_record, write_record};

/// A command that fails before it sends anything prints one line about the cause and one about the remedy.
#[test]
fn a_command_that_can_not_work_says_why() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    let owner = patient.address.to_string();
    let file = town.write("document.json", OBSERVATION);
    let file = file.to_string_lossy();
    let create = |store: &str| {
        vec![
            "record".to_owned(),
            "create".into(),
            file.to_string(),
            "--owner".into(),
            owner.clone(),
            "--store".into(),
            store.into(),
        ]
    };
    let words = |words: &[String]| {
        words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\u{0}")
    };
    let run = |person: &generion_e2e::Person, line: &[String]| {
        let line = words(line);
        person.fails(&line.split('\u{0}').collect::<Vec<_>>())
    };

    // The owner has published no key.
    let failed = run(&clinic, &create(&town.store_url));
    assert!(
        failed.message.contains(&owner) && failed.message.contains("has not published"),
        "{failed:?}"
    );
    assert!(failed.advice.contains("set-key"), "{failed:?}");
    patient.does(&["user", "set-key"]);

    // No keypair file, or a file with other content.
    let missing = town.folder.join("missing.json");
    let failed = patient.with_keypair(&missing).fails(&["user", "set-key"]);
    assert!(failed.message.contains("missing.json"), "{failed:?}");
    let garbage = town.write("garbage.json", b"not a keypair");
    let failed = patient.with_keypair(&garbage).fails(&["user", "set-key"]);
    assert!(failed.message.contains("garbage.json"), "{failed:?}");

    // A wallet without lamports.
    let poor = town.newcomer("poor", 0);
    let failed = poor.fails(&["user", "set-key"]);
    assert!(
        failed.message.contains(&poor.address.to_string()),
        "{failed:?}"
    );
    assert!(failed.advice.to_lowercase().contains("fund"), "{failed:?}");

    // No node, no store.
    let failed = patient.at("http://127.0.0.1:1").fails(&["user", "show"]);
    assert!(failed.message.contains("127.0.0.1:1"), "{failed:?}");
    let failed = run(&clinic, &create("http://127.0.0.1:1"));
    assert!(failed.message.contains("127.0.0.1:1"), "{failed:?}");

    // Addresses without an account, or with another kind of account.
    let nobody = doctor.address.to_string();
    let failed = patient.fails(&["record", "show", &nobody]);
    assert!(failed.message.contains(&nobody), "{failed:?}");
    let user = town.addresses().user(&patient.address).to_string();
    let failed = patient.fails(&["record", "show", &user]);
    assert!(failed.message.contains("not a record"), "{failed:?}");

    // A record of another wallet, and an existing file.
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let failed = doctor.fails(&["record", "check", &record, "--to", "theirs.json"]);
    assert!(failed.message.contains(&owner), "{failed:?}");
    assert!(!town.folder.join("theirs.json").exists());
    town.write("kept.json", b"kept");
    let failed = patient.fails(&["record", "check", &record, "--to", "kept.json"]);
    assert!(
        failed.message.contains("kept.json") && failed.advice.contains("--force"),
        "{failed:?}"
    );
    assert_eq!(
        std::fs::read(town.folder.join("kept.json")).unwrap(),
        b"kept"
    );

    // An unverified record can be neither sold nor shared.
    let failed = patient.fails(&[
        "order",
        "create",
        "--record",
        &record,
        "--price",
        "0.1SOL",
        "--window",
        "1h",
        "--label",
        "x",
        "--reveal-identifiers",
    ]);
    assert!(failed.message.contains("not verified"), "{failed:?}");

    // Nobody but its seller vouches for a self-issued record.
    doctor.does(&["user", "set-key"]);
    let own = write_record(&town, &doctor, &doctor, OBSERVATION);
    let order = offer(&doctor, &[&own]);
    let failed = buyer.fails(&["purchase", "buy", &order, "--receipts", "receipts"]);
    assert!(
        failed.message.contains(&own) && failed.advice.contains("--accept-self-issued"),
        "{failed:?}"
    );
    let failed = doctor.fails(&[
        "purchase",
        "buy",
        &order,
        "--receipts",
        "receipts",
        "--accept-self-issued",
    ]);
    assert_eq!(failed.rule.as_deref(), Some("OwnOrder"), "{failed:?}");
    let bought = buyer.does(&[
        "purchase",
        "buy",
        &order,
        "--receipts",
        "receipts",
        "--accept-self-issued",
    ]);
    let twice = buyer.fails(&[
        "purchase",
        "buy",
        &order,
        "--receipts",
        "receipts",
        "--accept-self-issued",
    ]);
    assert!(
        twice.message.contains(&text(&bought, "/purchase/address")),
        "{twice:?}"
    );

    // A delivery by a wallet that does not own the records.
    let failed = patient.fails(&["deliver", &text(&bought, "/purchase/address")]);
    let seller = doctor.address.to_string();
    assert!(
        failed.message.contains(&seller) && failed.message.contains(&owner),
        "{failed:?}"
    );
}

/// Opening a purchase without its receipt names the missing receipt.
#[test]
fn a_purchase_without_its_receipt_says_what_is_missing() {
    let town = Town::found();
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let order = offer(&patient, &[&record]);
    let purchase = text(
        &buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]),
        "/purchase/address",
    );
    patient.does(&["deliver", &purchase]);

    // A lost receipt is made again, without writing it, as long as the ledger has the needed accounts.
    let open =
        |receipts: &'static str| open_purchase(&purchase, "bought", receipts).map(str::to_owned);
    let words = open("elsewhere");
    buyer.does(&words.each_ref().map(String::as_str));
    let opened = town.folder.join("bought").join(format!("{record}.json"));
    assert_eq!(std::fs::read(opened).unwrap(), OBSERVATION);
    assert!(!town.folder.join("elsewhere").exists());
    patient.does(&["order", "close", &order]);
    let words = open("nowhere");
    let failed = buyer.fails(&words.each_ref().map(String::as_str));
    assert!(
        failed.message.contains("nowhere") && failed.advice.contains("--receipts"),
        "{failed:?}"
    );
    let failed = buyer.fails(&["purchase", "close", &purchase, "--receipts", "nowhere"]);
    assert!(failed.message.contains("nowhere"), "{failed:?}");

    let receipt = town.folder.join(format!("receipts/{purchase}.json"));
    let whole: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    let mut without_record = whole.clone();
    without_record["records"].as_array_mut().unwrap().clear();
    let mut of_another = whole;
    of_another["purchase"] = order.clone().into();
    for damaged in [without_record, of_another] {
        std::fs::write(&receipt, damaged.to_string()).unwrap();
        let failed = buyer.fails(&open_purchase(&purchase, "bought", "receipts"));
        assert!(
            failed.message.contains(&purchase) && failed.message.contains("damaged"),
            "{failed:?}"
        );
    }
    std::fs::write(&receipt, b"{}").unwrap();
    let failed = buyer.fails(&open_purchase(&purchase, "bought", "receipts"));
    assert!(failed.message.contains(&purchase), "{failed:?}");
}
