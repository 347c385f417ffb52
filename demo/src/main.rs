//! `cargo xtask demo`: a patient, two clinics, a doctor, two buyers and a cheat, on a real local validator with real
//! health documents. Every number is read back from the ledger; the exit code is 1 unless all of them are right.

mod book;
mod cast;
mod documents;
mod narrator;
mod story;
mod trail;

use std::{path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, Result};
use cast::Cast;
use clap::Parser;
use generion_demo::stage::Stage;

/// Plays the story of a clinic's document that reaches a buyer, proven and paid for.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Leave the validator and the store running afterwards, and print the commands to go on by hand
    #[arg(long)]
    keep_running: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match play(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe story did not end as it should: {error:#}");
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
    let stage = Stage::set(programs, args.keep_running).await?;
    let told = tokio::select! {
        told = story::tell(&stage, started) => told,
        interrupt = tokio::signal::ctrl_c() => interrupt.context("no Ctrl-C").and(Err(anyhow::anyhow!("interrupted"))),
    };
    let done = match told {
        Ok(cast) if args.keep_running => stay(&stage, &cast, programs).await,
        told => told.map(drop),
    };
    stage.strike().await;
    done
}

/// Tells how to go on by hand, and waits for Ctrl-C.
async fn stay(stage: &Stage, cast: &Cast, programs: &Path) -> Result<()> {
    let people: Vec<_> = cast
        .people()
        .iter()
        .map(|person| format!("{}.json", person.file))
        .collect();
    println!("\nEverything keeps running. In another terminal:\n");
    println!("   cd {}", stage.path("").display());
    println!(
        "   export PATH=\"{}:$PATH\" GENERION_URL={} GENERION_ALLOW_PRIVATE=1",
        programs.display(),
        stage.rpc_url
    );
    println!("   generion order list");
    println!(
        "   generion -k patient.json record list --owner {}",
        cast.patient.address()
    );
    println!("   generion --help");
    println!(
        "\nWallets: {}. Store: {}. Ctrl-C ends it.",
        people.join(", "),
        stage.store_url
    );
    tokio::signal::ctrl_c().await.context("no Ctrl-C")
}
