//! The program, spoken to over its socket.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use generion_interface::{Instructions, transaction::ReadTransaction};
use generion_signer_protocol::{MAX_LINE_BYTES, Rule};
use serde_json::{Value, json};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;

use crate::sponsor::unsigned;

const PROGRAM: &str = env!("CARGO_BIN_EXE_generion-signer");

/// A folder with a configuration, and a signer that runs on it.
struct World {
    folder: TempDir,
    running: Option<Child>,
}

impl World {
    fn new(keys: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), keys)
    }

    fn in_folder(folder: TempDir, keys: &str) -> Self {
        let path = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "socket = {:?}\nsocket_mode = \"0600\"\nstate = {:?}\n{keys}",
            path("signer.sock"),
            path("state"),
        );
        fs::write(folder.path().join("signer.toml"), config).unwrap();
        Self {
            folder,
            running: None,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .arg(name)
            .arg("--config")
            .arg(self.path("signer.toml"));
        command
    }

    fn start(&mut self) {
        self.start_with(&[]);
    }

    fn start_with(&mut self, arguments: &[&str]) {
        let mut child = self
            .command("serve")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(self.path("log")).unwrap())
            .env("RUST_LOG", "info")
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line}");
        self.running = Some(child);
    }

    fn connect(&self) -> Connection {
        Connection(BufReader::new(
            UnixStream::connect(self.path("signer.sock")).unwrap(),
        ))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Connection(BufReader<UnixStream>);

impl Connection {
    fn send(&mut self, line: &[u8]) {
        self.0.get_mut().write_all(line).unwrap();
    }

    /// `None`: the signer has closed the connection.
    fn answer(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap())
    }

    fn ask(&mut self, request: Value) -> Value {
        self.send(format!("{request}\n").as_bytes());
        self.answer().unwrap()
    }
}

/// A signer with both keys shows the public ones, signs webhooks, and names the rule by which it refuses.
#[test]
fn a_signer_with_keys_answers() {
    let mut world = World::new("fee_payer = \"FEE_PAYER\"\nwebhook_key = \"WEBHOOK\"\n");
    let config = world.path("signer.toml");
    let text = fs::read_to_string(&config).unwrap();
    let text = text
        .replace(
            "FEE_PAYER",
            &world.path("fee-payer.json").display().to_string(),
        )
        .replace("WEBHOOK", &world.path("webhook-key").display().to_string());
    fs::write(&config, text).unwrap();
    let wallet = Keypair::new();
    let bytes = serde_json::to_string(&wallet.to_bytes().to_vec()).unwrap();
    fs::write(world.path("fee-payer.json"), bytes).unwrap();
    // Others can read it.
    fs::set_permissions(world.path("fee-payer.json"), Permissions::from_mode(0o644)).unwrap();
    let made = Command::new(PROGRAM)
        .arg("new-webhook-key")
        .arg(world.path("webhook-key"))
        .output()
        .unwrap();
    let webhook_key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let refused = world.command("serve").output().unwrap();
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && reason.contains("chmod 600"),
        "{reason}"
    );
    fs::set_permissions(world.path("fee-payer.json"), Permissions::from_mode(0o600)).unwrap();
    world.start();

    let mode = fs::metadata(world.path("signer.sock"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut connection = world.connect();
    let expected = json!({
        "answer": "keys",
        "fee_payer": wallet.pubkey().to_string(),
        "webhook_key": webhook_key,
    });
    assert_eq!(connection.ask(json!({ "request": "keys" })), expected);
    let printed = world.command("keys").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed["webhook_key"], expected["webhook_key"]);

    let request =
        json!({ "request": "sign_webhook", "id": "msg_1", "unix_time": 7, "body": "e30=" });
    let answer = connection.ask(request);
    let signature = answer["signature"]
        .as_str()
        .unwrap()
        .strip_prefix("v1a,")
        .unwrap();
    let signature = Signature::from_slice(&BASE64_STANDARD.decode(signature).unwrap()).unwrap();
    let key = BASE64_STANDARD
        .decode(webhook_key.strip_prefix("whpk_").unwrap())
        .unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    assert!(key.verify_strict(b"msg_1.7.{}", &signature).is_ok());
    for id in ["", "msg.1"] {
        let request = json!({ "request": "sign_webhook", "id": id, "unix_time": 7, "body": "" });
        assert_eq!(connection.ask(request)["rule"], Rule::WebhookId.name());
    }
    let request = json!({ "request": "sponsor", "transaction": "AAAA" });
    assert_eq!(connection.ask(request)["rule"], Rule::Transaction.name());

    // No second one on the same socket or budget.
    let second = world.command("serve").output().unwrap();
    assert!(!second.status.success());
}

/// The log tells what was signed from what would be signed: who reads it knows what the wallet has paid for.
#[test]
fn the_log_tells_what_was_signed_from_what_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fee-payer.json");
    let (wallet, user) = (Keypair::new(), Keypair::new());
    let bytes = serde_json::to_string(&wallet.to_bytes().to_vec()).unwrap();
    fs::write(&file, bytes).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let policy = format!(
        "fee_payer = {:?}\n[sponsor]\nlamports_a_day = 100000\nlamports_a_day_per_wallet = 100000\n\
         [[sponsor.allow]]\ninstruction = \"verify_record\"\nwallets = \"all\"\n",
        file.display().to_string()
    );
    let mut world = World::in_folder(folder, &policy);
    world.start();
    let verify =
        Instructions::default().verify_record(user.pubkey(), Address::new_from_array([9; 32]));
    let mut transaction = unsigned(&[verify], &wallet.pubkey());
    let log = |text: &str| {
        let log = fs::read_to_string(world.path("log")).unwrap();
        log.matches(&format!("\"message\":\"{text}\"")).count()
    };
    let counts = || ["would sign a transaction", "signed a transaction"].map(log);
    let ask = |what: &str, transaction: &ReadTransaction| {
        let transaction = BASE64_STANDARD.encode(transaction.to_bytes());
        let request = json!({ "request": what, "transaction": transaction });
        world.connect().ask(request)["answer"].clone()
    };
    assert_eq!(ask("preview", &transaction), "allowed");
    assert_eq!(counts(), [1, 0]);
    assert_eq!(ask("sponsor", &transaction), "refused");
    assert_eq!(counts(), [1, 0]);
    let signature = user.sign_message(transaction.message_bytes());
    transaction.put_signature(&user.pubkey(), signature);
    assert_eq!(ask("sponsor", &transaction), "sponsored");
    assert_eq!(counts(), [1, 1]);
}

/// A signer without keys signs nothing, and says so.
#[test]
fn a_signer_without_keys_refuses() {
    let mut world = World::new("");
    world.start();
    let mut connection = world.connect();
    for (request, rule) in [
        (
            json!({ "request": "sponsor", "transaction": "AAAA" }),
            Rule::SponsoringOff,
        ),
        (
            json!({ "request": "preview", "transaction": "AAAA" }),
            Rule::SponsoringOff,
        ),
        (
            json!({ "request": "sign_webhook", "id": "a", "unix_time": 1, "body": "" }),
            Rule::WebhooksOff,
        ),
    ] {
        let answer = connection.ask(request);
        assert_eq!(
            (&answer["answer"], &answer["rule"]),
            (&json!("refused"), &json!(rule.name()))
        );
    }
}

/// Whoever does not speak the protocol is told so and disconnected, and the next one is served.
#[test]
fn lines_that_are_no_requests_end_a_connection() {
    let mut world = World::new("");
    world.start();
    let endless = vec![b'x'; MAX_LINE_BYTES + 1];
    for line in [&b"{\"request\":\"seed\"}\n"[..], b"\n", &endless] {
        let mut connection = world.connect();
        connection.send(line);
        assert_eq!(connection.answer().unwrap()["answer"], "malformed");
        // It may reset the connection with bytes that it has not read.
        let mut rest = String::new();
        let read = connection.0.read_line(&mut rest);
        assert!(matches!(read, Ok(0) | Err(_)), "{rest}");
    }
    assert_eq!(
        world.connect().ask(json!({ "request": "keys" }))["answer"],
        "keys"
    );
    // A killed signer leaves its socket behind, which the next one replaces.
    let child = world.running.as_mut().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(world.path("signer.sock").exists());
    world.start();
    assert_eq!(
        world.connect().ask(json!({ "request": "keys" }))["answer"],
        "keys"
    );
}

/// A process of a user that the configuration does not name gets no answer, whatever the socket's mode.
#[test]
fn other_users_are_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can become another user.
        return;
    }
    let mut world = World::in_folder(tempfile::tempdir_in("/tmp").unwrap(), "");
    world.start();
    fs::set_permissions(world.folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(world.path("signer.sock"), Permissions::from_mode(0o666)).unwrap();
    // curl's request is none of the signer's, so whoever may ask is told that.
    let asked = |user: Option<u32>| {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--http0.9", "--max-time", "30", "--unix-socket"])
            .arg(world.path("signer.sock"))
            .arg("http://signer/");
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(asked(None).contains("malformed"));
    assert_eq!(asked(Some(65_534)), "");
}

/// A signal ends a signer, also one that waits for the end of standard input.
#[test]
fn a_signal_ends_a_signer_that_watches_standard_input() {
    let mut world = World::new("");
    world.start_with(&["--exit-with-stdin"]);
    // Once it answers, it also reads its standard input.
    world.connect().ask(json!({ "request": "keys" }));
    let child = world.running.as_mut().unwrap();
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    // Its standard input stays open meanwhile.
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > deadline => panic!("the signal did not end it"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(status.success(), "{status}");
}
