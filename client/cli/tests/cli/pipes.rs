//! What is no regular file: pipes that nobody writes to, and readers that go away.

use std::{
    fs::{self, OpenOptions},
    io::Read,
    path::Path,
    process::{Child, Stdio},
};

use rustix::{
    fs::{CWD, Mode, mkfifoat},
    process::{Pid, Signal, kill_process},
};

use crate::{
    nodes::node,
    support::{ADDRESS, Ended, Home, NOBODY},
};

fn fifo(path: &Path) {
    mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).unwrap();
}

fn start(home: &Home, words: &[&str]) -> Child {
    let mut command = home.command(env!("CARGO_BIN_EXE_generion"));
    command.args(words);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Whatever a command waits for, it hears the signals.
#[test]
fn a_pipe_that_nobody_writes_to_can_be_interrupted() {
    let receipt = format!("receipts/{ADDRESS}.json");
    let cases: [(&str, &[&str]); 9] = [
        (
            "document.json",
            &[
                "record",
                "create",
                "document.json",
                "--owner",
                ADDRESS,
                "--store",
                NOBODY,
                "--yes",
            ],
        ),
        ("wallet.json", &["record", "ids", "-k", "wallet.json"]),
        (
            "payer.json",
            &["user", "set-key", "--yes", "--payer", "payer.json"],
        ),
        ("config.yml", &["user", "list", "-C", "config.yml"]),
        (
            "agent.key",
            &[
                "deliver",
                "--all",
                "--key-file",
                "agent.key",
                "--passphrase-fd",
                "0",
                "-u",
                NOBODY,
            ],
        ),
        (
            "wallet.json",
            &["deliver", "--watch", "-k", "wallet.json", "-u", NOBODY],
        ),
        (
            "orders.json",
            &["deliver", "--all", "--orders", "orders.json", "-u", NOBODY],
        ),
        (
            "cards.txt",
            &[
                "record",
                "import",
                "documents",
                "--cards",
                "cards.txt",
                "--store",
                NOBODY,
                "--yes",
            ],
        ),
        (&receipt, &["record", "ids", "-k", &receipt]),
    ];
    for (pipe, words) in cases {
        for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
            let home = Home::new();
            for folder in ["documents", "receipts"] {
                fs::create_dir(home.path().join(folder)).unwrap();
            }
            let path = home.path().join(pipe);
            fifo(&path);
            let child = start(&home, words);
            // This waits until the command has opened it; nothing is ever written.
            let writer = OpenOptions::new().write(true).open(&path).unwrap();
            kill_process(Pid::from_child(&child), signal).unwrap();
            let ended = ended(child);
            drop(writer);
            ended.assert_refused("interrupted", "check the ledger");
        }
    }
}

/// Neither a link nor what is behind it, neither a pipe nor a device is replaced, with `--force` or without.
#[test]
fn what_is_no_regular_file_is_not_replaced() {
    let home = Home::new();
    home.file("kept", "kept");
    std::os::unix::fs::symlink("kept", home.path().join("link")).unwrap();
    fifo(&home.path().join("pipe"));
    for (to, found) in [
        ("link", "a link"),
        ("pipe", "a pipe"),
        ("/dev/null", "a device"),
    ] {
        for verb in ["check", "verify", "open"] {
            for force in [&[][..], &["--force"]] {
                let words = [&["record", verb, ADDRESS, "--to", to, "-u", NOBODY], force].concat();
                let ended = home.run(&words);
                ended.assert_refused(&format!("{to}: {found} is there already"), "pass --to -");
                assert!(!ended.stderr.contains("--force"), "{}", ended.stderr);
            }
        }
    }
    assert_eq!(fs::read(home.path().join("kept")).unwrap(), b"kept");
}

/// A reader that has enough of a list is no failure; of what was done it is one.
#[tokio::test]
async fn a_reader_that_goes_away() {
    let (_node, url) = node(crate::nodes::localnet()).await;
    let without_reader = move |home: &Home, words: &[&str]| {
        let mut child = start(home, words);
        drop(child.stdout.take());
        let mut stderr = String::new();
        let mut from = child.stderr.take().unwrap();
        from.read_to_string(&mut stderr).unwrap();
        (child.wait().unwrap().code().unwrap(), stderr)
    };
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        for words in [
            &["user", "list"][..],
            &["record", "list"],
            &["record", "ids"],
            &["share", "list"],
            &["order", "list"],
            &["purchase", "list"],
            &["completions", "bash"],
        ] {
            for format in ["display", "json"] {
                let words = [words, &["-u", &url, "--output", format]].concat();
                assert_eq!(
                    without_reader(&home, &words),
                    (0, String::new()),
                    "{words:?}"
                );
            }
        }
        let (code, stderr) = without_reader(&home, &["man", "--to", "pages"]);
        assert_eq!(code, 1);
        assert!(stderr.contains("its result can't be printed"), "{stderr}");
    })
    .await
    .unwrap();
}

/// What a folder that is full, or can't be written to, is called by.
#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    let home = Home::new();
    for words in [
        &["record", "open", ADDRESS, "--to", "-"][..],
        &["record", "verify", ADDRESS, "--yes"],
        &[
            "record",
            "create",
            "/dev/stdin",
            "--owner",
            ADDRESS,
            "--store",
            NOBODY,
            "--yes",
        ],
    ] {
        let mut command = home.command(env!("CARGO_BIN_EXE_generion"));
        command.args(words).env("TMPDIR", "/nowhere/tmp");
        Ended::of(&mut command).assert_refused("/nowhere/tmp: No such file", "Check that");
    }
}

#[test]
fn a_document_of_nothing_is_asked_about() {
    let home = Home::new();
    home.file("empty.json", "");
    for file in ["empty.json", "/dev/null", "/dev/stdin"] {
        let words = [
            "record", "create", file, "--owner", ADDRESS, "--store", NOBODY, "--yes",
        ];
        home.assert_refused(&words, &format!("{file} has 0 bytes"), "--allow-empty");
        // It is asked about where it can be, and goes on where it is meant.
        let words = [&words[..], &["--allow-empty", "-u", NOBODY]].concat();
        home.assert_refused(&words, "can't be reached", "(-u)");
    }
}
