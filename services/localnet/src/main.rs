//! `generion-localnet`: a local Solana node with the Generion program loaded.
//!
//! It embeds surfpool's node (`surfpool-core`), so one program of a few megabytes stands in for a Solana installation:
//! the JSON-RPC and websocket servers of a validator over a VM with mainnet's feature set, always offline. It takes
//! the flags that `anchor test` and `anchor localnet` pass to `surfpool`.
//!
//! To use it with `anchor`, link this program as `surfpool` into a folder on the PATH: `anchor test` runs
//! `surfpool start` with flags of its own, waits for a block hash and kills the node at the end. One of the flags is
//! `--legacy-anchor-compatibility`: it loads the programs of the workspace's `Anchor.toml` as built, Generion among them.
//!
//! The node prints one line to standard output once it serves; messages go to standard error. The exit code is 0 on
//! SIGINT and SIGTERM, 1 with one line of explanation on an error, and 2 on a wrong command line.

mod cli;
mod ledger;
mod node;
mod ports;
mod programs;

use std::{
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result};
use clap::Parser;
use serde::Serialize;
use tokio::{
    io::AsyncReadExt,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

use crate::{
    cli::{Cli, Command, StartArgs},
    node::Node,
};

fn main() -> ExitCode {
    let started = Instant::now();
    let Cli {
        command: Command::Start(args),
    } = Cli::parse();
    match run(&args, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Unlike `eprintln!`, it doesn't panic when standard error was closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &StartArgs, started: Instant) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    let result = runtime.block_on(serve(args, started));
    // Reading standard input can't be cancelled, and the node's clock never ends: neither is waited for.
    runtime.shutdown_background();
    result
}

async fn serve(args: &StartArgs, started: Instant) -> Result<()> {
    // Before the node starts, so that a signal during the start is an orderly end as well.
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;

    let programs = programs::selected(args)?;
    let mut node = Node::start(args, &programs).await?;
    let program_id = generion_artifact::PROGRAM_ID;
    let ready = Ready {
        rpc_url: format!("http://{}", reachable(node.rpc)),
        ws_url: format!("ws://{}", reachable(node.websocket)),
        program_id: programs
            .contains_key(&program_id)
            .then(|| program_id.to_string()),
        ready_ms: started.elapsed().as_millis(),
    };
    ready
        .print(args.json)
        .context("cannot write to standard output")?;

    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = end_of_stdin(), if args.exit_with_stdin => {}
        error = node.failure() => return Err(error),
    }
    node.stop().await
}

/// What `--json` prints.
#[derive(Serialize)]
struct Ready {
    rpc_url: String,
    ws_url: String,
    /// Generion's, unless it was left out.
    program_id: Option<String>,
    /// From the start of the process.
    ready_ms: u128,
}

impl Ready {
    fn print(&self, json: bool) -> Result<()> {
        let line = if json {
            serde_json::to_string(self)?
        } else {
            let program = match &self.program_id {
                Some(id) => format!("Generion at {id}"),
                None => "without Generion".to_owned(),
            };
            let Self {
                rpc_url,
                ws_url,
                ready_ms,
                ..
            } = self;
            format!("ready after {ready_ms} ms: {rpc_url} {ws_url}, {program}")
        };
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{line}")?;
        stdout.flush()?;
        Ok(())
    }
}

/// The address by which a client on this machine reaches a server that may listen on all of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => {
            address.set_ip(Ipv4Addr::LOCALHOST.into())
        }
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
            address.set_ip(Ipv6Addr::LOCALHOST.into())
        }
        _ => {}
    }
    address
}

async fn end_of_stdin() {
    let mut stdin = tokio::io::stdin();
    let mut ignored = [0; 1024];
    // An error is an end, too: there is nothing left to wait for.
    while matches!(stdin.read(&mut ignored).await, Ok(1..)) {}
}
