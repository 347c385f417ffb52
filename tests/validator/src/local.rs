//! A local validator of a test's own.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;

use crate::agave;

/// The program to start in the place of ours: Agave's solana-test-validator.
pub(crate) const VALIDATOR: &str = "GENERION_TEST_VALIDATOR";

/// A running validator. It ends with the value.
pub(crate) struct Local {
    /// Its JSON-RPC server.
    pub rpc_url: String,
    process: Child,
    _folder: TempDir,
}

impl Local {
    /// Starts one on free ports with the program in it, upgradeable by `authority`.
    pub fn start(authority: &Keypair) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = folder.path().join("generion.so");
        std::fs::write(&binary, generion_artifact::PROGRAM).expect("the binary is written");
        let (process, rpc_url) = match env::var_os(VALIDATOR) {
            Some(program) => agaves(program, folder.path(), &binary, &authority.pubkey()),
            None => localnet(&binary, &authority.pubkey()),
        };
        Self {
            rpc_url,
            process,
            _folder: folder,
        }
    }
}

/// Both have this flag.
fn with_program(command: &mut Command, binary: &Path, authority: &Address) {
    command
        .arg("--upgradeable-program")
        .arg(generion_artifact::PROGRAM_ID.to_string())
        .arg(binary)
        .arg(authority.to_string());
}

fn localnet(binary: &Path, authority: &Address) -> (Child, String) {
    let test = env::current_exe().expect("a test has a file");
    let localnet = test
        .ancestors()
        .nth(2)
        .expect("tests are in the folder `deps` of the programs' folder")
        .join("generion-localnet");
    assert!(
        localnet.exists(),
        "{} is not there: `cargo xtask test` builds it, or `cargo build --workspace --bins`",
        localnet.display()
    );
    let mut command = Command::new(localnet);
    command
        .args([
            "start",
            "--json",
            "--exit-with-stdin",
            "--log-level",
            "none",
        ])
        .args([
            "--port",
            "0",
            "--ws-port",
            "0",
            "--slot-time",
            "40",
            "--no-generion",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    with_program(&mut command, binary, authority);
    let mut process = command.spawn().expect("the validator starts");
    let mut line = String::new();
    let stdout = process.stdout.take().expect("its output is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("its output is text");
    let ready: Value = serde_json::from_str(&line).expect("its ready line");
    let rpc_url = ready["rpc_url"].as_str().expect("a URL").to_owned();
    (process, rpc_url)
}

fn agaves(program: OsString, folder: &Path, binary: &Path, authority: &Address) -> (Child, String) {
    let rpc = agave::free_ports(2).expect("there are free ports");
    let mut command = agave::command(&program, &folder.join("ledger"), rpc).expect("ports");
    command.arg("--reset");
    with_program(&mut command, binary, authority);
    let mut process = command.spawn().expect("the validator starts");
    let rpc_url = format!("http://127.0.0.1:{rpc}");
    agave::serving(&mut process, rpc).expect("it serves");
    (process, rpc_url)
}

impl Drop for Local {
    fn drop(&mut self) {
        // It may have ended already; nothing depends on the outcome.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
