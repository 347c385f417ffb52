use std::{ffi::OsStr, process::Command};

use generion::ID;
use serde_json::Value;
use solana_address::Address;

use crate::{programs::program, running::Running};

/// Milliseconds from block to block: short, so that a test does not wait long for confirmation.
const SLOT_TIME: u64 = 40;

/// A running `generion-localnet`. It ends when it is dropped.
#[derive(Debug)]
pub struct LocalNode {
    /// The URL of its JSON-RPC server.
    pub rpc_url: String,
    /// The URL of its websocket server.
    pub ws_url: String,
    /// The line of JSON that it printed when it was ready.
    pub ready: Value,
    /// The process.
    pub process: Running,
}

impl LocalNode {
    /// `generion-localnet start`, not yet run.
    pub fn command() -> Command {
        let mut command = Command::new(program("generion-localnet"));
        command.arg("start");
        command
    }

    /// Starts a node on free ports with these further flags.
    pub fn start<S: AsRef<OsStr>>(flags: impl IntoIterator<Item = S>) -> Self {
        let mut command = Self::command();
        command.args(["--port", "0", "--ws-port", "0"]).args(flags);
        Self::run(command)
    }

    /// Starts a node on free ports with short slots. The program is on its ledger; `authority` may upgrade it.
    pub fn with_program(authority: Option<&Address>) -> Self {
        Self::with_program_and_slots(authority, SLOT_TIME)
    }

    /// As [`Self::with_program`], with this many milliseconds from block to block.
    pub fn with_program_and_slots(authority: Option<&Address>, slot_time: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = folder.path().join("generion.so");
        std::fs::write(&binary, generion_artifact::PROGRAM).expect("the binary is written");
        let authority = authority.map_or_else(|| "none".to_owned(), Address::to_string);
        let mut command = Self::command();
        command
            .args([
                "--port",
                "0",
                "--ws-port",
                "0",
                "--slot-time",
                &slot_time.to_string(),
            ])
            .args(["--log-level", "none", "--no-generion"])
            .args(["--upgradeable-program", &ID.to_string()])
            .arg(&binary)
            .arg(authority);
        Self::run(command)
    }

    /// Runs what [`Self::command`] prepared, and waits until it is ready.
    pub fn run(mut command: Command) -> Self {
        command.args(["--json", "--exit-with-stdin"]);
        let mut process = Running::start(command, None);
        let line = process.line();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("not a ready line: {error}: {line}"));
        let url = |field: &str| ready[field].as_str().expect("a URL").to_owned();
        Self {
            rpc_url: url("rpc_url"),
            ws_url: url("ws_url"),
            ready,
            process,
        }
    }
}
