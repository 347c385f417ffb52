use std::{fs, net::TcpListener};

use solana_keypair::Keypair;

use crate::support::{ADDRESS, Ended, Home, NOBODY};

/// What every command asks for that needs a consent, so that it comes to the point in question.
const YES: &str = "--yes";

#[test]
fn a_missing_keypair_file() {
    let home = Home::empty();
    let advice = "Pass a keypair file with -k, or make one with `solana-keygen new`.";
    let default = home.path().join(".config/solana/id.json");
    let happened = format!(
        "can't read the keypair file {}: No such file",
        default.display()
    );
    home.assert_refused(&["record", "ids"], &happened, advice);
    home.assert_refused(&["user", "set-key", YES], &happened, advice);
    home.assert_refused(
        &["record", "ids", "-k", "none.json"],
        "keypair file none.json: No such file",
        advice,
    );
}

#[test]
fn a_missing_fee_payer() {
    let arguments = ["user", "set-key", YES, "--fee-payer", "none.json"];
    Home::new().assert_refused(
        &arguments,
        "keypair file none.json: No such file",
        "solana-keygen new",
    );
}

#[test]
fn a_file_that_is_no_keypair() {
    let home = Home::empty();
    let advice = "a JSON array of 64 numbers, as `solana-keygen new` writes it.";
    for (content, happened) in [
        ("", "Input must be a JSON array"),
        ("[1,2,3]", "Expected 64 elements, found 3"),
        ("-----BEGIN PRIVATE KEY-----", "Input must be a JSON array"),
    ] {
        home.file("key.json", content);
        home.assert_refused(
            &["record", "ids", "-k", "key.json"],
            &format!("key.json: {happened}"),
            advice,
        );
    }
}

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
        ended.assert_refused("by what looks like a key itself", "your shell's history");
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

#[test]
fn nodes_that_are_not_to_be_asked() {
    let home = Home::new();
    for url in ["mainnet", "ws://127.0.0.1:1", "127.0.0.1:8899"] {
        home.assert_refused(
            &["user", "list", "-u", url],
            "-u is not the http or https URL of a node",
            "or localhost, devnet, testnet or mainnet-beta",
        );
    }
    let plain = "http://node.example/key";
    for words in [
        &["user", "list", "-u", plain][..],
        &["user", "list", "-u", NOBODY, "--witness", plain],
    ] {
        home.assert_refused(
            words,
            "http://node.example is plain HTTP to another machine",
            "--allow-plain-http",
        );
    }
    for (ws, happened) in [
        ("http://127.0.0.1:1", "expected the ws or wss URL of a node"),
        ("ws://node.example/key", "is not encrypted"),
    ] {
        let words = ["deliver", "--watch", "-u", NOBODY, "--ws", ws];
        home.assert_refused(&words, happened, "--ws");
    }
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
                "none.json: it is not there",
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

#[test]
fn a_node_that_does_not_answer() {
    let advice = "Check the node's address (-u) and that it runs";
    let home = Home::new();
    for command in [
        &["user", "list"][..],
        &["order", "show", ADDRESS],
        &["purchase", "refund", ADDRESS, YES],
    ] {
        let arguments = [command, &["-u", NOBODY]].concat();
        home.assert_refused(
            &arguments,
            &format!("the node at {NOBODY} can't be reached"),
            advice,
        );
    }
}

#[test]
fn failures_are_json_for_programs() {
    let ended = Home::new().run(&["user", "list", "-u", NOBODY, "--output", "json"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    let failure: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    let error = failure["error"].as_object().unwrap();
    assert_eq!(
        error.keys().collect::<Vec<_>>(),
        ["advice", "message", "rule"]
    );
    assert!(error["message"].as_str().unwrap().contains(NOBODY));
    assert!(error["advice"].as_str().unwrap().contains("(-u)"));
    assert!(error["rule"].is_null());
}

#[test]
fn a_store_that_does_not_answer() {
    let url = format!("{NOBODY}/v1/documents/{}", "0".repeat(64));
    let advice = "Check the address and the network, and that the store runs";
    let home = Home::new();
    home.assert_refused(
        &["store", "status", &url],
        &format!("can't reach {NOBODY}: "),
        advice,
    );
    home.assert_refused(
        &["store", "erase", &url, YES],
        &format!("can't reach {NOBODY}: "),
        advice,
    );
}

#[test]
fn a_document_that_is_not_there() {
    let arguments = [
        "record",
        "create",
        "none.json",
        "--owner",
        ADDRESS,
        "--store",
        NOBODY,
        YES,
    ];
    Home::new().assert_refused(
        &arguments,
        "none.json: No such file",
        "Check that the file exists",
    );
}

#[test]
fn an_address_that_is_no_document() {
    let home = Home::new();
    for command in [&["store", "status"][..], &["store", "erase", YES]] {
        let arguments = [command, &["http://127.0.0.1:1/v1/documents/1"]].concat();
        home.assert_refused(
            &arguments,
            "is not one of a document in a store",
            "64 lower-case hex digits",
        );
    }
}

#[test]
fn nobody_to_ask() {
    let home = Home::new();
    let document = home.file("report.json", "{}");
    let record = [
        "record",
        "create",
        document.to_str().unwrap(),
        "--owner",
        ADDRESS,
        "--store",
        NOBODY,
    ];
    let order = [
        "order", "create", "--record", ADDRESS, "--price", "1SOL", "--window", "1h", "--label",
        "one",
    ];
    let erase = format!("http://127.0.0.1:1/v1/documents/{}", "0".repeat(64));
    let commands = [
        &["user", "set-key"][..],
        &["key", "rotate"],
        &["key", "export", "--to", "agent.key"],
        &[
            "record", "import", ".", "--owner", ADDRESS, "--store", NOBODY,
        ],
        &record,
        &["record", "delete", ADDRESS],
        &["record", "erase", ADDRESS],
        &["share", "create", ADDRESS, "--with", ADDRESS],
        &order,
        &["purchase", "buy", ADDRESS, "--receipts", "receipts"],
        &["purchase", "refund", ADDRESS],
        &["purchase", "close", ADDRESS, "--discard-keys"],
        &["store", "erase", &erase],
        &["node", "trust"],
    ];
    for command in commands {
        home.assert_refused(command, "there is no terminal to ask on", "Pass --yes");
    }
}

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
            "it is no key file, or it is damaged",
            "generion key export",
        ),
    ] {
        let words = with(path);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        home.assert_refused(&words, message, advice);
    }
    let there = ["key", "export", YES, "--to", file.to_str().unwrap()];
    home.assert_refused(
        &there,
        "it is there already",
        "a key file is never replaced",
    );
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

#[test]
fn folders_that_can_not_be_imported() {
    let home = Home::new();
    let import = |folder: &'static str| ["record", "import", folder, "--store", NOBODY, YES];
    home.assert_refused(
        &import("nowhere"),
        "nowhere: No such file",
        "Check that the file exists",
    );
    std::fs::create_dir(home.path().join("documents")).unwrap();
    home.file("documents/report.json", "{}");
    home.assert_refused(
        &import("documents"),
        "documents/report.json is not named after a wallet",
        "--owner",
    );
}

#[test]
fn a_fee_payer_where_there_can_be_none() {
    let home = Home::new();
    for command in [
        &["purchase", "buy", ADDRESS, "--receipts", "receipts"][..],
        &["purchase", "refund", ADDRESS],
        &["purchase", "close", ADDRESS, "--discard-keys"],
    ] {
        let arguments = [command, &[YES, "--fee-payer", ".config/solana/id.json"]].concat();
        home.assert_refused(
            &arguments,
            "--fee-payer has no part in it",
            "Leave out --fee-payer",
        );
    }
}

#[test]
fn a_file_that_is_there_is_kept() {
    let home = Home::new();
    let out = home.file("out", "mine");
    let before = home.names();
    for command in [
        ["record", "check"],
        ["record", "verify"],
        ["record", "open"],
        ["share", "open"],
    ] {
        let arguments = [&command[..], &[ADDRESS, "--to", "out"]].concat();
        home.assert_refused(
            &arguments,
            "out: it is there already",
            "pass --force to replace it",
        );
    }
    assert_eq!(fs::read(out).unwrap(), b"mine");
    assert_eq!(home.names(), before);
}

#[test]
fn a_folder_that_is_not_there() {
    let arguments = ["record", "open", ADDRESS, "--to", "none/out"];
    Home::new().assert_refused(
        &arguments,
        "none/out: No such file",
        "Check that the file exists",
    );
}

#[test]
fn a_failed_open_leaves_nothing() {
    let home = Home::new();
    let before = home.names();
    for to in ["out", "-"] {
        let arguments = ["record", "open", ADDRESS, "--to", to, "-u", NOBODY];
        home.assert_refused(&arguments, "can't be reached", "(-u)");
    }
    assert_eq!(home.names(), before);
}

#[test]
fn an_interrupted_open_leaves_nothing() {
    let home = Home::new();
    let before = home.names();
    // A node that takes connections and answers none.
    let node = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", node.local_addr().unwrap());
    let mut command = home.command(env!("CARGO_BIN_EXE_generion"));
    command.args(["record", "open", ADDRESS, "--to", "out", "-u", &url]);
    let child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let _connection = node.accept().unwrap();
    assert!(
        home.names()
            .iter()
            .any(|name| name.starts_with(".generion-")),
        "it has begun"
    );

    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let ended = Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    ended.assert_refused(
        "interrupted",
        "look at the ledger before you repeat the command",
    );
    assert_eq!(home.names(), before);
}

#[test]
fn arguments_that_can_not_be_right() {
    let home = Home::new();
    home.assert_usage(&[], "Usage: generion");
    home.assert_usage(&["record", "steal"], "unrecognized subcommand 'steal'");
    home.assert_usage(
        &["record", "show", "nobody"],
        "not an address, which is 32 bytes in base58",
    );
    home.assert_usage(
        &["user", "list", "--cluster", "mainnet"],
        "expected mainnet-beta, devnet, testnet, localnet, or a genesis hash",
    );
    home.assert_usage(
        &["user", "list", "--store-map", "https://a.example"],
        "https://old.example=https://new.example",
    );
    home.assert_usage(&["user", "list", "--program-id", "x"], "not an address");
    home.assert_usage(
        &["store", "status", "ftp://store"],
        "expected the http or https URL of a document",
    );
    home.assert_usage(&["deliver"], "<PURCHASE|--all|--watch>");
    home.assert_usage(&["deliver", ADDRESS, "--all"], "cannot be used with");
    home.assert_usage(&["deliver", "--all", "--watch"], "cannot be used with");
    home.assert_usage(
        &["deliver", "--all", "--priority-price", "1SOL"],
        "expected millionths of a lamport",
    );
    home.assert_usage(&["key", "export"], "--to <FILE>");
    home.assert_usage(&["purchase", "close", ADDRESS], "--receipts <DIR>");
    home.assert_usage(&["record", "open", ADDRESS], "--to <FILE>");
    home.assert_usage(
        &[
            "share",
            "create",
            ADDRESS,
            "--with",
            ADDRESS,
            "--expires",
            "soon",
        ],
        "2027-01-31T00:00:00Z",
    );
    let order = |price, window| {
        [
            "order", "create", "--record", ADDRESS, "--price", price, "--window", window,
            "--label", "one",
        ]
    };
    home.assert_usage(
        &order("0.25", "1h"),
        "give the unit, as in 0.25SOL or 250000000lamports",
    );
    home.assert_usage(&order("-1SOL", "1h"), "--price");
    home.assert_usage(
        &order("0.0000000001SOL", "1h"),
        "expected an amount of up to 9 decimals",
    );
    home.assert_usage(&order("1SOL", "soon"), "as in 1h or 2days 12h");
    home.assert_usage(
        &[
            "purchase",
            "buy",
            ADDRESS,
            "--receipts",
            "r",
            "--max-price",
            "1",
        ],
        "give the unit",
    );
}
