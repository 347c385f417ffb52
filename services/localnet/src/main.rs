//! `generion-localnet`: a local Solana node with the Generion program loaded.
//!
//! The program embeds surfpool's node (`surfpool-core`) and replaces a Solana installation: it provides the JSON-RPC and
//! websocket servers of a validator, on a VM with mainnet's feature set, and never connects to the internet. It accepts
//! the flags that `anchor test` and `anchor localnet` pass to `surfpool`.
//!
//! To use it with `anchor`, link this program as `surfpool` into a folder on the PATH: `anchor test` runs
//! `surfpool start` with its own flags, waits for a block hash, and kills the node at the end. One of the flags,
//! `--legacy-anchor-compatibility`, loads the built programs of the workspace's `Anchor.toml`, including Generion.
//!
//! The node prints one line to standard output when it is ready. Messages go to standard error. The exit code is 0 after
//! SIGINT and SIGTERM, 1 after an error, which is explained in one line, and 2 for an invalid command line.

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
            // Unlike `eprintln!`, this does not panic if standard error is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &StartArgs, started: Instant) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    let result = runtime.block_on(serve(args, started));
    // Don't wait for reading standard input, which can't be cancelled, or for the node's clock, which never ends.
    runtime.shutdown_background();
    result
}

async fn serve(args: &StartArgs, started: Instant) -> Result<()> {
    // Before the node starts, so that a signal during the start also leads to an orderly shutdown.
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

/// The output of `--json`.
#[derive(Serialize)]
struct Ready {
    rpc_url: String,
    ws_url: String,
    /// The id of the Generion program, unless it was omitted.
    program_id: Option<String>,
    /// Milliseconds since the start of the process.
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

/// The address at which a client on this machine reaches a server, which may listen on all addresses.
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
    // An error also counts as the end of the input.
    while matches!(stdin.read(&mut ignored).await, Ok(1..)) {}
}
