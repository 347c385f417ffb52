//! Agave's solana-test-validator under the command line of our local validator, so that whoever starts that one can be
//! tested on this one: `cargo xtask agave-test` puts it in its place.
//!
//! What it leaves out: Agave's validator has no clock that can be moved.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, ExitCode},
    time::Duration,
};

use clap::Parser;
use generion_validator_tests::agave;
use solana_address::Address;

/// Agave's program, where it is not on the PATH.
const VALIDATOR: &str = "GENERION_TEST_VALIDATOR";

/// The flags of `surfpool` that this project's programs and tests pass.
#[derive(Parser)]
#[command(name = "surfpool")]
enum Cli {
    Start(Start),
}

#[derive(clap::Args)]
struct Start {
    #[arg(long)]
    json: bool,
    #[arg(long)]
    exit_with_stdin: bool,
    #[arg(long)]
    port: u16,
    #[arg(long)]
    ws_port: Option<u16>,
    #[arg(long)]
    persist: Option<PathBuf>,
    #[arg(long)]
    reset: bool,
    #[arg(long)]
    airdrop: Vec<Address>,
    #[arg(long, default_value_t = 10_000_000_000_000)]
    airdrop_amount: u64,
}

fn main() -> ExitCode {
    let Cli::Start(start) = Cli::parse();
    match run(&start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The validator, which does not outlive this program.
struct Validator(Child);

impl Drop for Validator {
    fn drop(&mut self) {
        // It may have ended already; nothing depends on the outcome.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(start: &Start) -> Result<(), Box<dyn std::error::Error>> {
    if !start.json || !start.exit_with_stdin {
        return Err("only --json --exit-with-stdin is known here".into());
    }
    let temporary = tempfile::tempdir()?;
    let ledger = match &start.persist {
        Some(file) => file.with_extension("agave"),
        None => temporary.path().join("ledger"),
    };
    let binary = temporary.path().join("generion.so");
    std::fs::write(&binary, generion_artifact::PROGRAM)?;
    let rpc = match start.port {
        0 => agave::free_ports(2)?,
        port => port,
    };
    if start
        .ws_port
        .is_some_and(|port| port != 0 && port != rpc + 1)
    {
        return Err("its websocket is on the port after that of JSON-RPC".into());
    }
    wait_for_the_last_one(&ledger)?;
    let mut validator = Validator(spawn(start, &ledger, &binary, rpc)?);
    let rpc_url = format!("http://127.0.0.1:{rpc}");
    let client = agave::serving(&mut validator.0, &rpc_url)?;
    for wallet in &start.airdrop {
        let signature = client.request_airdrop(wallet, start.airdrop_amount)?;
        while !client.confirm_transaction(&signature)? {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    println!(
        "{}",
        serde_json::json!({
            "rpc_url": rpc_url,
            "ws_url": format!("ws://127.0.0.1:{}", rpc + 1),
            "program_id": generion_artifact::PROGRAM_ID.to_string(),
        })
    );
    // Whoever started it tells by this that it may end.
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A validator that was killed has its ledger until the system is through with it.
fn wait_for_the_last_one(ledger: &Path) -> io::Result<()> {
    match File::open(ledger.join("ledger.lock")) {
        Ok(lock) => lock.lock(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn spawn(start: &Start, ledger: &Path, binary: &Path, rpc: u16) -> io::Result<Child> {
    let program = std::env::var_os(VALIDATOR).unwrap_or_else(|| "solana-test-validator".into());
    let mut command = agave::command(&program, ledger, rpc)?;
    if start.reset {
        command.arg("--reset");
    }
    command
        .args([
            "--upgradeable-program",
            &generion_artifact::PROGRAM_ID.to_string(),
        ])
        .arg(binary)
        .arg("none")
        .spawn()
}
