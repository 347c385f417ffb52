//! `cargo xtask demo`: a patient, two clinics, a doctor, two buyers and a cheat, on a real local validator with real
//! health documents. Every number is read back from the ledger; the exit code is 1 unless all of them are right.

mod book;
mod cast;
mod documents;
mod narrator;
mod stage;
mod story;

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use stage::Stage;

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
    let started = Instant::now();
    let stage = match Stage::set(args.keep_running).await {
        Ok(stage) => stage,
        Err(error) => return failed(&error),
    };
    let told = tokio::select! {
        told = story::tell(&stage, started) => told,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    let code = match told {
        Ok(cast) if args.keep_running => match stage.stay(&cast).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    };
    stage.strike().await;
    code
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("\nThe story did not end as it should: {error:#}");
    ExitCode::FAILURE
}
