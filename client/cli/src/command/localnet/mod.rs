//! A local validator and a document store, started as programs, with wallets to play every role.

mod service;
mod wallets;

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::{Deserialize, Serialize};

use self::{
    service::Service,
    wallets::{ROLES, RoleWallet},
};
use crate::{
    amount::{self, Sol},
    cli::Format,
    destination::file_error,
    failure::Failure,
    output::{Output, Report, Text},
    stop,
};

const VALIDATOR: &str = "surfpool";
const STORE: &str = "generion-store";

#[derive(Args)]
pub struct LocalnetArgs {
    /// Folder for wallets and documents [default: ~/.local/state/generion/localnet]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Port of the validator; 0 takes a free one
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// Port of the document store; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    store_port: u16,
    /// What each wallet gets
    #[arg(long, value_name = "AMOUNT", value_parser = amount::parse, default_value = "100SOL")]
    funds: u64,
}

/// What is up.
#[derive(Serialize)]
struct Up {
    rpc_url: String,
    ws_url: String,
    program_id: String,
    store_url: String,
    wallets: Vec<RoleWallet>,
}

/// The line that the validator prints when it serves.
#[derive(Deserialize)]
struct ValidatorReady {
    rpc_url: String,
    ws_url: String,
    program_id: String,
}

/// Runs both programs until the user ends them or one of them dies. Neither is left behind.
pub async fn run(args: &LocalnetArgs, format: Format) -> Result<Output, Failure> {
    let stopped = stop::requested()?;
    let folder = args.dir.clone().map_or_else(default_folder, Ok)?;
    // What is printed is for other terminals, in other folders.
    let folder = std::path::absolute(&folder).map_err(|error| file_error(&folder, error))?;
    let documents = folder.join("store");
    std::fs::create_dir_all(&documents).map_err(|error| file_error(&documents, error))?;
    let wallets = ROLES.map(|role| RoleWallet::open(&folder, role, args.funds));
    let wallets = wallets.into_iter().collect::<Result<Vec<_>, _>>()?;

    let mut validator = Service::start(VALIDATOR, validator_flags(args, &wallets))?;
    let store = Service::start(STORE, store_flags(args, &documents));
    let mut store = match store {
        Ok(store) => store,
        Err(failure) => {
            validator.stop().await;
            return Err(failure);
        }
    };
    let result = tokio::select! {
        biased;
        () = stopped => Ok(Output::nothing()),
        failure = serve(&mut validator, &mut store, wallets, format) => Err(failure),
    };
    store.stop().await;
    validator.stop().await;
    result
}

fn default_folder() -> Result<PathBuf, Failure> {
    env::home_dir()
        .map(|home| home.join(".local/state/generion/localnet"))
        .ok_or_else(|| {
            Failure::new(
                "there is no home folder to keep wallets and documents in",
                "Pass a folder with --dir.",
            )
        })
}

fn validator_flags(args: &LocalnetArgs, wallets: &[RoleWallet]) -> Vec<String> {
    let mut flags = vec![
        "start".to_owned(),
        "--json".to_owned(),
        "--exit-with-stdin".to_owned(),
    ];
    flags.extend(["--port".to_owned(), args.port.to_string()]);
    flags.extend(["--airdrop-amount".to_owned(), args.funds.to_string()]);
    for wallet in wallets {
        flags.extend(["--airdrop".to_owned(), wallet.address.clone()]);
    }
    flags
}

fn store_flags(args: &LocalnetArgs, documents: &Path) -> Vec<String> {
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

/// Tells what is up once both programs serve, and returns why that ended.
async fn serve(
    validator: &mut Service,
    store: &mut Service,
    wallets: Vec<RoleWallet>,
    format: Format,
) -> Failure {
    match ready(validator, store).await {
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
                store_url,
                wallets,
            };
            if let Err(failure) = Output::new(&up).and_then(|output| output.print(format)) {
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

impl Report for Up {
    fn describe(&self, text: &mut Text) {
        text.field("validator", &self.rpc_url)
            .field("websocket", &self.ws_url)
            .field("program", &self.program_id)
            .field("document store", &self.store_url)
            .line("");
        let rows = self.wallets.iter().map(|wallet| {
            let keypair = wallet.keypair.display().to_string();
            [
                wallet.role.to_owned(),
                wallet.address.clone(),
                Sol(wallet.balance_lamports).to_string(),
                keypair,
            ]
        });
        text.table(
            ["ROLE", "WALLET", "BALANCE", "KEYPAIR FILE"],
            rows,
            "no wallets",
        );

        text.line("\nIn another terminal, for the commands below (the store is on this machine, hence private):\n");
        text.line(format_args!(
            "  export GENERION_URL={} GENERION_STORE={}",
            self.rpc_url, self.store_url
        ))
        .line("  export GENERION_ALLOW_PRIVATE=1 GENERION_RECEIPTS=receipts");
        for wallet in &self.wallets {
            let variable = wallet.role.to_uppercase();
            text.line(format_args!(
                "  {variable}={} {variable}_KEY='{}'",
                wallet.address,
                wallet.keypair.display()
            ));
        }
        text.line(TOUR).line("Ctrl-C stops both. The next start finds the wallets and documents, and an empty ledger.");
    }
}

/// The way of a document from the clinic to the buyer.
const TOUR: &str = r#"
  generion user set-key -k "$PATIENT_KEY" --yes
  generion record create report.json --owner $PATIENT -k "$CLINIC_KEY" --yes
  generion record list -k "$PATIENT_KEY"
  generion record verify RECORD --to checked.json -k "$PATIENT_KEY"
  generion user set-key -k "$DOCTOR_KEY" --yes
  generion share create RECORD --with $DOCTOR -k "$PATIENT_KEY" --yes
  generion share open SHARE --to shared.json -k "$DOCTOR_KEY"
  generion order create --record-id 0 --price 0.25SOL --window 1h --label "One report" -k "$PATIENT_KEY" --yes
  generion purchase buy ORDER -k "$BUYER_KEY" --yes
  generion deliver --all -k "$PATIENT_KEY"
  generion purchase open PURCHASE --to bought -k "$BUYER_KEY"
"#;
