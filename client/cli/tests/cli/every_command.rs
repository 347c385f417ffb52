//! What is secret in a setting, an address or a pasted key is in nothing that any command prints.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::Stdio,
    thread,
};

use rustix::process::{Pid, Signal, kill_process};

use solana_keypair::Keypair;

use crate::support::{ADDRESS, Ended, Home};

/// In every part of an address that may hold one.
const SECRETS: [&str; 4] = ["SECRETUSER", "SECRETWORD", "SECRETPATH", "SECRETQUERY"];

/// Every verb of every noun, with what it asks for. DOCUMENT is the address of a document in a store.
const COMMANDS: &[&[&str]] = &[
    &["user", "set-key", "--yes"],
    &["user", "show", ADDRESS],
    &["user", "card", ADDRESS],
    &["user", "list"],
    &["user", "trust", ADDRESS],
    &["user", "distrust", ADDRESS],
    &["user", "trusted"],
    &[
        "record",
        "create",
        "document.json",
        "--owner",
        ADDRESS,
        "--yes",
    ],
    &["record", "import", "documents", "--owner", ADDRESS, "--yes"],
    &["record", "list"],
    &["record", "addresses"],
    &["record", "show", ADDRESS],
    &["record", "check", ADDRESS, "--to", "out"],
    &["record", "verify", ADDRESS, "--yes"],
    &["record", "open", ADDRESS, "--to", "-"],
    &["record", "compare", ADDRESS, ADDRESS],
    &["record", "delete", ADDRESS, "--yes"],
    &["record", "erase", ADDRESS, "--yes"],
    &["share", "create", ADDRESS, "--with", ADDRESS, "--yes"],
    &["share", "list"],
    &["share", "open", ADDRESS, "--to", "-"],
    &["share", "revoke", ADDRESS],
    &["share", "link", ADDRESS, "--yes"],
    &["share", "links"],
    &["share", "show-link", "0123abcd"],
    &[
        "share",
        "open-link",
        "document.json",
        "--recipient",
        "me",
        "--to",
        "-",
    ],
    &["share", "revoke-link", "0123abcd"],
    &[
        "order", "create", "--record", ADDRESS, "--price", "1SOL", "--window", "1h", "--label",
        "x", "--yes",
    ],
    &["order", "list"],
    &["order", "ids"],
    &["order", "show", ADDRESS],
    &["order", "close", ADDRESS],
    &[
        "purchase",
        "buy",
        ADDRESS,
        "--receipts",
        "receipts",
        "--yes",
    ],
    &["purchase", "list"],
    &["purchase", "show", ADDRESS],
    &[
        "purchase",
        "open",
        ADDRESS,
        "--receipts",
        "receipts",
        "--to",
        "bought",
    ],
    &["purchase", "refund", ADDRESS, "--yes"],
    &[
        "purchase",
        "close",
        ADDRESS,
        "--receipts",
        "receipts",
        "--yes",
    ],
    &["deliver", ADDRESS, "--any-order"],
    &["deliver", "--all", "--any-order"],
    &["study", "describe", "document.json", "--to", "study.txt"],
    &[
        "study",
        "create",
        "document.json",
        "--closes",
        "1day",
        "--yes",
    ],
    &["study", "fund", ADDRESS, "1SOL", "--yes"],
    &["study", "update", ADDRESS, "--end", "--yes"],
    &["study", "withdraw", "0"],
    &["study", "list"],
    &["study", "show", ADDRESS],
    &["study", "match", "document.json"],
    &["study", "join", "document.json", "--yes"],
    &["study", "apply", "document.json", "--yes"],
    &["study", "leave", ADDRESS],
    &["study", "applications", ADDRESS],
    &["study", "admit", ADDRESS, ADDRESS, "--yes"],
    &["study", "close", ADDRESS],
    &["history", ADDRESS],
    &["key", "show"],
    &["key", "export", "--to", "agent.key", "--yes"],
    &["key", "rotate", "--yes"],
    &["store", "status", "DOCUMENT"],
    &["store", "erase", "DOCUMENT", "--yes"],
    &["node", "check"],
    &["node", "trust", "--yes"],
    &["node", "distrust"],
    &["localnet", "clock", "1h"],
    &["completions", "bash"],
    &["man", "--to", "pages"],
];

/// A server that says all that it was asked, in the answer's status, head and body.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else {
                return;
            };
            thread::spawn(move || {
                let mut reader = BufReader::new(connection.try_clone().unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or_default() == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap_or_default();
                    }
                    head += &line;
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let said = serde_json::to_string(&format!("{head}{SECRETS:?}")).unwrap();
                let answer = format!(
                    r#"{{"jsonrpc":"2.0","id":0,"error":{{"code":-32000,"message":{said}}},"message":{said}}}"#
                );
                // Nodes are posted to. What a store did is told with the whole address, which is a document's name.
                let status = match head.starts_with("POST") {
                    true => "200 OK",
                    false => "500 Oops",
                };
                let _ = write!(
                    connection,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                    answer.len()
                );
            });
        }
    });
    port
}

struct Settings {
    home: Home,
    node: String,
    store: String,
}

impl Settings {
    /// Over a server at a port.
    fn new(port: u16) -> Self {
        let home = Home::new();
        home.file("document.json", "{}");
        std::fs::create_dir(home.path().join("documents")).unwrap();
        home.file("documents/one.json", "{}");
        Self {
            home,
            node: format!(
                "http://SECRETUSER:SECRETWORD@127.0.0.1:{port}/v1/SECRETPATH?api-key=SECRETQUERY"
            ),
            store: format!("http://127.0.0.1:{port}/SECRETPATH"),
        }
    }

    fn run(&self, words: &[&str], more: &[&str]) -> Ended {
        let document = format!("{}/v1/documents/{}", self.store, "0".repeat(64));
        let words = words.iter().map(|word| word.replace("DOCUMENT", &document));
        let mut command = self.home.command(env!("CARGO_BIN_EXE_generion"));
        command
            .args(words)
            .args(more)
            .env("GENERION_URL", &self.node)
            .env("GENERION_WITNESSES", &self.node)
            .env("GENERION_WS", self.node.replace("http", "ws"))
            .env("GENERION_STORE", &self.store);
        Ended::of(&mut command)
    }
}

#[track_caller]
fn assert_nothing_of(secrets: &[&str], ended: &Ended, words: &[&str]) {
    for secret in secrets {
        for said in [&ended.stdout, &ended.stderr] {
            assert!(!said.contains(secret), "{words:?}: {secret}: {said}");
        }
    }
}

fn help(words: &[&str]) -> String {
    Home::empty().run(&[words, &["--help"]].concat()).stdout
}

fn listed(help: &str) -> BTreeSet<String> {
    let commands = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    let lines = commands.lines().take_while(|line| line.starts_with("  "));
    let names = lines.filter(|line| !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// A new command has to be added to those that are tried.
#[test]
fn every_command_is_tried() {
    for noun in listed(&help(&[])) {
        let of_noun = |words: &&&[&str]| words[0] == noun;
        let tried: BTreeSet<_> = (COMMANDS.iter().filter(of_noun))
            .filter_map(|words| words.get(1).map(|verb| (*verb).to_owned()))
            .collect();
        assert!(!tried.is_empty(), "{noun}");
        for verb in listed(&help(&[&noun])) {
            assert!(tried.contains(&verb), "{noun} {verb}");
        }
    }
}

#[test]
fn nothing_secret_in_an_address_is_printed() {
    // One that takes no connection, and one that repeats all that it is told.
    for port in [1, echo()] {
        let settings = Settings::new(port);
        for words in COMMANDS {
            for format in ["display", "json"] {
                let ended = settings.run(words, &["--output", format]);
                assert_nothing_of(&SECRETS, &ended, words);
            }
        }
    }
}

/// What runs on, in its log.
#[test]
fn nothing_secret_is_logged_by_an_agent() {
    for port in [1, echo()] {
        let settings = Settings::new(port);
        for format in ["display", "json"] {
            let mut command = settings.home.command(env!("CARGO_BIN_EXE_generion"));
            let mut agent = command
                .args(["deliver", "--watch", "--any-order", "--output", format])
                .env("GENERION_URL", &settings.node)
                .env("GENERION_WITNESSES", &settings.node)
                .env("GENERION_WS", settings.node.replace("http", "ws"))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut log = BufReader::new(agent.stdout.take().unwrap());
            let mut said = String::new();
            // It tells first that there is no connection.
            let is_told = |said: &str| said.contains("no connection") || said.contains("\"lost\"");
            while !is_told(&said) && log.read_line(&mut said).unwrap() > 0 {}
            for _ in 0..2 {
                kill_process(Pid::from_child(&agent), Signal::TERM).unwrap();
            }
            log.read_to_string(&mut said).unwrap();
            let output = agent.wait_with_output().unwrap();
            let ended = Ended {
                code: output.status.code().unwrap(),
                stdout: said,
                stderr: String::from_utf8(output.stderr).unwrap(),
            };
            assert!(is_told(&ended.stdout), "{}", ended.stdout);
            assert_nothing_of(&SECRETS, &ended, &["deliver", "--watch"]);
        }
    }
}

#[test]
fn no_help_prints_a_setting() {
    let settings = Settings::new(1);
    let named = |name: &str| format!("SECRETVALUE-{name}");
    for words in COMMANDS {
        for flag in ["--help", "-h"] {
            let mut command = settings.home.command(env!("CARGO_BIN_EXE_generion"));
            command.args(words.iter().take(2)).arg(flag);
            for name in [
                "URL",
                "WITNESSES",
                "CLUSTER",
                "DATA",
                "KEYPAIR",
                "FEE_PAYER",
                "CONFIG",
                "PROGRAM_ID",
                "KEY_FILE",
                "WS",
                "STORE",
                "VIEWER",
                "ORDERS",
                "RECEIPTS",
            ] {
                command.env(format!("GENERION_{name}"), named(name));
            }
            let ended = Ended::of(&mut command);
            assert_nothing_of(&["SECRETVALUE"], &ended, words);
        }
    }
}

/// In the place of every option that takes a text.
#[test]
fn no_pasted_key_is_printed() {
    let settings = Settings::new(1);
    let keypair = Keypair::new();
    let secrets = [
        keypair.to_base58_string(),
        serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap(),
        "abandon ".repeat(11) + "about",
        keypair
            .to_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    ];
    let options = [
        "-u",
        "--witness",
        "--cluster",
        "--data-dir",
        "-k",
        "--fee-payer",
        "-C",
        "--program-id",
        "--key-file",
        "--passphrase-fd",
        "--ws",
        "--priority-price",
        "--store-map",
        "--output",
        "--commitment",
        "--max-document-bytes",
        "--owner",
        "--to",
        "--receipts",
        "--orders",
        "--store",
        "--erase-authority",
        "--media-type",
        "--kind",
        "--cards",
        "--journal",
        "--price",
        "--window",
        "--label",
        "--viewer",
        "--recipient",
        "--record",
    ];
    for secret in &secrets {
        let parts: Vec<&str> = match secret.split_whitespace().count() {
            1 => vec![secret],
            _ => vec![secret, "abandon abandon"],
        };
        for option in options {
            for words in [
                &["record", "list"][..],
                &[
                    "record",
                    "create",
                    "document.json",
                    "--owner",
                    ADDRESS,
                    "--yes",
                ],
                &["record", "import", "documents", "--owner", ADDRESS, "--yes"],
                &["record", "open", ADDRESS],
                &["purchase", "open", ADDRESS],
                &["deliver", "--all"],
                &["key", "export", "--yes"],
            ] {
                for more in [&[option, secret][..], &[&format!("{option}={secret}")]] {
                    let ended = settings.run(words, more);
                    assert_nothing_of(&parts, &ended, &[words, &[option]].concat());
                }
            }
        }
        // And in the place of a word.
        for noun in listed(&help(&[])) {
            let ended = settings.run(&[&noun, secret], &[]);
            assert_nothing_of(&parts, &ended, &[&noun]);
        }
    }
}
