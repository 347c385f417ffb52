//! `generion`: health records as patient, clinic, doctor and buyer, by hand.
//!
//! What a command found or did goes to standard output, as tables or (`--output json`) as one JSON object; questions
//! go to standard error, and so do failures: one line that says what happened and one that says what to do, or one JSON
//! object. It ends with code 0, with 1 after a failure, and with 2 on a wrong command line.
#![forbid(unsafe_code)]

mod addressee;
mod amount;
mod cli;
mod command;
mod config;
mod consent;
mod context;
mod data_folder;
mod destination;
mod dry_run;
mod explorer;
mod failure;
mod fhir;
mod hidden;
mod key_file;
mod keypair;
mod nodes;
mod output;
mod passphrase;
mod progress;
mod prompt;
mod stop;
mod time;
mod trust;
mod view;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;

use crate::{
    cli::{Cli, Command},
    context::Context,
    failure::Failure,
    output::Output,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mut error) => {
            hidden::hide(&mut error);
            error.exit()
        }
    };
    let format = cli.global.output;
    let result = Runtime::new()
        .map_err(|error| {
            Failure::new(
                format!("can't start the async runtime: {error}"),
                "Check this machine's limits.",
            )
        })
        .and_then(|runtime| {
            let result = runtime.block_on(run(cli));
            // A question that nobody answers can't be cancelled, and is not waited for.
            runtime.shutdown_background();
            result
        });
    let failure = result.and_then(|output| output.print(format)).err();
    match failure {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            failure.print(format);
            ExitCode::FAILURE
        }
    }
}

/// Runs a command until it ends or the user ends it. What it holds is dropped then, temporary files included.
async fn run(cli: Cli) -> Result<Output, Failure> {
    if let Command::Localnet(args) = &cli.command
        && args.command.is_none()
    {
        if cli.global.dry_run {
            return Err(Failure::no_dry_run("generion localnet"));
        }
        return command::localnet::run(args, cli.global.output).await;
    }
    if let Command::Deliver(args) = &cli.command
        && args.is_watch()
    {
        if cli.global.dry_run {
            return Err(Failure::no_dry_run("generion deliver --watch"));
        }
        // It ends in order, once what is on its way has landed.
        return args.watch(Context::new(cli.global)?).await;
    }
    let stopped = stop::requested()?;
    tokio::select! {
        result = command::run(cli) => result,
        () = stopped => Err(Failure::new(
            "interrupted",
            "If a transaction was on its way, look at the ledger before you repeat the command.",
        )),
    }
}
