//! The commands for webhooks.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use serde_json::Value;

use crate::support::{
    Database,
    found::{finding, new_order},
    receiver::{Answer, Delivering, Receiver, SECRET, until},
};

/// Runs the program with a configuration file, and returns its exit code, output and errors.
fn run(config: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_generion-gateway"))
        .args(arguments)
        .arg("--config")
        .arg(config)
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The operator sees which webhooks have ended and has them go on, while the gateway runs.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_webhooks_and_has_them_go_on() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let receiver = Receiver::start(|number| Answer::Status([410, 200][number])).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gateway.toml");
    fs::write(&config, format!("database = {:?}\n", database.text())).unwrap();
    let _delivering = Delivering::to(&storage, &receiver).await;
    let (code, output, _) = run(&config, &["webhooks", "list"]);
    assert_eq!(
        (code, output.as_str()),
        (
            Some(0),
            "one: delivering, 0 failed attempts at the next event, last attempt: none\n"
        )
    );
    writer.update(finding(vec![new_order(1)])).await.unwrap();
    until("the end", async || {
        storage.webhooks().await.unwrap()[0].end.is_some()
    })
    .await;
    let (code, output, _) = run(&config, &["webhooks", "list", "--json"]);
    let shown: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        (code, &shown[0]["state"], &shown[0]["attempts"][0]["status"]),
        (Some(1), &"gone".into(), &410.into())
    );
    let (code, output, _) = run(&config, &["webhooks", "resume", "one"]);
    assert_eq!((code, output.as_str()), (Some(0), "one goes on\n"));
    receiver.wait_for(2).await;
    let (code, _, error) = run(&config, &["webhooks", "resume", "other"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("no webhook other"), "{error}");
}

/// A webhook that has ended and is no longer in the file is forgotten, so that the list says that all is well; one that is in
/// the file is not.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_forgets_a_webhook_that_is_no_longer_in_the_file() {
    let database = Database::sqlite();
    let (storage, mut writer) = database.open().await;
    let receiver = Receiver::start(|_| Answer::Status(410)).await;
    let folder = tempfile::tempdir().unwrap();
    let [config, file, secret] =
        ["gateway.toml", "webhooks.toml", "secret"].map(|name| folder.path().join(name));
    let text = format!(
        "database = {:?}\n[webhooks]\nfile = {:?}\n",
        database.text(),
        file.display().to_string()
    );
    fs::write(&config, text).unwrap();
    fs::write(&secret, SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let webhook = format!(
        "[[webhook]]\nname = \"one\"\nurl = \"https://receiver.example/\"\nsecret_file = {:?}\n",
        secret.display().to_string()
    );
    fs::write(&file, webhook).unwrap();
    let delivering = Delivering::to(&storage, &receiver).await;
    writer.update(finding(vec![new_order(1)])).await.unwrap();
    until("the end", async || {
        storage.webhooks().await.unwrap()[0].end.is_some()
    })
    .await;
    drop(delivering);
    let (code, _, error) = run(&config, &["webhooks", "forget", "one"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("remove it there"), "{error}");
    fs::write(&file, "").unwrap();
    assert_eq!(run(&config, &["webhooks", "list"]).0, Some(1));
    let (code, output, _) = run(&config, &["webhooks", "forget", "one"]);
    assert_eq!((code, output.as_str()), (Some(0), "one is forgotten\n"));
    let (code, output, _) = run(&config, &["webhooks", "list"]);
    assert_eq!((code, output.as_str()), (Some(0), ""));
    let (code, _, error) = run(&config, &["webhooks", "forget", "one"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("nothing is kept"), "{error}");
}

/// A file with a mistake is named before the gateway starts, and by the command that checks it; neither shows an address.
#[test]
fn a_mistake_in_the_file_is_named_before_the_gateway_starts() {
    let folder = tempfile::tempdir().unwrap();
    let [config, file, secret] =
        ["gateway.toml", "webhooks.toml", "secret"].map(|name| folder.path().join(name));
    fs::write(&secret, SECRET).unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ncluster = \"localnet\"\ndatabase = \"sqlite:{}\"\nnodes = [\"http://127.0.0.1:1\"]\n\
         [webhooks]\nfile = {:?}\n",
        folder.path().join("index.sqlite").display(),
        file.display().to_string(),
    );
    fs::write(&config, text).unwrap();
    let webhook = format!(
        "[[webhook]]\nname = \"one\"\nurl = \"https://receiver.example/TOKENTOKEN\"\nsecret_file = {:?}\n",
        secret.display().to_string()
    );
    let private = webhook.replace("receiver.example", "10.0.0.1");
    let signed = format!("{webhook}ed25519 = true\n");
    for (text, mode, reason) in [
        (
            &webhook,
            0o644,
            "everybody on this machine can read the secret's file",
        ),
        (&private, 0o600, "private network"),
        (&signed, 0o600, "set `socket` under `[signer]`"),
    ] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        let (code, _, error) = run(&config, &["serve"]);
        assert_eq!(code, Some(1));
        assert!(
            error.contains(reason) && !error.contains("TOKEN"),
            "{error}"
        );
    }
    fs::write(&file, &webhook).unwrap();
    let (code, output, _) = run(&config, &["webhooks", "check"]);
    assert_eq!(
        (code, output.as_str()),
        (Some(0), "one: https://receiver.example\n")
    );
    fs::write(&file, &private).unwrap();
    assert_eq!(run(&config, &["webhooks", "check"]).0, Some(1));
}
