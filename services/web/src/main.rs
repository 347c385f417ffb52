//! `generion-web`: serves the built web app on this machine, as `generion localnet` and the demo use it.
//!
//! The app is a folder of files that any web server can serve ([operator's guide](../../../docs/guides/operator.md)); this
//! program is for those who have none at hand. It sends the headers that are recommended there, and puts another
//! `networks.json` in place of the folder's. It reads all files at its start, so a path of a request leads to one of them
//! or to none.
#![forbid(unsafe_code)]

mod files;
mod server;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Parser;
use generion_http_server::shutdown::Signals;
use tokio::net::TcpListener;

use crate::files::Files;

/// Serve the built web app on this machine.
#[derive(Parser)]
#[command(name = "generion-web", version)]
struct Cli {
    /// The folder of the built app, as `cargo xtask web` makes it.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,

    /// Serve this file as `networks.json`, instead of the one in the folder.
    #[arg(long, value_name = "FILE")]
    networks: Option<PathBuf>,

    /// Address to listen on; port 0 chooses a free port. Browsers keep the app's data by this address.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8780")]
    listen: SocketAddr,

    /// Also exit at the end of standard input, so that this program does not outlive the one that started it.
    #[arg(long)]
    exit_with_stdin: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(cli: Cli) -> Result<()> {
    // Before the server listens, so that a signal at the start is not lost.
    let signals = Signals::new()?;
    let files = Files::read(&cli.dir, cli.networks.as_deref())?;
    let listener = TcpListener::bind(cli.listen)
        .await
        .with_context(|| format!("can't listen on {}: choose another --listen", cli.listen))?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, server::router(files))
        .with_graceful_shutdown(signals.shutdown(cli.exit_with_stdin))
        .await
        .context("the server ended")
}
