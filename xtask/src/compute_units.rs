//! `cargo xtask compute-units`: what every instruction costs, measured in the VM of the program's tests.

use std::process::Stdio;

use anyhow::Result;

use crate::{
    system::{self, PROGRAM_BUILD},
    workspace::{Workspace, headline, show},
};

/// What to measure and what becomes of it.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Print medians and how they differ from the committed ones, and change nothing
    Show {
        /// Sets of keys to measure with: fewer are faster
        #[arg(default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..))]
        key_sets: u64,
    },
}

/// Measures the program.
pub fn run(workspace: &Workspace, Arguments { action }: Arguments) -> Result<()> {
    system::ensure(workspace, PROGRAM_BUILD)?;
    match action {
        None => {
            headline("measure the program");
            measure(workspace, &["write"])
        }
        Some(Action::Show { key_sets }) => measure(workspace, &["show", &key_sets.to_string()]),
    }
}

fn measure(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let mut run = workspace.cargo([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "generion-program-tests",
        "--bin",
        "compute-units",
        "--",
    ]);
    show(run.args(arguments).stdin(Stdio::null()))
}
