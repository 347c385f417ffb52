//! Agave's solana-test-validator with the command line of `generion-localnet`, so that programs that start the local
//! validator can be tested on Agave: `cargo xtask agave-test` replaces one by the other.
//!
//! Agave's validator can't change its clock, but it can skip slots: see [`node::Node::warp`].

mod front;
mod node;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::Parser;
use solana_address::Address;
use tokio::{
    io::{AsyncReadExt, stdin},
    net::TcpListener,
    sync::Mutex,
};

use crate::node::{Error, Node};

/// The flags of `generion-localnet` that the programs and tests of this project use.
#[derive(Parser)]
#[command(name = "generion-localnet")]
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
    no_generion: bool,
    /// Ignored: the slot time of Agave's validator is fixed.
    #[arg(long)]
    slot_time: Option<u64>,
    /// Ignored: this program prints no messages.
    #[arg(long)]
    log_level: Option<String>,
    #[arg(long)]
    airdrop: Vec<Address>,
    #[arg(long, default_value_t = 10_000_000_000_000)]
    airdrop_amount: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli::Start(start) = Cli::parse();
    match run(start).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(start: Start) -> Result<(), Error> {
    if !start.json || !start.exit_with_stdin {
        return Err("this program requires --json and --exit-with-stdin".into());
    }
    let temporary = tempfile::tempdir()?;
    let ledger = match &start.persist {
        Some(file) => file.with_extension("agave"),
        None => temporary.path().join("ledger"),
    };
    let binary = temporary.path().join("generion.so");
    std::fs::write(&binary, generion_artifact::PROGRAM)?;
    let program = (!start.no_generion).then_some(binary);

    let rpc = TcpListener::bind(("127.0.0.1", start.port)).await?;
    let websocket = TcpListener::bind(("127.0.0.1", start.ws_port.unwrap_or(0))).await?;
    let up = serde_json::json!({
        "rpc_url": format!("http://{}", rpc.local_addr()?),
        "ws_url": format!("ws://{}", websocket.local_addr()?),
        "program_id": generion_artifact::PROGRAM_ID.to_string(),
    });
    let node = Node::start(ledger, program, start.reset).await?;
    node.give(start.airdrop, start.airdrop_amount).await?;
    let node = Arc::new(Mutex::new(node));
    tokio::spawn(front::websocket(websocket, node.clone()));
    tokio::spawn(front::rpc(rpc, node));
    println!("{up}");
    // The end of standard input ends the validator.
    stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
