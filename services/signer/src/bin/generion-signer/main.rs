//! `generion-signer`: signs for a gateway, by a policy.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use generion_signer::{
    budget::Budget,
    config::{ConfigFile, TEMPLATE},
    keys::{self, WebhookKey},
    server::{Keys, Server},
    sponsor::Sponsor,
};
use solana_signer::Signer as _;
use tokio::{
    io::AsyncReadExt,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

/// Sign for a gateway as the policy allows: transactions whose fee the operator pays, and webhooks.
#[derive(Parser)]
#[command(name = "generion-signer", version)]
struct Args {
    /// Print the configuration file with all settings and their defaults
    #[arg(long)]
    print_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Listen on the socket until a signal ends the process
    Serve {
        #[command(flatten)]
        config: ConfigArgs,
        /// End when standard input is closed
        #[arg(long)]
        exit_with_stdin: bool,
    },
    /// Print the public keys of the configured files as JSON
    Keys {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Write a new key for webhooks into a file that does not exist yet, and print the public key
    NewWebhookKey {
        /// The file
        file: PathBuf,
    },
}

#[derive(clap::Args)]
struct ConfigArgs {
    /// The configuration file
    #[arg(long, env = "GENERION_SIGNER_CONFIG")]
    config: PathBuf,
}

fn main() -> ExitCode {
    // Whatever it writes is private to it.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    if args.print_config {
        return print(TEMPLATE.trim_end());
    }
    match args.command.context("name a command: see --help")? {
        Command::Serve {
            config,
            exit_with_stdin,
        } => serve(&config.config, exit_with_stdin),
        Command::Keys { config } => {
            let config = ConfigFile::read(&config.config)?;
            let fee_payer = config.fee_payer.as_deref().map(keys::fee_payer);
            let fee_payer = fee_payer.transpose()?.map(|key| key.pubkey().to_string());
            let webhook = config.webhook_key.as_deref().map(WebhookKey::read);
            let webhook = webhook.transpose()?.map(|key| key.public_key());
            let keys = serde_json::json!({ "fee_payer": fee_payer, "webhook_key": webhook });
            print(&keys.to_string())
        }
        Command::NewWebhookKey { file } => print(&WebhookKey::create(&file)?.public_key()),
    }
}

fn serve(config: &Path, exit_with_stdin: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .json()
        .init();
    let config = ConfigFile::read(config)?;
    let keys = keys_of(&config)?;
    let runtime = Runtime::new().context("can't start the runtime")?;
    let result = runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let users = config.user_ids()?;
        let server = Server::bind(&config.socket, config.socket_mode, users, keys)?;
        print(&format!("listening on {}", config.socket.display()))?;
        tokio::select! {
            () = server.run() => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = end_of_stdin(), if exit_with_stdin => {}
        }
        anyhow::Ok(())
    });
    // A thread may still read standard input, and would keep the process until that is closed.
    runtime.shutdown_background();
    result
}

fn keys_of(config: &ConfigFile) -> anyhow::Result<Keys> {
    let sponsor = match &config.fee_payer {
        None => None,
        Some(path) => {
            let wallet = keys::fee_payer(path)?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.context("the clock is before 1970")?.as_secs();
            let budget = Budget::open(&config.state, i64::try_from(now)?)?;
            let (program_id, policy) = (config.program_id, config.policy());
            Some(Sponsor::new(wallet, program_id, policy, budget))
        }
    };
    let webhook = config.webhook_key.as_deref().map(WebhookKey::read);
    Ok(Keys {
        sponsor,
        webhook: webhook.transpose()?,
    })
}

fn print(line: &str) -> anyhow::Result<()> {
    let mut stdout = stdout();
    writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .context("can't write to standard output")
}

async fn end_of_stdin() {
    let mut stdin = tokio::io::stdin();
    let mut buffer = [0; 64];
    while matches!(stdin.read(&mut buffer).await, Ok(1..)) {}
}
