//! `generion-store`: runs a document store on a local folder.

use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use axum::http::uri::Authority;
use clap::Parser;
use generion_interface::store::DEFAULT_MAX_DOCUMENT_BYTES;
use generion_store::{Config, Limits, Server, system_clock};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Keeps encrypted documents, each under the SHA-256 of its ciphertext (protocol section 7).
///
/// Prints "listening on http://ADDRESS" once it takes requests. Ends on SIGINT or SIGTERM, after the requests that
/// run. Speaks HTTP without TLS: a proxy in front of it must pass Host and path on as they are.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, env = "GENERION_STORE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,

    /// Folder that holds the documents, made if it is not there; one store at a time may use it
    #[arg(long, env = "GENERION_STORE_DIR")]
    dir: PathBuf,

    /// Name that clients know this store by, with the port unless it is their URL's default; may be repeated
    /// [default: the address, and localhost if that leads here]
    #[arg(long, env = "GENERION_STORE_HOST", value_delimiter = ',', value_parser = host)]
    host: Vec<String>,

    /// Largest document, in bytes
    #[arg(long, env = "GENERION_STORE_MAX_SIZE", default_value_t = DEFAULT_MAX_DOCUMENT_BYTES)]
    max_size: u64,

    /// Uploads that may run at the same time
    #[arg(long, env = "GENERION_STORE_MAX_UPLOADS", default_value = "64")]
    max_uploads: NonZero<u16>,

    /// Connections that may be open at the same time
    #[arg(long, env = "GENERION_STORE_MAX_CONNECTIONS", default_value = "256")]
    max_connections: NonZero<u16>,

    /// Seconds that a client may leave the store waiting
    #[arg(long, env = "GENERION_STORE_IDLE_TIMEOUT", default_value = "30")]
    idle_timeout: NonZero<u16>,

    /// Also ends when standard input does, so that it never outlives the program that started it
    #[arg(long)]
    exit_with_stdin: bool,
}

fn host(text: &str) -> Result<String, String> {
    match text.parse::<Authority>() {
        Ok(authority) if !text.contains('@') => Ok(authority.to_string()),
        _ => Err("give the host alone, such as store.example or store.example:8443".to_owned()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();

    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for SIGTERM")?;
    let server = Server::bind(Config {
        listen: args.listen,
        folder: args.dir,
        hosts: args.host,
        limits: Limits {
            max_document_bytes: args.max_size,
            max_uploads: args.max_uploads.get().into(),
            max_connections: args.max_connections.get().into(),
            idle_timeout: Duration::from_secs(args.idle_timeout.get().into()),
        },
        clock: system_clock(),
    })
    .await?;

    tracing::info!(hosts = ?server.hosts(), "answering to these names");
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{}", server.address())
        .and_then(|()| stdout.flush())
        .context("can't print the address to stdout")?;
    server
        .run(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = end_of_stdin(), if args.exit_with_stdin => {}
            }
            tracing::info!("shutting down");
        })
        .await;
    Ok(())
}

/// Returns when whoever holds the other end is gone. Reading blocks, hence a thread of its own.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An input that can't be read is as gone as one that ended.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
