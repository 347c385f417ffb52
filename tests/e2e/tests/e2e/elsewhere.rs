//! Locators that lead elsewhere: the client does not follow them, writes nothing and signs nothing.

use std::sync::{Arc, Mutex};

use generion_client::accounts::RecordAccount;
use generion_e2e::{
    Person, Town,
    http::{Server, answer},
};

use crate::{OBSERVATION, create_record, text};

/// A store that accepts every upload, and gives the test's answer to downloads.
fn store(get: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let kept: Arc<Mutex<(Vec<u8>, String)>> = Arc::default();
    Server::start(move |request| {
        let mut kept = kept.lock().expect("no panic");
        if request.method == "PUT" {
            let authority = request.headers["generion-erase-authority"].clone();
            *kept = (request.body.clone(), authority);
        }
        let authority = format!("generion-erase-authority: {}\r\n", kept.1);
        match request.method.as_str() {
            "PUT" => answer("201 Created", &authority, b""),
            // As long as the document, but with other content.
            "HEAD" => format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n{authority}\r\n",
                kept.0.len()
            )
            .into_bytes(),
            _ => get(&kept.0),
        }
    })
}

fn record(town: &Town, clinic: &Person, patient: &Person, store: &Server) -> String {
    let file = town.write("document.json", OBSERVATION);
    let done = clinic.does(&create_record(
        &file.to_string_lossy(),
        &patient.address.to_string(),
        &store.url,
    ));
    text(&done, "/record/address")
}

#[track_caller]
fn is_refused(town: &Town, patient: &Person, record: &str, reason: &str) {
    let failed = patient.fails(&["record", "verify", record, "--to", "plain.json"]);
    assert!(failed.message.contains(reason), "{failed:?}");
    assert!(!town.folder.join("plain.json").exists());
    let state = town.read::<RecordAccount>(&record.parse().unwrap()).state;
    assert!(!state.is_verified());
}

/// The client follows no redirect, and refuses a document that is false or too long.
#[test]
fn what_a_locator_leads_to_is_not_trusted() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);

    // Only the patient's machine can reach this server.
    let inner = Arc::new(Server::start(|_| answer("200 OK", "", b"secret")));
    let target = inner.url.clone();
    let redirecting = store(move |_| answer("302 Found", &format!("location: {target}/\r\n"), b""));
    let lying = store(|kept| answer("200 OK", "", &vec![b'x'; kept.len()]));
    let endless = store(|kept| answer("200 OK", "", &[kept, b"and more"].concat()));
    for (store, reason) in [
        (&redirecting, "redirect"),
        (&lying, "SHA-256"),
        (&endless, "bytes"),
    ] {
        let record = record(&town, &clinic, &patient, store);
        is_refused(&town, &patient, &record, reason);
    }
    assert_eq!(inner.connections(), 0, "a redirect was followed");
}

/// The client follows addresses of this machine, by number or by name, only with the user's consent.
#[test]
fn a_private_address_is_not_followed_unasked() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let honest = store(|kept| answer("200 OK", "", kept));
    let by_name = honest.url.replace("127.0.0.1", "localhost");
    for url in [&honest.url, &by_name] {
        let named = Server::at(url);
        let record = record(&town, &clinic, &patient, &named);
        let before = honest.connections();
        let own = patient.command(&["record", "open", &record, "--to", "plain.json"]);
        let mut command = std::process::Command::new(own.get_program());
        command
            .args(
                own.get_args()
                    .filter(|argument| *argument != "--allow-private-addresses"),
            )
            .current_dir(&town.folder)
            .env_remove("GENERION_ALLOW_PRIVATE");
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(said.contains("--allow-private-addresses"), "{said}");
        assert_eq!(honest.connections(), before, "it connected to {url}");
        assert!(!town.folder.join("plain.json").exists());
    }
}
