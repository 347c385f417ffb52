//! `generion-gateway`: runs a gateway, or works on its index.

mod args;
mod check;
mod index;
mod serve;
mod webhooks;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use generion_gateway::config::file::TEMPLATE;
use tokio::runtime::Runtime;

use args::{Args, Command};

fn main() -> ExitCode {
    // The index and its journal are private to the gateway.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let args = Args::parse();
    match run(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        // Without a command there is an option, or clap shows the help.
        None => print!("{TEMPLATE}"),
        Some(Command::Openapi) => {
            let document = generion_gateway::http::router::document();
            println!("{}", document.to_pretty_json()?);
        }
        Some(Command::Index { what }) => {
            let runtime = Runtime::new().context("can't start the runtime")?;
            runtime.block_on(index::index(what))?;
        }
        Some(Command::Check {
            settings,
            json,
            patience,
        }) => {
            let runtime = Runtime::new().context("can't start the runtime")?;
            return Ok(runtime.block_on(check::check(settings, json, patience)));
        }
        Some(Command::Webhooks { what }) => {
            let runtime = Runtime::new().context("can't start the runtime")?;
            return runtime.block_on(webhooks::webhooks(what));
        }
        Some(Command::Serve {
            settings,
            exit_with_stdin,
        }) => {
            let runtime = Runtime::new().context("can't start the runtime")?;
            return runtime.block_on(serve::serve(settings, exit_with_stdin));
        }
    }
    Ok(ExitCode::SUCCESS)
}
