//! What is secret in what was typed, or in a file, is never printed back.

use solana_keypair::Keypair;

use crate::support::{Home, NOBODY};

#[test]
fn a_secret_is_never_shown() {
    let home = Home::empty();
    home.file("key.json", &format!("[{}]", ["213"; 64].join(",")));
    let ended = home.run(&["record", "ids", "-k", "key.json"]);
    ended.assert_refused("can't read the keypair file key.json", "64 numbers");
    assert!(!ended.stderr.contains("213"), "{}", ended.stderr);
}

/// Neither by a keypair that is pasted in the place of its file, nor by what is wrong with another option.
#[test]
fn what_was_typed_is_not_printed_back_where_it_is_secret() {
    let home = Home::empty();
    let keypair = Keypair::new();
    let numbers = serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap();
    let secrets = [
        keypair.to_base58_string(),
        numbers,
        "abandon ".repeat(11) + "about",
    ];
    for secret in &secrets {
        for option in ["-k", "--fee-payer"] {
            let ended = home.run(&["user", "set-key", "--yes", option, secret]);
            assert!(!ended.stderr.contains(secret), "{}", ended.stderr);
        }
        let ended = home.run(&["record", "ids", "-k", secret]);
        ended.assert_refused("looks like a key itself", "your shell's history");
        for words in [
            &["user", "show", secret][..],
            &["record", "ids", "--owner", secret],
            &["record", secret],
            &["deliver", "--all", "--priority-price", secret],
        ] {
            let ended = home.run(words);
            assert_eq!(ended.code, 2);
            assert!(
                !ended.stderr.contains(secret),
                "{words:?}: {}",
                ended.stderr
            );
        }
    }
    let url = "https://user:password@host.example/key?token=token";
    for words in [
        &["user", "list", "-u", url, "--output", "nothing"][..],
        &["record", "import", ".", "--store", url],
        &["user", "list", "-u", "ftp://host.example/key"],
        &[
            "user",
            "list",
            "-u",
            NOBODY,
            "--witness",
            "ftp://host.example/key",
        ],
        &["deliver", "--watch", "--ws", url],
        &["user", "list", "--store-map", &format!("{url}={url}")],
    ] {
        let ended = home.run(words);
        assert_ne!(ended.code, 0, "{words:?}");
        for secret in ["password", "key", "token"] {
            assert!(
                !ended.stderr.contains(secret),
                "{words:?}: {}",
                ended.stderr
            );
        }
    }
}
