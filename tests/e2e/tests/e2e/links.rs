//! Health links: made, opened, found again on another device, and revoked.

use std::{fs, process::Stdio};

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead, aead::Payload};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use generion_e2e::{Done, Failed, Person, Town};
use serde_json::Value;

use crate::{OBSERVATION, number, text, verified_record, write_record};

/// Words of a command for links, in the town's store.
fn at<'a>(town: &'a Town, words: &[&'a str]) -> Vec<&'a str> {
    in_stores(&town.store_url, words)
}

fn in_stores<'a>(stores: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    [&["share"], words, &["--store", stores]].concat()
}

/// The payload of a link, read without the code that made it.
fn payload(link: &str) -> Value {
    let (_, encoded) = link.rsplit_once("shlink:/").expect("a link");
    let json = URL_SAFE_NO_PAD.decode(encoded).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

/// The answer to whoever opens a link: status, media type and body.
fn fetch(town: &Town, payload: &Value) -> (u16, String, String) {
    let url = format!("{}?recipient=Dr.%20Meier", payload["url"].as_str().unwrap());
    town.wait(async {
        let answer = reqwest::get(url).await.expect("the store answers");
        let media_type = answer.headers()["content-type"].to_str().unwrap();
        let (status, media_type) = (answer.status().as_u16(), media_type.to_owned());
        (status, media_type, answer.text().await.expect("a body"))
    })
}

/// Decrypts a compact JWE with another library than the one that encrypted it.
fn decrypt(jwe: &str, payload: &Value) -> (Value, Vec<u8>) {
    let parts: Vec<_> = jwe.split('.').collect();
    let [header, "", iv, ciphertext, tag] = parts[..] else {
        panic!("no compact JWE: {jwe}")
    };
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let key = decode(payload["key"].as_str().unwrap());
    let cipher = Aes256Gcm::new_from_slice(&key).expect("32 bytes");
    let msg = [decode(ciphertext), decode(tag)].concat();
    let payload = Payload {
        msg: &msg,
        aad: header.as_bytes(),
    };
    let iv = decode(iv);
    let plaintext = cipher.decrypt(iv.as_slice().into(), payload);
    let header = serde_json::from_slice(&decode(header)).expect("JSON");
    (header, plaintext.expect("the link's key opens it"))
}

/// Opens a link with the command line.
fn open(town: &Town, person: &Person, link: &str, to: &str) -> Result<Done, Failed> {
    let file = town.write("link.txt", format!("{link}\n").as_bytes());
    let file = file.to_string_lossy();
    let words = [
        "share",
        "open-link",
        &file,
        "--recipient",
        "Dr. Meier",
        "--to",
        to,
    ];
    match payload_is_live(town, link) {
        true => Ok(person.does(&words)),
        false => Err(person.fails(&words)),
    }
}

fn payload_is_live(town: &Town, link: &str) -> bool {
    fetch(town, &payload(link)).0 == 200
}

/// A patient shares a record by a link. Another implementation of JWE opens it. A second device of the patient's finds it,
/// shows it again, and revokes it.
#[test]
fn a_link_is_made_on_one_device_and_revoked_on_another() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);

    let make = at(
        &town,
        &[
            "link",
            &record,
            "--label",
            "Blood pressure",
            "--expires",
            "2days",
        ],
    );
    let viewer = ["--viewer", "https://viewer.example/#"];
    let made = patient.does(&[&make[..], &viewer].concat());
    let link = text(&made, "/link");
    assert!(
        link.starts_with("https://viewer.example/#shlink:/"),
        "{link}"
    );
    let said = payload(&link);
    let url = said["url"].as_str().unwrap();
    assert!(
        url.len() <= 128 && url.starts_with(&town.store_url),
        "{url}"
    );
    assert_eq!(
        (&said["flag"], &said["label"]),
        (&"U".into(), &"Blood pressure".into())
    );
    let expiry = number(&made, "/expires_at");
    assert_eq!(said["exp"], expiry);
    assert!(url.contains(&format!("/v1/links/{expiry}/")), "{url}");
    let in_two_days = town.unix_time() as u64 + 2 * 24 * 3600;
    assert!(in_two_days - expiry < 600, "{expiry}");

    let (status, media_type, file) = fetch(&town, &said);
    assert_eq!((status, &*media_type), (200, "application/jose"));
    let (header, plaintext) = decrypt(&file, &said);
    let expected =
        serde_json::json!({"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"});
    assert_eq!(header, expected);
    assert_eq!(plaintext, OBSERVATION);
    // The doctor needs no wallet with a key, and has no word on the ledger.
    let opened = open(&town, &doctor, &link, "opened.json").unwrap();
    assert_eq!(text(&opened, "/media_type"), "application/fhir+json");
    assert_eq!(
        fs::read(town.folder.join("opened.json")).unwrap(),
        OBSERVATION
    );
    open(
        &town,
        &doctor,
        &format!("shlink:/{}", link.rsplit_once('/').unwrap().1),
        "bare.json",
    )
    .unwrap();

    // Nothing of the first device is on the second: only the wallet.
    let device = town.folder.join("second device");
    fs::create_dir(&device).unwrap();
    let second = |words: &[&str]| -> Value {
        let mut command = patient.command(words);
        let output = command.env("HOME", &device).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {err}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let listed = second(&at(&town, &["links"]));
    assert_eq!(listed["links"].as_array().unwrap().len(), 1);
    assert_eq!(listed["not_yours"], serde_json::json!([]));
    let id = text(&made, "/id");
    for field in ["id", "record", "label", "expires_at", "store", "size"] {
        assert_eq!(listed["links"][0][field], made[field], "{field}");
    }
    // A list shows no link by which somebody behind the user could open it.
    assert!(!listed.to_string().contains(said["key"].as_str().unwrap()));
    let shown = second(&[&at(&town, &["show-link", &id[..4]])[..], &viewer].concat());
    assert_eq!(text(&shown, "/link"), link);

    // A stranger has no such link, and can't revoke it.
    doctor.does(&["user", "set-key"]);
    let none = doctor.does(&at(&town, &["links"]));
    assert_eq!(none["links"], serde_json::json!([]));
    let refused = doctor.fails(&at(&town, &["revoke-link", &id]));
    assert!(refused.message.contains("no link"), "{}", refused.message);

    let revoked = second(&at(&town, &["revoke-link", &id]));
    assert_eq!(text(&revoked, "/revoked/0/id"), id);
    assert_eq!(fetch(&town, &said).0, 404);
    let listed = patient.does(&at(&town, &["links"]));
    assert_eq!(listed["links"], serde_json::json!([]));
    let failed = open(&town, &doctor, &link, "late.json").unwrap_err();
    assert!(
        failed.message.contains("has revoked it"),
        "{}",
        failed.message
    );
    assert!(!town.folder.join("late.json").exists());
    // The record itself is where it was.
    patient.does(&["record", "open", &record, "--to", "own.json"]);
}

/// A document that is not FHIR travels in a Bundle, with its media type.
#[test]
fn any_document_travels_by_a_link() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let scan = b"%PDF-1.7\n\xff\x00 a scan";
    let file = town.write("scan.pdf", scan);
    let (file, owner) = (file.to_string_lossy(), patient.address.to_string());
    let create = [
        "record",
        "create",
        &file,
        "--owner",
        &owner,
        "--store",
        &town.store_url,
    ];
    let create = [&create[..], &["--media-type", "application/pdf"]].concat();
    let record = text(&clinic.does(&create), "/record/address");

    let made = patient.does(&at(&town, &["link", &record]));
    assert!(made["label"].is_null());
    let link = text(&made, "/link");
    let said = payload(&link);
    assert!(said.get("label").is_none());
    let (_, plaintext) = decrypt(&fetch(&town, &said).2, &said);
    let bundle: Value = serde_json::from_slice(&plaintext).unwrap();
    assert_eq!(bundle["resourceType"], "Bundle");
    let attachment = &bundle["entry"][0]["resource"]["content"][0]["attachment"];
    assert_eq!(attachment["contentType"], "application/pdf");
    let opened = open(&town, &clinic, &link, "opened.pdf").unwrap();
    assert_eq!(text(&opened, "/media_type"), "application/pdf");
    assert_eq!(fs::read(town.folder.join("opened.pdf")).unwrap(), scan);
}

/// Links of an earlier encryption key are found with it.
#[test]
fn links_outlive_a_rotation_of_the_key() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let id = text(&patient.does(&at(&town, &["link", &record])), "/id");
    patient.does(&["key", "rotate"]);
    let links = |words: &[&str]| patient.does(&at(&town, words))["links"].clone();
    assert_eq!(links(&["links"]), serde_json::json!([]));
    assert_eq!(links(&["links", "--earlier-keys"])[0]["id"], *id);
    let refused = patient.fails(&at(&town, &["revoke-link", &id]));
    assert!(refused.advice.contains("--store"), "{}", refused.advice);
    patient.does(&at(&town, &["revoke-link", &id, "--earlier-keys"]));
    assert_eq!(links(&["links", "--earlier-keys"]), serde_json::json!([]));
}

/// A store that is away hides its own links, and no others: they are listed and revoked, and the command names the store.
#[test]
fn links_in_other_stores_are_found_while_one_store_is_away() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let id = text(&patient.does(&at(&town, &["link", &record])), "/id");
    // Nothing listens there.
    let away = "http://127.0.0.1:1";
    let both = format!("{away},{}", town.store_url);
    let (listed, failed) = patient.does_partly(&in_stores(&both, &["links"]));
    assert_eq!(listed["links"][0]["id"], *id);
    let unread = listed["unread_stores"][0]["store"].as_str().unwrap();
    assert!(unread.starts_with(away), "{unread}");
    assert!(failed.message.contains(unread), "{}", failed.message);
    let failed = patient.fails(&in_stores(&both, &["revoke-link", "ffffffff"]));
    assert!(failed.message.contains(unread), "{}", failed.message);
    let revoked = patient.does(&in_stores(&both, &["revoke-link", &id]));
    assert_eq!(revoked["revoked"][0]["id"], *id);
    let failed = patient.fails(&["share", "links", "--store", away]);
    assert!(failed.message.contains(away), "{}", failed.message);
}

/// What can't become a link, or can't be opened, is refused in words, and nothing is left in the store or on the disk.
#[test]
fn links_are_refused_in_words() {
    let town = Town::found();
    let [patient, clinic, doctor] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = write_record(&town, &clinic, &patient, OBSERVATION);
    let blobs = town.blobs().len();
    let long = "a".repeat(81);
    let host = format!("https://{}.example", "a".repeat(40));
    let dry = patient.does(&at(&town, &["link", &record, "--dry-run"]));
    assert_eq!(number(&dry, "/dry_run/cost_lamports"), 0);
    for (words, message) in [
        (
            vec!["share", "link", &record, "--store", &host],
            "take at most 128",
        ),
        (
            at(&town, &["link", &record, "--label", &long]),
            "81 characters",
        ),
        (
            at(&town, &["link", &record, "--label", "a\u{202e}b"]),
            "control or formatting",
        ),
        (
            at(&town, &["link", &record, "--expires", "2020-01-01"]),
            "which is past",
        ),
        (
            at(&town, &["link", &record, "--expires", "400days"]),
            "invalid_expiry",
        ),
        (at(&town, &["show-link", "abc"]), "too short"),
        (at(&town, &["show-link", "abcd"]), "no link"),
    ] {
        let failed = patient.fails(&words);
        assert!(
            failed.message.contains(message),
            "{words:?}: {}",
            failed.message
        );
    }
    // Nobody makes a link to another's record.
    doctor.does(&["user", "set-key"]);
    let failed = doctor.fails(&at(&town, &["link", &record]));
    assert!(
        failed.message.contains("belongs to wallet"),
        "{}",
        failed.message
    );
    assert_eq!(town.blobs().len(), blobs);

    let made = patient.does(&at(&town, &["link", &record]));
    let said = payload(&text(&made, "/link"));
    let link = |change: &dyn Fn(&mut Value)| {
        let mut changed = said.clone();
        change(&mut changed);
        format!("shlink:/{}", URL_SAFE_NO_PAD.encode(changed.to_string()))
    };
    for (text, message) in [
        ("https://viewer.example/".to_owned(), "not a health link"),
        (link(&|said| said["flag"] = "L".into()), "list of files"),
        (link(&|said| said["v"] = 2.into()), "version 2"),
        (
            link(&|said| said["key"] = "A".repeat(43).into()),
            "another key",
        ),
        (
            link(&|said| said["url"] = "file:///etc/passwd".into()),
            "no https or http address",
        ),
    ] {
        let file = town.write("link.txt", text.as_bytes());
        let file = file.to_string_lossy();
        let words = [
            "share",
            "open-link",
            &file,
            "--recipient",
            "me",
            "--to",
            "stolen",
        ];
        let mut command = doctor.command(&words);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(message),
            "{message}: {said}"
        );
        assert!(!town.folder.join("stolen").exists());
    }
    // An address of this machine, which a stranger's link must not lead to.
    let file = town.write("link.txt", link(&|_| {}).as_bytes());
    let mut command = std::process::Command::new(generion_e2e::program("generion"));
    let words = [
        "share",
        "open-link",
        "--recipient",
        "me",
        "--to",
        "stolen",
        "--url",
        &town.rpc_url,
    ];
    let output = command
        .args(words)
        .arg(file)
        .env("HOME", &town.folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("not on the public internet"),
        "{said}"
    );
}
