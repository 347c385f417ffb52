//! On a real terminal: questions, their answers, and what is left when somebody changes their mind.

use std::{net::TcpListener, process::Command, thread, time::Duration};

use rexpect::session::{PtySession, spawn_command};

use crate::support::{Home, NOBODY};

/// The words of BIP 39's first test vector.
const PHRASE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// How long a program may take to answer; generous, since it says nothing about the program.
const PATIENCE_MS: u64 = 60_000;

/// A shell on the terminal, which tells of the terminal's echo and the program's exit code afterwards.
fn shell(home: &Home, line: &str) -> PtySession {
    let mut command = Command::new("bash");
    let script = format!(
        "stty echo; {} {line}; echo \"code $?, $(stty -a | grep -ow -e -echo -e echo)\"",
        env!("CARGO_BIN_EXE_generion")
    );
    command
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .current_dir(home.path())
        .args(["--norc", "-c", &script]);
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

#[test]
fn a_seed_phrase_is_asked_for_and_not_shown() {
    let home = Home::empty();
    let mut terminal = shell(
        &home,
        &format!("record ids -k prompt://?key=0/0 -u {NOBODY}"),
    );
    terminal.exp_string("Seed phrase of the wallet: ").unwrap();
    terminal.send_line(PHRASE).unwrap();
    terminal
        .exp_string("Its passphrase, empty if there is none: ")
        .unwrap();
    terminal.send_line("").unwrap();
    let rest = terminal.exp_string("code 1, echo").unwrap();
    // It went on to the node, which is not there.
    assert!(rest.contains(NOBODY), "{rest}");
    assert!(!rest.contains("abandon"), "a secret is shown: {rest}");
}

#[test]
fn a_phrase_that_is_none_is_refused() {
    let home = Home::empty();
    let mut terminal = shell(&home, "record ids -k prompt://");
    terminal.exp_string("Seed phrase of the wallet: ").unwrap();
    terminal.send_line("correct horse battery staple").unwrap();
    terminal.exp_string("Its passphrase").unwrap();
    terminal.send_line("").unwrap();
    let rest = terminal.exp_string("code 1, echo").unwrap();
    assert!(
        rest.contains("the seed phrase of the wallet is not valid"),
        "{rest}"
    );
    assert!(!rest.contains("horse"), "a secret is shown: {rest}");
}

#[test]
fn a_question_can_be_interrupted() {
    let home = Home::empty();
    let mut terminal = shell(&home, "record ids -k prompt://");
    terminal.exp_string("Seed phrase of the wallet: ").unwrap();
    terminal.send_control('c').unwrap();
    let rest = terminal.exp_string("code 1, echo").unwrap();
    assert!(rest.contains("error: interrupted"), "{rest}");
}

#[test]
fn what_is_done_for_good_is_asked_about() {
    let home = Home::new();
    for (answer, expected) in [
        ("n", "error: not confirmed"),
        ("", "error: not confirmed"),
        ("y", "error: "),
    ] {
        let document = format!("{NOBODY}/documents/{}", "ab".repeat(32));
        let mut terminal = shell(&home, &format!("store erase {document}"));
        terminal.exp_string("can't be undone").unwrap();
        terminal.exp_string("Continue? [y/N] ").unwrap();
        terminal.send_line(answer).unwrap();
        let rest = terminal.exp_string("code 1, echo").unwrap();
        assert!(rest.contains(expected), "{answer}: {rest}");
        assert_eq!(rest.contains("not confirmed"), answer != "y", "{rest}");
    }
}

/// A node that takes its time. Whoever sits at a terminal sees what is waited for, and nobody else does.
#[test]
fn a_wait_says_what_for() {
    let node = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", node.local_addr().unwrap());
    let home = Home::new();
    let line = format!("user list -u {url}");
    let mut terminal = shell(&home, &line);
    // It is asked, and does not answer before its user has seen the line.
    let (connection, _) = node.accept().unwrap();
    terminal.exp_string(&format!("asking {url}")).unwrap();
    drop((connection, node));
    let rest = terminal.exp_string("code 1, echo").unwrap();
    assert!(rest.contains("error: "), "{rest}");

    let node = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", node.local_addr().unwrap());
    let silent = thread::spawn(move || {
        let connection = node.accept().unwrap();
        thread::sleep(Duration::from_secs(1));
        drop((connection, node));
    });
    let ended = home.run(&["user", "list", "-u", &url]);
    silent.join().unwrap();
    assert!(!ended.stderr.contains("asking"), "{}", ended.stderr);
}
