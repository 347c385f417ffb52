//! The program itself.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use generion_synthetic_ledger::{Size, SyntheticLedger};

use crate::support::{gateway::refusal, node::StandInNode};

/// A node's key and a database's password.
const SECRET: &str = "q7ZkX2vB9mT4wL8s";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_generion-gateway"));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// All that a stream of a program's output has.
pub fn rest(stream: &mut impl Read) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// A running gateway.
pub struct Running {
    pub child: Child,
    pub url: String,
}

/// Starts a gateway whose node does not answer, with a log of everything.
pub fn start(folder: &tempfile::TempDir) -> Running {
    let config = folder.path().join("gateway.toml");
    let database = folder.path().join("index.sqlite");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ncluster = \"localnet\"\ndatabase = \"sqlite:{}\"\n\
         nodes = [\"http://127.0.0.1:1/{SECRET}\"]\nwebsocket = \"ws://127.0.0.1:1/{SECRET}\"\n\
         [log]\nfilter = \"trace\"\n",
        database.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut child = program()
        .args(["serve", "--exit-with-stdin", "--config"])
        .arg(config)
        .env_remove("RUST_LOG")
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap_or_else(|| panic!("{line}"));
    Running {
        url: url.to_owned(),
        child,
    }
}

/// A gateway whose node is away answers and says that it is not ready. Nothing of what is secret in its configuration is in
/// an answer or in the log, and it ends with its parent's pipe.
#[tokio::test]
async fn no_answer_and_no_log_has_a_secret_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let Running { mut child, url } = start(&folder);
    let mut log = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || rest(&mut log));
    let client = reqwest::Client::new();
    let mut answers = String::new();
    for path in [
        "/health",
        "/v1/records",
        "/v1/openapi.json",
        "/v1/users/x",
        "/v1/statistics/records-by-month",
        "/docs/",
    ] {
        let answer = client.get(format!("{url}{path}")).send().await.unwrap();
        answers.push_str(&format!("{:?}", answer.headers()));
        answers.push_str(&answer.text().await.unwrap());
    }
    let ready = client
        .get(format!("{url}/health/ready"))
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(ready).await, (503, "not_ready".into()));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let log = log.join().unwrap();
    assert!(
        log.contains("shutting down") && log.contains("answered"),
        "{log}"
    );
    assert!(!answers.contains(SECRET) && !log.contains(SECRET), "{log}");
    // Nor what identifies people.
    assert!(!log.contains("/v1/users/x"), "{log}");
}

/// What can't be started says why, and shows no secret either.
#[test]
fn a_gateway_that_cannot_start_says_why() {
    for (arguments, said) in [
        (vec!["serve"], "no node is named"),
        (
            vec!["serve", "--node", "ftp://x/q7ZkX2vB9mT4wL8s"],
            "number 1",
        ),
        (
            vec![
                "serve",
                "--database",
                "mysql://q7ZkX2vB9mT4wL8s@x",
                "--node",
                "http://127.0.0.1:1",
            ],
            "name the database",
        ),
        (
            vec!["serve", "--cluster", "x", "--node", "http://127.0.0.1:1"],
            "expected mainnet-beta",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("index.sqlite").display());
        let output = program()
            .args(&arguments)
            .env("GENERION_GATEWAY_DATABASE", database)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && error.contains(said),
            "{arguments:?}: {error}"
        );
        assert!(!error.contains(SECRET), "{error}");
    }
    let help = program().output().unwrap();
    assert!(String::from_utf8(help.stderr).unwrap().contains("serve"));
    let config = program().arg("--print-config").output().unwrap();
    assert!(
        String::from_utf8(config.stdout)
            .unwrap()
            .contains("nodes = []")
    );
}

/// Runs a command on a node that shows the local ledger; returns its exit code, output and errors.
async fn on_a_node(
    node: &StandInNode,
    arguments: &'static [&'static str],
    environment: &[(&'static str, &'static str)],
) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("index.sqlite").display());
    let mut command = program();
    command
        .args(arguments)
        .args(["--node", &node.url, "--database", &database])
        .envs(environment.iter().copied())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A gateway does not start with a node of another ledger than its configuration names, nor is anything indexed or compared
/// with one; what to do is said.
#[tokio::test]
async fn nodes_of_another_ledger_are_refused_at_the_start() {
    let node = StandInNode::start(10, []).await;
    for (arguments, code) in [
        (
            &[
                "serve",
                "--exit-with-stdin",
                "--cluster",
                "devnet",
                "--listen",
                "127.0.0.1:0",
            ][..],
            1,
        ),
        (&["index", "all", "--cluster", "devnet"], 1),
        (&["check", "--cluster", "devnet"], 2),
    ] {
        let (exit, output, error) = on_a_node(&node, arguments, &[]).await;
        assert_eq!(
            (exit, output.as_str()),
            (Some(code), ""),
            "{arguments:?}: {error}"
        );
        assert!(
            error.contains("name nodes of devnet, or set `cluster`") && error.contains(&node.url),
            "{error}"
        );
    }
    let (exit, output, error) =
        on_a_node(&node, &["index", "all", "--cluster", "localnet"], &[]).await;
    assert_eq!(exit, Some(0), "{output}{error}");
}

/// The exit code of `check` is 0 only where all nodes were asked and agree; where the index marks what they disagree on, it is 2,
/// as where one of them is left out, and the report says what to do.
#[tokio::test]
async fn a_check_that_is_not_certain_says_so() {
    let ledger = SyntheticLedger::new(Size::of_records(200), 29);
    let node = StandInNode::start(10, [ledger.user(0), ledger.user(1)]).await;
    let other = node.like().await;
    let denied = ledger.user(1).address;
    other.shown().denied.insert(denied.to_bytes());
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("index.sqlite").display());
    let run = async |arguments: &[&str]| {
        let mut command = program();
        command.args(arguments).args(["--cluster", "localnet"]);
        command.args([
            "--database",
            &database,
            "--node",
            &node.url,
            "--node",
            &other.url,
        ]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (exit, printed) = run(&["index", "all"]).await;
    assert_eq!(exit, Some(0), "{printed}");
    let check = &["check", "--patience", "0"];
    let (exit, printed) = run(check).await;
    assert_eq!(exit, Some(2), "{printed}");
    assert!(
        printed.contains("The nodes disagree on 1 account: look for the cause"),
        "{printed}"
    );

    other.shown().is_away = true;
    let (exit, printed) = run(check).await;
    assert_eq!(exit, Some(2), "{printed}");
    assert!(printed.contains("was left out"), "{printed}");

    other.shown().is_away = false;
    other.shown().denied.clear();
    let address = denied.to_string();
    let (exit, printed) = run(&["index", "account", &address]).await;
    assert_eq!(exit, Some(0), "{printed}");
    let (exit, printed) = run(check).await;
    assert_eq!(exit, Some(0), "{printed}");
}

/// A proxy for HTTP stands between this machine and others, and not before a node on this machine.
#[tokio::test]
async fn a_proxy_is_not_asked_for_a_node_on_this_machine() {
    let node = StandInNode::start(10, []).await;
    let proxies = [
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("http_proxy", "http://127.0.0.1:1"),
    ];
    let arguments = &["index", "all", "--cluster", "localnet"];
    let (exit, output, error) = on_a_node(&node, arguments, &proxies).await;
    assert_eq!(exit, Some(0), "{output}{error}");
}
