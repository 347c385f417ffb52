//! `cargo xtask demo`: a patient, two clinics, a doctor, two buyers and a cheat, on a real local validator with real
//! health documents. The story reads every number back from the ledger, and exits with 1 if one of them is wrong.

mod book;
mod cast;
mod documents;
mod liar;
mod narrator;
mod portal;
mod stage;
mod story;
mod trail;

use std::{path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, Result};
use cast::Cast;
use clap::Parser;
use stage::Stage;

/// Play a story with real documents: clinics write records, a patient sells them, and a buyer pays for proven keys
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Leave the validator, the store and the gateway running afterwards, serve the web app, and print commands to try by
    /// hand
    #[arg(long)]
    keep_running: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match play(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play(args: &Args) -> Result<()> {
    let started = Instant::now();
    let executable = std::env::current_exe()?;
    let programs = executable
        .parent()
        .context("this program is in no folder")?;
    let mut stage = Stage::set(programs, args.keep_running).await?;
    let told = tokio::select! {
        told = story::tell(&stage, started) => told,
        interrupt = tokio::signal::ctrl_c() => interrupt.context("no Ctrl-C").and(Err(anyhow::anyhow!("interrupted"))),
    };
    let done = match told {
        Ok(cast) if args.keep_running => stay(&mut stage, &cast, programs).await,
        told => told.map(drop),
    };
    stage.strike().await;
    done
}

/// Prints commands to try by hand, and waits for Ctrl-C.
async fn stay(stage: &mut Stage, cast: &Cast, programs: &Path) -> Result<()> {
    let app = stage.serve_app(programs).await?;
    let app = app.unwrap_or_else(|| "not built (`cargo xtask web` builds it)".to_owned());
    let people: Vec<_> = cast
        .people()
        .iter()
        .map(|person| format!("{}.json", person.file))
        .collect();
    println!(
        "
The validator, the store and the gateway keep running. The web app: {app}

Try these commands in another terminal:

   cd {folder}
   export PATH=\"{programs}:$PATH\" GENERION_URL={rpc_url} GENERION_STORE={store_url}
   export GENERION_ALLOW_PRIVATE=1 GENERION_RECEIPTS=receipts GENERION_DATA=data
   generion record list -k patient.json
   generion order list
   curl {gateway_url}/v1/orders
   generion purchase buy ORDER -k company.json --yes
   generion deliver --all -k patient.json
   generion purchase open PURCHASE --to opened -k company.json
   generion --help

Replace the words in capitals with addresses that an earlier command printed. Wallets: {people}.
Press Ctrl-C to stop them; the folder stays.",
        folder = stage.path("").display(),
        programs = programs.display(),
        rpc_url = stage.rpc_url,
        store_url = stage.store_url,
        gateway_url = stage.gateway_url,
        people = people.join(", "),
    );
    tokio::signal::ctrl_c().await.context("no Ctrl-C")
}
