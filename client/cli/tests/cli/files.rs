//! Files that a command goes by, and that are not what they should be.

use std::fs;

use crate::support::{ADDRESS, Home, NOBODY};

/// What a command asks for that needs a consent.
const YES: &str = "--yes";

/// Each before anything is asked of a node.
#[test]
fn key_files_that_are_none() {
    let home = Home::new();
    let file = home.file("agent.key", "-----BEGIN AGE ENCRYPTED FILE-----\n");
    let with = |path: &str| {
        let words = [
            "deliver",
            "--all",
            "--key-file",
            path,
            "--passphrase-fd",
            "0",
        ];
        words.map(str::to_owned)
    };
    for (path, message, advice) in [
        (
            "nothing.key",
            "nothing.key: No such file",
            "Check that the file exists",
        ),
        (
            file.to_str().unwrap(),
            "it is not a key file, or it is damaged",
            "generion key export",
        ),
    ] {
        let words = with(path);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        home.assert_refused(&words, message, advice);
    }
    let there = ["key", "export", YES, "--to", file.to_str().unwrap()];
    home.assert_refused(&there, "already exists", "key file is never replaced");
    home.assert_refused(
        &[
            "deliver",
            "--all",
            "--key-file",
            file.to_str().unwrap(),
            "--passphrase-fd",
            "77",
        ],
        "can't read the passphrase from file descriptor 77",
        "Open it for the command",
    );
}

/// Each before anything is asked of a node.
#[test]
fn offers_that_are_none() {
    let home = Home::new();
    home.file("orders.json", "{}");
    for purchases in [ADDRESS, "--all", "--watch"] {
        for (orders, happened, advice) in [
            (
                "none.json",
                "none.json: the file does not exist",
                "Check that the file exists",
            ),
            (
                "orders.json",
                "it is no file of offers",
                "Check the file (--orders)",
            ),
        ] {
            let words = ["deliver", purchases, "--orders", orders, "-u", NOBODY];
            let ended = home.run(&words);
            ended.assert_refused(happened, advice);
        }
    }
    // A settlement that was begun goes before the offers: where it can't be told what it is, nothing else is done.
    let settlements = home.path().join(".local/share/generion/settlements");
    fs::create_dir_all(&settlements).unwrap();
    fs::write(settlements.join("1.settling.json"), "{}").unwrap();
    for purchases in [ADDRESS, "--all"] {
        let words = ["deliver", purchases, "--orders", "none.json", "-u", NOBODY];
        home.assert_refused(&words, "it is no marker of a settlement", "--data-dir");
    }
}

#[test]
fn cards_that_are_none() {
    let home = Home::new();
    let document = home.file("report.json", "{}");
    home.assert_usage(
        &[
            "share",
            "create",
            ADDRESS,
            "--with",
            "generion-card-v1:damaged",
        ],
        "this is no valid user card",
    );
    std::fs::create_dir_all(home.path().join("documents").join(ADDRESS)).unwrap();
    home.file(&format!("documents/{ADDRESS}/report.json"), "{}");
    home.file("cards.txt", "\ngenerion-card-v1:damaged\n");
    let import = ["record", "import", "documents", "--store", NOBODY, YES];
    home.assert_refused(
        &[&import[..], &["--cards", "cards.txt"]].concat(),
        "cards.txt, line 2: this is no valid user card",
        "Ask the wallet's owner",
    );
    assert!(document.exists());
}
