//! A local validator, a document store and a gateway, started as programs, with wallets to play every role, and the web app
//! where it was built.

mod clock;
mod service;
mod shell;
mod up;
mod wallets;
mod web_app;

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
const GATEWAY: &str = "generion-gateway";
const WEB: &str = "generion-web";

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
    /// Port of the REST gateway; 0 picks a free one
    #[arg(long, default_value_t = 8790)]
    gateway_port: u16,
    /// Folder of the built web app [default: generion-app beside this program, if it is there]
    #[arg(long, value_name = "DIR")]
    app: Option<PathBuf>,
    /// Port of the web app; 0 picks a free one [default: 8780, or a free one with `--port 0`]
    #[arg(long)]
    app_port: Option<u16>,
    /// Balance that each wallet starts with, such as 100SOL
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse, default_value = "100SOL")]
    funds: u64,
}

impl StartArgs {
    /// A user who wants free ports wants them for all programs.
    fn app_port(&self) -> u16 {
        let usual = if self.port == 0 { 0 } else { 8780 };
        self.app_port.unwrap_or(usual)
    }
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

/// Runs the programs until the user stops them or one of them exits. None is left running.
pub async fn run(args: &StartArgs, format: Format, style: StyleOptions) -> Result<Output, Failure> {
    let stopped = signals::requested()?;
    let folder = args.persist.as_ref().or(args.dir.as_ref());
    let folder = folder.cloned().map_or_else(default_folder, Ok)?;
    // The printed paths are pasted into other terminals, which may be in other folders.
    let folder = std::path::absolute(&folder).map_err(|error| file_error(&folder, error))?;
    let (documents, data) = (folder.join("store"), folder.join("clients"));
    let index = folder.join("gateway");
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
    // The gateway makes its index again from the ledger.
    empty(&index)?;
    for folder in [&documents, &index] {
        std::fs::create_dir_all(folder).map_err(|error| file_error(folder, error))?;
    }
    let app = web_app::find(args.app.as_ref())?;
    let wallets = ROLES.map(|role| RoleWallet::open(&folder, role, args.funds));
    let wallets = wallets.into_iter().collect::<Result<Vec<_>, _>>()?;
    let report = shell::write_report(&folder)?;

    let flags = validator_flags(args, &wallets, ledger.as_deref());
    let validator = Service::start(VALIDATOR, flags)?;
    let store = Service::start(STORE, store_flags(args, &documents));
    let store = match store {
        Ok(store) => store,
        Err(failure) => {
            validator.stop().await;
            return Err(failure);
        }
    };
    let mut services = Services {
        validator,
        store,
        gateway: None,
        app: None,
    };
    let kept = match args.persist {
        Some(_) => "the wallets, the documents and the ledger",
        None => "the wallets and the documents, and an empty ledger",
    };
    let prepared = Prepared {
        wallets,
        data,
        report,
        kept,
        gateway_port: args.gateway_port,
        index,
        app: app.map(|built| (built, args.app_port())),
        folder,
    };
    let result = tokio::select! {
        biased;
        () = stopped => Ok(Output::nothing()),
        failure = serve(&mut services, prepared, (format, style)) => Err(failure),
    };
    services.stop().await;
    result
}

/// The programs of a localnet.
struct Services {
    validator: Service,
    store: Service,
    /// Starts once the validator is ready.
    gateway: Option<Service>,
    /// Starts last, if the web app was built.
    app: Option<Service>,
}

impl Services {
    /// Waits until one of them exits by itself.
    async fn ended(&mut self) -> Failure {
        tokio::select! {
            failure = self.validator.ended() => failure,
            failure = self.store.ended() => failure,
            failure = ended(self.gateway.as_mut()) => failure,
            failure = ended(self.app.as_mut()) => failure,
        }
    }

    async fn stop(self) {
        for service in [self.app, self.gateway].into_iter().flatten() {
            service.stop().await;
        }
        self.store.stop().await;
        self.validator.stop().await;
    }
}

/// Waits until a program exits that may not have been started.
async fn ended(service: Option<&mut Service>) -> Failure {
    match service {
        Some(service) => service.ended().await,
        None => std::future::pending().await,
    }
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

fn gateway_flags(port: u16, index: &Path, node: &str) -> Vec<String> {
    let listen = format!("127.0.0.1:{port}");
    let database = format!("sqlite:{}", index.join("index.sqlite").display());
    [
        "serve",
        "--exit-with-stdin",
        "--listen",
        &listen,
        "--database",
        &database,
        "--cluster",
        "localnet",
        "--node",
        node,
    ]
    .map(str::to_owned)
    .into()
}

/// The values that are known before the programs are ready.
struct Prepared {
    wallets: Vec<RoleWallet>,
    data: PathBuf,
    report: PathBuf,
    kept: &'static str,
    gateway_port: u16,
    index: PathBuf,
    /// The folder of the web app, and its port.
    app: Option<(PathBuf, u16)>,
    folder: PathBuf,
}

/// The values that the programs report once they are ready.
struct Ready {
    validator: ValidatorReady,
    store_url: String,
    gateway_url: String,
    app_url: Option<String>,
}

/// Prints the report once all programs are ready, and returns the failure that ended them.
async fn serve(
    services: &mut Services,
    prepared: Prepared,
    (format, style): (Format, StyleOptions),
) -> Failure {
    let waiting = waiting::show(
        format,
        "starting the validator, the document store and the gateway",
    );
    let ready = ready(services, &prepared).await;
    drop(waiting);
    match ready {
        Ok(Ready {
            validator:
                ValidatorReady {
                    rpc_url,
                    ws_url,
                    program_id,
                },
            store_url,
            gateway_url,
            app_url,
        }) => {
            let up = Up {
                rpc_url,
                ws_url,
                program_id,
                genesis_hash: GenesisHash::LOCALNET.to_string(),
                store_url,
                gateway_url,
                app_url,
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
    services.ended().await
}

async fn ready(services: &mut Services, prepared: &Prepared) -> Result<Ready, Failure> {
    let line = services.validator.first_line().await?;
    let validator: ValidatorReady =
        serde_json::from_str(&line).map_err(|_| services.validator.unexpected(&line))?;
    let store_url = listening(&mut services.store).await?;
    let flags = gateway_flags(prepared.gateway_port, &prepared.index, &validator.rpc_url);
    let gateway = services.gateway.insert(Service::start(GATEWAY, flags)?);
    let gateway_url = listening(gateway).await?;
    let mut app_url = None;
    if let Some((built, port)) = &prepared.app {
        let network = web_app::Network {
            rpc_url: &validator.rpc_url,
            program_id: &validator.program_id,
            store_url: &store_url,
            gateway_url: &gateway_url,
        };
        let flags = web_app::flags(*port, built, &network.write(&prepared.folder)?);
        let app = services.app.insert(Service::start(WEB, flags)?);
        app_url = Some(listening(app).await?);
    }
    Ok(Ready {
        validator,
        store_url,
        gateway_url,
        app_url,
    })
}

/// The URL that a server prints when it is ready.
async fn listening(server: &mut Service) -> Result<String, Failure> {
    let line = server.first_line().await?;
    let url = line.strip_prefix("listening on ");
    url.map(str::to_owned)
        .ok_or_else(|| server.unexpected(&line))
}
