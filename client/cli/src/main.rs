//! `generion`: the command line for patients, clinics, doctors and buyers.
//!
//! Reports go to standard output, as tables or (`--output json`) as one JSON object. Questions and failures go to standard
//! error. A failure is one line that names the error and one with advice, or one JSON object. The exit code is 0 after success,
//! 1 after a failure, and 2 after a wrong command line.
#![forbid(unsafe_code)]

mod app;
mod args;
mod command;
mod context;
mod document;
mod files;
mod output;
mod prompt;
mod signals;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;

use crate::{
    app::Cli,
    output::{failure::Failure, redaction, waiting},
    signals::ending::{Ending, until_ended},
};

/// The exit code after a wrong command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mut error) => {
            redaction::hide(&mut error);
            let text = error.to_string();
            let shown = redaction::hide_typed(&text);
            if shown == text {
                error.exit();
            }
            eprint!("{shown}");
            return ExitCode::from(USAGE);
        }
    };
    let (format, style) = (cli.global.output, cli.global.style());
    let result = Runtime::new()
        .map_err(|error| {
            Failure::new(
                format!("can't start the async runtime: {error}"),
                "Check this machine's limits.",
            )
        })
        .and_then(|runtime| {
            let result = match cli.handles_signals() {
                true => runtime.block_on(app::run(cli, Ending::default())),
                false => until_ended(&runtime, |ending| app::run(cli, ending)),
            };
            // A thread that waits for an answer on the terminal can't be cancelled, so don't wait for it.
            runtime.shutdown_background();
            result
        });
    waiting::end();
    let failure = result.and_then(|output| output.print(format, style)).err();
    match failure {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            failure.print(format);
            ExitCode::FAILURE
        }
    }
}
