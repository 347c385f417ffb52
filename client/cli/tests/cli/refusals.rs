use std::{fs, net::TcpListener};

use rustix::process::Signal;

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
            "is not that of a document in a store",
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
            "--fee-payer has no effect",
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
        "none: No such file",
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
fn an_open_that_is_ended_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        ended_open(signal);
    }
}

fn ended_open(signal: Signal) {
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
    // What it writes to has no name yet.
    assert_eq!(home.names(), before);

    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, signal).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(home.names(), before);
    if signal == Signal::KILL {
        return;
    }
    let ended = Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    ended.assert_refused(
        "interrupted",
        "check the ledger before you run the command again",
    );
}

#[test]
fn arguments_that_can_not_be_right() {
    let home = Home::new();
    home.assert_usage(&[], "Usage: generion");
    home.assert_usage(&["record", "steal"], "unrecognized subcommand 'steal'");
    home.assert_usage(&["record", "show", "n0body"], "expected an address");
    home.assert_usage(
        &["user", "list", "--cluster", "mainnet"],
        "expected mainnet-beta, devnet, testnet, localnet, or a genesis hash",
    );
    home.assert_usage(
        &["user", "list", "--store-map", "https://a.example"],
        "https://old.example=https://new.example",
    );
    home.assert_usage(
        &["user", "list", "--program-id", "x"],
        "expected an address",
    );
    home.assert_usage(
        &["store", "status", "ftp://store"],
        "expected the http or https URL of a document",
    );
    home.assert_usage(&["deliver"], "<PURCHASE|--all|--watch>");
    home.assert_usage(&["deliver", ADDRESS, "--all"], "cannot be used with");
    home.assert_usage(&["deliver", "--all", "--watch"], "cannot be used with");
    home.assert_usage(
        &["deliver", "--all", "--priority-price", "1SOL"],
        "expected a number of micro-lamports",
    );
    home.assert_usage(&["key", "export"], "--to <FILE>");
    home.assert_usage(
        &[
            "purchase",
            "close",
            ADDRESS,
            "--discard-keys",
            "--receipts",
            "r",
        ],
        "cannot be used with",
    );
    home.assert_usage(&["record", "open", ADDRESS], "--to <FILE_OR_DIR>");
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
        "or a date such as 2027-01-31",
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
    home.assert_usage(&order("1SOL", "soon"), "such as 1h or 2days 12h");
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

/// Names are shown as they are written, in every script, and drive no terminal.
#[test]
fn a_file_with_a_name_of_any_script() {
    let home = Home::empty();
    for (name, shown) in [
        ("Müller.json", "Müller.json"),
        // As macOS writes it.
        ("Mu\u{308}ller.json", "Mu\u{308}ller.json"),
        ("अनीता शर्मा.json", "अनीता शर्मा.json"),
        ("สมชาย ใจดี.json", "สมชาย ใจดี.json"),
        ("علی رضا\u{200c}زاده.json", "علی رضا\u{200c}زاده.json"),
        ("a\u{1b}[2Jb\u{9b}2J.json", "a\\u{1b}[2Jb\\u{9b}2J.json"),
        ("a\u{202e}nosj.exe", "a\\u{202e}nosj.exe"),
        ("a\nb", "a\\nb"),
    ] {
        home.assert_refused(
            &["record", "ids", "-k", name],
            &format!("can't read the keypair file {shown}: No such file"),
            "Pass a keypair file with -k",
        );
    }
}
