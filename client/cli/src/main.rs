//! `generion`: health records as patient, clinic, doctor and buyer, by hand.
//!
//! What a command found or did goes to standard output, as tables or (`--output json`) as one JSON object; questions
//! go to standard error, and so do failures: one line that says what happened and one that says what to do, or one JSON
//! object. It ends with code 0, with 1 after a failure, and with 2 on a wrong command line.
#![forbid(unsafe_code)]

mod addressee;
mod attend;
mod cli;
mod command;
mod config;
mod consent;
mod content;
mod context;
mod count;
mod data_folder;
mod destination;
mod dry_run;
mod explorer;
mod failure;
mod fhir;
mod funds;
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
mod trusted_creators;
mod view;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;

use crate::{
    attend::Ending,
    cli::{Cli, Command},
    command::localnet::LocalnetArgs,
    context::Context,
    failure::Failure,
    output::Output,
};

/// The exit code of a wrong command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mut error) => {
            hidden::hide(&mut error);
            let text = error.to_string();
            let shown = hidden::hide_typed(&text);
            if shown == text {
                error.exit();
            }
            eprint!("{shown}");
            return ExitCode::from(USAGE);
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
            let result = match &cli.command {
                Command::Localnet(args) if args.command.is_none() => {
                    runtime.block_on(localnet(args, &cli))
                }
                _ => attend::until_ended(&runtime, cli, run),
            };
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

async fn localnet(args: &LocalnetArgs, cli: &Cli) -> Result<Output, Failure> {
    if cli.global.dry_run {
        return Err(Failure::no_dry_run("generion localnet"));
    }
    command::localnet::run(args, cli.global.output).await
}

async fn run(cli: Cli, ending: Ending) -> Result<Output, Failure> {
    if let Command::Deliver(args) = &cli.command
        && args.is_watch()
    {
        if cli.global.dry_run {
            return Err(Failure::no_dry_run("generion deliver --watch"));
        }
        return args.watch(Context::new(cli.global)?, ending).await;
    }
    command::run(cli).await
}
