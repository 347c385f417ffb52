//! Where the node, the wallet and the commitment come from, where nobody says so on the command line.

use std::{fs, io::Write, process::Stdio};

use solana_keypair::{Keypair, write_keypair_file};

use crate::{
    nodes::{localnet, node, run},
    support::{ADDRESS, Home, NOBODY},
};

/// Another server that nobody runs.
const NOBODY_ELSE: &str = "http://127.0.0.1:2";

fn configured(text: &str) -> Home {
    let home = Home::new();
    let folder = home.path().join(".config/solana/cli");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.yml"), text).unwrap();
    home
}

#[test]
fn the_node_of_the_solana_tools() {
    let home = configured(&format!("json_rpc_url: {NOBODY}\n"));
    home.assert_refused(&["record", "ids"], NOBODY, "Check the node's address");
    // What is said here counts more.
    home.assert_refused(
        &["record", "ids", "-u", NOBODY_ELSE],
        NOBODY_ELSE,
        "Check the node's address",
    );
}

#[test]
fn the_wallet_of_the_solana_tools() {
    let home = configured("keypair_path: elsewhere.json\n");
    home.assert_refused(
        &["record", "ids"],
        "can't read the keypair file elsewhere.json",
        "solana-keygen new",
    );
    let wallet = Keypair::new();
    write_keypair_file(&wallet, home.path().join("elsewhere.json")).unwrap();
    // It goes on to the node, which is not there.
    home.assert_refused(
        &["record", "ids", "-u", NOBODY],
        NOBODY,
        "Check the node's address",
    );
}

#[test]
fn a_configuration_by_name() {
    let home = Home::new();
    let config = home.file("team.yml", &format!("json_rpc_url: {NOBODY}\n"));
    let config = config.to_string_lossy();
    home.assert_refused(
        &["record", "ids", "-C", &config],
        NOBODY,
        "Check the node's address",
    );
    home.assert_refused(
        &["record", "ids", "-C", "none.yml"],
        "can't read the Solana configuration none.yml: No such file",
        "-C",
    );
}

#[test]
fn values_that_make_no_sense() {
    for (line, happened) in [
        (
            "json_rpc_url: mainnet",
            "json_rpc_url is \"mainnet\": not the http or https URL of a node",
        ),
        ("commitment: sure", "commitment is \"sure\": "),
        ("keypair_path: usb://ledger", "hardware wallet"),
    ] {
        let home = configured(&format!("{line}\n"));
        home.assert_refused(&["record", "ids"], happened, "`solana config set`");
    }
    let home = configured("websocket_url: http://127.0.0.1/key\n");
    home.assert_refused(
        &["deliver", "--watch"],
        "websocket_url is \"http://127.0.0.1\": expected",
        "`solana config set`",
    );
}

/// What an early version of the Solana tools left, and what this program can't use, stop who uses them and nobody else.
#[tokio::test]
async fn values_that_are_not_needed() {
    let (_node, node) = node(localnet()).await;
    for (line, word) in [
        ("commitment: max", "is read as finalized"),
        ("commitment: root", "is read as finalized"),
        ("commitment: recent", "is read as confirmed"),
        ("commitment: single", "is read as confirmed"),
        ("commitment: singleGossip", "is read as confirmed"),
        ("keypair_path: usb://ledger", "This command did not need it"),
        (
            "keypair_path: usb://ledger?key=0/0",
            "This command did not need it",
        ),
    ] {
        let home = configured(&format!("json_rpc_url: {node}\n{line}\n"));
        for words in [
            &["user", "list"][..],
            &["record", "list", "--creator", ADDRESS, "--any-owner"],
        ] {
            let ended = run(&home, words).await;
            assert_eq!(ended.code, 0, "{line}: {}", ended.stderr);
            assert!(
                ended.stderr.starts_with("warning: ") && ended.stderr.contains(word),
                "{line}: {}",
                ended.stderr
            );
        }
        let ended = run(&home, &["user", "list", "--output", "json"]).await;
        let warning: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
        assert!(
            warning["warning"]["message"]
                .as_str()
                .unwrap()
                .contains(word)
        );
    }
}

#[test]
fn a_broken_configuration_keeps_nobody_from_help() {
    let home = configured("- nonsense\n");
    home.assert_refused(&["record", "ids"], "config.yml", "-C");
    for words in [&["--help"][..], &["completions", "bash"]] {
        assert_eq!(home.run(words).code, 0);
    }
}

#[test]
fn a_wallet_from_standard_input() {
    let home = Home::empty();
    let wallet = Keypair::new();
    let mut command = home.command(env!("CARGO_BIN_EXE_generion"));
    // Once the wallet is read, the document is looked for.
    let mut child = command
        .args([
            "record",
            "create",
            "none.json",
            "--yes",
            "-k",
            "-",
            "-u",
            NOBODY,
        ])
        .args(["--owner", ADDRESS, "--store", NOBODY])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let json = serde_json::to_string(&wallet.to_bytes().to_vec()).unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(json.as_bytes())
        .unwrap();
    let stderr = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(stderr.contains("none.json"), "{stderr}");

    home.assert_refused(
        &["record", "ids", "-k", "-"],
        "can't read a keypair from standard input",
        "< id.json",
    );
    home.assert_refused(
        &["user", "set-key", "--yes", "-k", "-", "--payer", "-"],
        "standard input can't be both",
        "Pass a file for one of them",
    );
}

#[test]
fn seed_phrases_need_a_terminal() {
    Home::empty().assert_refused(
        &["record", "ids", "-k", "prompt://"],
        "can't ask for a seed phrase",
        "Pass a keypair file",
    );
}
