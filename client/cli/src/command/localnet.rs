//! A local validator and a document store, started as programs, with wallets to play every role.

mod clock;
mod service;
mod shell;
mod up;
mod wallets;

use std::{
    env,
    fs::{File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use generion_client::{GenesisHash, rpc::amount};
use serde::Deserialize;

use self::{
    clock::ClockArgs,
    service::Service,
    up::Up,
    wallets::{ROLES, RoleWallet},
};
use crate::{
    output::{
        failure::{Failure, files::file_error},
        format::Format,
        report::Output,
        style::StyleOptions,
        waiting,
    },
    signals,
};

const VALIDATOR: &str = "generion-localnet";
const STORE: &str = "generion-store";

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LocalnetArgs {
    #[command(subcommand)]
    pub command: Option<LocalnetCommand>,
    #[command(flatten)]
    pub args: StartArgs,
}

/// Options for starting a localnet.
#[derive(Args)]
pub struct StartArgs {
    /// Folder for wallets and documents; the ledger is not kept [default: ~/.local/state/generion/localnet]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Folder for wallets, documents and the ledger, so that the next start continues where this one ended
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    persist: Option<PathBuf>,
    /// Start with an empty ledger and an empty document store; the wallets are kept
    #[arg(long)]
    reset: bool,
    /// Port of the validator; 0 picks a free one
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// Port of the document store; 0 picks a free one
    #[arg(long, default_value_t = 8787)]
    store_port: u16,
    /// Balance that each wallet starts with, such as 100SOL
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse, default_value = "100SOL")]
    funds: u64,
}

/// Commands for a running localnet.
#[derive(Subcommand)]
pub enum LocalnetCommand {
    /// Move the validator's clock forward, so that deadlines pass
    Clock(ClockArgs),
}

/// The line that the validator prints when it is ready.
#[derive(Deserialize)]
struct ValidatorReady {
    rpc_url: String,
    ws_url: String,
    program_id: String,
}

/// Runs both programs until the user stops them or one of them exits. Neither is left running.
pub async fn run(args: &StartArgs, format: Format, style: StyleOptions) -> Result<Output, Failure> {
    let stopped = signals::requested()?;
    let folder = args.persist.as_ref().or(args.dir.as_ref());
    let folder = folder.cloned().map_or_else(default_folder, Ok)?;
    // The printed paths are pasted into other terminals, which may be in other folders.
    let folder = std::path::absolute(&folder).map_err(|error| file_error(&folder, error))?;
    let (documents, data) = (folder.join("store"), folder.join("clients"));
    std::fs::create_dir_all(&folder).map_err(|error| file_error(&folder, error))?;
    let _lock = lock(&folder)?;
    let ledger = args.persist.is_some().then(|| folder.join("ledger.sqlite"));
    let goes_on = !args.reset && ledger.as_ref().is_some_and(|ledger| ledger.exists());
    if args.reset {
        empty(&documents)?;
    }
    if !goes_on {
        // All localnets have the same genesis hash, so data kept about an earlier ledger would be taken for this one's.
        empty(&data)?;
    }
    std::fs::create_dir_all(&documents).map_err(|error| file_error(&documents, error))?;
    let wallets = ROLES.map(|role| RoleWallet::open(&folder, role, args.funds));
    let wallets = wallets.into_iter().collect::<Result<Vec<_>, _>>()?;
    let report = shell::write_report(&folder)?;

    let flags = validator_flags(args, &wallets, ledger.as_deref());
    let mut validator = Service::start(VALIDATOR, flags)?;
    let store = Service::start(STORE, store_flags(args, &documents));
    let mut store = match store {
        Ok(store) => store,
        Err(failure) => {
            validator.stop().await;
            return Err(failure);
        }
    };
    let kept = match args.persist {
        Some(_) => "the wallets, the documents and the ledger",
        None => "the wallets and the documents, and an empty ledger",
    };
    let result = tokio::select! {
        biased;
        () = stopped => Ok(Output::nothing()),
        failure = serve(&mut validator, &mut store, Prepared { wallets, data, report, kept }, (format, style)) => Err(failure),
    };
    store.stop().await;
    validator.stop().await;
    result
}

/// Locks the folder, so that no other localnet uses it at the same time.
fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("localnet.lock");
    let file = File::create(&path).map_err(|error| file_error(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            format!("another localnet uses the folder {}", folder.display()),
            "Stop that one first, or pass another folder with --dir.",
        )),
        Err(TryLockError::Error(error)) => Err(file_error(&path, error)),
    }
}

/// Removes a folder that earlier runs have filled.
fn empty(folder: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(file_error(folder, error)),
        _ => Ok(()),
    }
}

fn default_folder() -> Result<PathBuf, Failure> {
    env::home_dir()
        .map(|home| home.join(".local/state/generion/localnet"))
        .ok_or_else(|| {
            Failure::new(
                "you have no home folder to keep wallets and documents in",
                "Pass a folder with --dir.",
            )
        })
}

fn validator_flags(args: &StartArgs, wallets: &[RoleWallet], ledger: Option<&Path>) -> Vec<String> {
    let mut flags = vec![
        "start".to_owned(),
        "--json".to_owned(),
        "--exit-with-stdin".to_owned(),
    ];
    flags.extend(["--port".to_owned(), args.port.to_string()]);
    flags.extend(["--airdrop-amount".to_owned(), args.funds.to_string()]);
    if let Some(ledger) = ledger {
        flags.extend(["--persist".to_owned(), ledger.display().to_string()]);
        if args.reset {
            flags.push("--reset".to_owned());
        }
    }
    for wallet in wallets {
        flags.extend(["--airdrop".to_owned(), wallet.address.clone()]);
    }
    flags
}

fn store_flags(args: &StartArgs, documents: &Path) -> Vec<String> {
    let listen = format!("127.0.0.1:{}", args.store_port);
    [
        "--exit-with-stdin",
        "--listen",
        &listen,
        "--dir",
        &documents.to_string_lossy(),
    ]
    .map(str::to_owned)
    .into()
}

/// What is known before the programs are ready.
struct Prepared {
    wallets: Vec<RoleWallet>,
    data: PathBuf,
    report: PathBuf,
    kept: &'static str,
}

/// Prints the report once both programs are ready, and returns the failure that ended them.
async fn serve(
    validator: &mut Service,
    store: &mut Service,
    prepared: Prepared,
    (format, style): (Format, StyleOptions),
) -> Failure {
    let waiting = waiting::show(format, "starting the validator and the document store");
    let ready = ready(validator, store).await;
    drop(waiting);
    match ready {
        Ok((
            ValidatorReady {
                rpc_url,
                ws_url,
                program_id,
            },
            store_url,
        )) => {
            let up = Up {
                rpc_url,
                ws_url,
                program_id,
                genesis_hash: GenesisHash::LOCALNET.to_string(),
                store_url,
                data_dir: prepared.data,
                wallets: prepared.wallets,
                report: prepared.report,
                kept: prepared.kept,
            };
            if let Err(failure) = Output::new(&up).and_then(|output| output.print(format, style)) {
                return failure;
            }
        }
        Err(failure) => return failure,
    }
    tokio::select! {
        failure = validator.ended() => failure,
        failure = store.ended() => failure,
    }
}

async fn ready(
    validator: &mut Service,
    store: &mut Service,
) -> Result<(ValidatorReady, String), Failure> {
    let line = validator.first_line().await?;
    let ready = serde_json::from_str(&line).map_err(|_| validator.unexpected(&line))?;
    let line = store.first_line().await?;
    let url = line
        .strip_prefix("listening on ")
        .ok_or_else(|| store.unexpected(&line))?;
    Ok((ready, url.to_owned()))
}
