//! Agave's solana-test-validator under the command line of our local validator, so that whoever starts that one can be
//! tested on this one: `cargo xtask agave-test` puts it in its place.
//!
//! Agave's validator can't move its clock. A ledger that is warped to a slot far away can: see [`node::Node::warp`].

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

/// The flags of `generion-localnet` that this project's programs and tests pass.
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
    /// Agave's slots are as long as they are.
    #[arg(long)]
    slot_time: Option<u64>,
    /// It says nothing as it is.
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
        return Err("only --json --exit-with-stdin is known here".into());
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
    // Whoever started it tells by this that it may end.
    stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
