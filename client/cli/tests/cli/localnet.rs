//! `generion localnet` with shell scripts in place of the programs that it starts.

mod web_app;

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::support::{Ended, Home};

const READY: &str = r#"echo '{"rpc_url":"http://127.0.0.1:1","ws_url":"ws://127.0.0.1:2","program_id":"P","ready_ms":1}'"#;
const GATEWAY_READY: &str = "echo listening on http://127.0.0.1:4";
/// The binary, away from the programs that a build puts beside it, with these scripts instead.
struct Stage {
    home: Home,
}

impl Stage {
    /// No file that will be run is ever open for writing in this process: a test that starts a program at that moment
    /// would hand it on, and the system runs no file that somebody can write to. Hence the link, and the shell's help.
    fn new(validator: Option<&str>, store: Option<&str>) -> Self {
        Self::with_gateway(validator, store, &serving(GATEWAY_READY))
    }

    /// As [`Self::new`], with this script as the gateway.
    fn with_gateway(validator: Option<&str>, store: Option<&str>, gateway: &str) -> Self {
        let stage = Self {
            home: Home::beside_binary(),
        };
        fs::hard_link(env!("CARGO_BIN_EXE_generion"), stage.path("generion")).unwrap();
        let scripts = [
            ("generion-localnet", validator),
            ("generion-store", store),
            ("generion-gateway", Some(gateway)),
        ];
        for (name, script) in scripts {
            if let Some(script) = script {
                stage.put(name, script);
            }
        }
        stage
    }

    /// Puts a script into the place of a program.
    fn put(&self, name: &str, script: &str) {
        let write = "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"";
        let written = Command::new("/bin/sh")
            .args(["-c", write, "sh"])
            .arg(self.path(name))
            .arg(script)
            .status();
        assert!(written.unwrap().success());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, flags: &[&str]) -> Command {
        let mut command = self.home.command(self.path("generion"));
        // The scripts need `sleep`; the folders hold neither of the programs.
        command
            .args(["localnet", "--dir", "state"])
            .args(flags)
            .env("PATH", "/usr/bin:/bin");
        command
    }

    #[track_caller]
    fn assert_refused(&self, happened: &str, advice: &str) {
        Ended::of(&mut self.command(&[])).assert_refused(happened, advice);
    }

    fn was_stopped(&self, name: &str) -> bool {
        Path::new(&format!("{}.stopped", self.path(name).display())).exists()
    }
}

/// A program that says this and serves until it is asked to end, which it notes. It can take the signal before it says
/// that it serves.
fn serving(first_line: &str) -> String {
    format!(
        "trap 'echo stopped > \"$0.stopped\"; exit 0' TERM\n{first_line}\nwhile :; do sleep 0.05; done"
    )
}

fn interrupt(child: &Child) {
    rustix::process::kill_process(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::INT,
    )
    .unwrap();
}

#[test]
fn a_program_that_is_not_there() {
    let advice = "Build it with `cargo build -p generion-localnet -p generion-store -p generion-gateway -p generion-web`";
    Stage::new(None, None).assert_refused(
        "the program generion-localnet is neither beside this one nor on the PATH",
        advice,
    );

    let no_store = Stage::new(Some(&serving(READY)), None);
    no_store.assert_refused("the program generion-store is neither", advice);
}

#[test]
fn a_program_that_dies_at_the_start() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some("exit 3"), Some(&store));
    stage.assert_refused(
        "generion-localnet exited: exit code 3",
        "localnet was stopped with it",
    );
}

#[test]
fn a_program_of_another_kind() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&serving("echo Welcome!")), Some(&store));
    stage.assert_refused(
        "generion-localnet is not Generion's: it printed \"Welcome!\"",
        "Put Generion's own generion-localnet beside",
    );
    assert!(stage.was_stopped("generion-localnet"));
}

#[test]
fn a_program_that_dies_later_takes_the_other_with_it() {
    let stage = Stage::new(
        Some(&serving(READY)),
        Some("echo listening on http://127.0.0.1:3\nexit 7"),
    );
    let ended = Ended::of(&mut stage.command(&[]));
    assert_eq!(ended.code, 1);
    assert!(
        ended.stdout.contains("http://127.0.0.1:3"),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stderr
            .starts_with("error: generion-store exited: exit code 7"),
        "{}",
        ended.stderr
    );
    assert!(stage.was_stopped("generion-localnet"));
}

/// The gateway starts last, with the validator's address, and takes the others with it.
#[test]
fn a_gateway_that_dies_takes_the_others_with_it() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let gateway = "echo \"$@\" > \"$0.flags\"\nexit 9";
    let stage = Stage::with_gateway(Some(&serving(READY)), Some(&store), gateway);
    stage.assert_refused(
        "generion-gateway exited: exit code 9",
        "localnet was stopped with it",
    );
    let flags = fs::read_to_string(stage.path("generion-gateway.flags")).unwrap();
    assert!(flags.ends_with("--node http://127.0.0.1:1\n"), "{flags}");
    assert!(stage.was_stopped("generion-localnet") && stage.was_stopped("generion-store"));
}

#[test]
fn ctrl_c_stops_all_of_them() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&serving(READY)), Some(&store));
    let json = stage.run_until_it_serves(&[]);
    for program in ["generion-localnet", "generion-store", "generion-gateway"] {
        assert!(stage.was_stopped(program), "{program}");
    }

    let up: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(up["rpc_url"], "http://127.0.0.1:1");
    assert_eq!(up["store_url"], "http://127.0.0.1:3");
    assert_eq!(up["gateway_url"], "http://127.0.0.1:4");
    assert_eq!(up["app_url"], serde_json::Value::Null);
    let genesis = generion_client::GenesisHash::LOCALNET.to_string();
    assert_eq!(up["genesis_hash"], genesis);
    let data = stage.path("state/clients").canonicalize();
    // It is made by whoever writes something down there.
    assert!(data.is_err(), "{data:?}");
    assert!(up["data_dir"].as_str().unwrap().ends_with("state/clients"));
    let roles: Vec<_> = up["wallets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wallet| wallet["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["patient", "clinic", "doctor", "buyer"]);
}

/// The block is pasted as it is into another shell, in another folder.
#[test]
fn what_is_printed_is_pasted_into_another_shell() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&serving(READY)), Some(&store));
    let mut child = stage.command(&[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut block = String::new();
    let mut line = String::new();
    while !line.contains("REPORT=") {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "{block}");
        if line.starts_with("  export ") {
            block.push_str(&line);
        }
    }
    let check = "\nset -eu\ncd /\ncommand -v generion\ntest -f \"$REPORT\"\ntest -f \"$BUYER_KEY\"\necho $GENERION_URL $GENERION_STORE $GENERION_GATEWAY $GENERION_DATA\n";
    let mut shell = Command::new("/bin/bash");
    let pasted = shell
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .args(["--norc", "-c", &(block + check)])
        .output()
        .unwrap();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let said = String::from_utf8_lossy(&pasted.stderr);
    let shown = String::from_utf8_lossy(&pasted.stdout);
    let expected = format!(
        "{}\nhttp://127.0.0.1:1 http://127.0.0.1:3 http://127.0.0.1:4 {}\n",
        stage.path("generion").display(),
        stage.path("state/clients").display()
    );
    assert_eq!((&*shown, &*said), (&*expected, ""));
}

#[test]
fn wallets_are_kept_and_private() {
    let stage = Stage::new(Some("exit 0"), None);
    Ended::of(&mut stage.command(&[]));
    let path = stage.path("state/patient.json");
    let first = fs::read(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    Ended::of(&mut stage.command(&[]));
    assert_eq!(fs::read(&path).unwrap(), first);
}

#[test]
fn a_damaged_wallet_is_not_replaced() {
    let stage = Stage::new(Some("exit 0"), None);
    fs::create_dir(stage.path("state")).unwrap();
    fs::write(stage.path("state/patient.json"), "[").unwrap();
    stage.assert_refused(
        "state/patient.json: Input must be",
        "pass another folder with --dir",
    );
    assert_eq!(fs::read(stage.path("state/patient.json")).unwrap(), b"[");
}

/// Says which flags it was given, in a file beside it.
fn noting(first_line: &str) -> String {
    serving(&format!("echo \"$@\" > \"$0.flags\"\n{first_line}"))
}

impl Stage {
    /// Runs until all serve, and ends it. What it printed.
    fn run_until_it_serves(&self, flags: &[&str]) -> String {
        let mut child = self
            .command(&[&["--output", "json"], flags].concat())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut json = String::new();
        while !json.ends_with("\n}\n") {
            assert_ne!(stdout.read_line(&mut json).unwrap(), 0, "{json}");
        }
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        stdout.read_to_string(&mut json).unwrap();
        json
    }

    /// Runs until all serve, and ends it. The flags that the validator was given.
    fn flags_of_validator(&self, flags: &[&str]) -> String {
        self.run_until_it_serves(flags);
        fs::read_to_string(self.path("generion-localnet.flags")).unwrap()
    }

    /// As [`Self::flags_of_validator`], with these words alone.
    fn run_once(&self, words: &[&str]) {
        let mut child = self
            .plain()
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Held to the end: it prints more than a line.
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }

    fn plain(&self) -> Command {
        let mut command = self.home.command(self.path("generion"));
        command.arg("localnet").env("PATH", "/usr/bin:/bin");
        command
    }
}

#[test]
fn a_ledger_is_kept_where_it_is_asked_for() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&noting(READY)), Some(&store));
    let flags = stage.flags_of_validator(&[]);
    assert!(!flags.contains("--persist"), "{flags}");

    stage.run_once(&["--persist", "kept", "--reset"]);
    let flags = fs::read_to_string(stage.path("generion-localnet.flags")).unwrap();
    let ledger = fs::canonicalize(stage.path("kept"))
        .unwrap()
        .join("ledger.sqlite");
    let expected = format!("--persist {} --reset", ledger.display());
    assert!(flags.contains(&expected), "{flags}");
}

#[test]
fn a_reset_takes_the_documents_and_leaves_the_wallets() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&noting(READY)), Some(&store));
    stage.flags_of_validator(&[]);
    let (wallet, document) = (
        stage.path("state/buyer.json"),
        stage.path("state/store/document"),
    );
    let secret = fs::read(&wallet).unwrap();
    fs::write(&document, "a report").unwrap();
    stage.flags_of_validator(&[]);
    assert_eq!(fs::read(&document).unwrap(), b"a report");
    let flags = stage.flags_of_validator(&["--reset"]);
    assert!(
        !flags.contains("--reset"),
        "a ledger in memory is empty anyway: {flags}"
    );
    assert!(!document.exists() && stage.path("state/store").is_dir());
    assert_eq!(fs::read(&wallet).unwrap(), secret);
}

#[test]
fn a_folder_is_one_localnets() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&serving(READY)), Some(&store));
    let mut first = stage.command(&[]).stdout(Stdio::piped()).spawn().unwrap();
    // Held to the end: it prints more than a line.
    let mut stdout = BufReader::new(first.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    fs::write(stage.path("state/store/document"), "a report").unwrap();
    Ended::of(&mut stage.command(&["--reset"]))
        .assert_refused("another localnet uses the folder", "Stop that one first");
    assert!(stage.path("state/store/document").exists());
    interrupt(&first);
    assert_eq!(first.wait().unwrap().code(), Some(0));
}

#[test]
fn the_clock_of_no_localnet_is_not_moved() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let stage = Stage::new(None, None);
    let ended = Ended::of(stage.plain().args(["clock", "2h", "--url", &url]));
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains(&url), "{}", ended.stderr);
    let ended = Ended::of(stage.plain().args(["clock", "soon"]));
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("or a date such as"),
        "{}",
        ended.stderr
    );
}

/// All ledgers of localnets have one genesis hash: of a new one, nothing that was remembered of another one is true.
#[test]
fn what_clients_remember_goes_with_the_ledger() {
    let store = serving("echo listening on http://127.0.0.1:3");
    let stage = Stage::new(Some(&serving(READY)), Some(&store));
    let remember = |folder: &str| {
        let clients = stage.path(folder).join("clients");
        fs::create_dir_all(&clients).unwrap();
        let path = clients.join("keys-seen.json");
        fs::write(&path, "{}").unwrap();
        path
    };
    let seen = remember("state");
    stage.run_once(&["--dir", "state"]);
    assert!(!seen.exists());

    let seen = remember("kept");
    stage.run_once(&["--persist", "kept"]);
    assert!(!seen.exists(), "it was no ledger's");
    fs::write(stage.path("kept/ledger.sqlite"), "").unwrap();
    let seen = remember("kept");
    stage.run_once(&["--persist", "kept"]);
    assert!(seen.exists());
    stage.run_once(&["--persist", "kept", "--reset"]);
    assert!(!seen.exists());
}
