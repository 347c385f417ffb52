//! `cargo xtask compute-units`: what every instruction costs, measured in the VM of the program's tests.

use std::process::Stdio;

use anyhow::{Context, Result};

use crate::{
    system::{self, PROGRAM_BUILD},
    workspace::{Workspace, headline, progress, show},
};

/// The costs to measure, and the use of the result.
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
    /// Build and measure the programs of tests/peers and renew their committed figures
    Peers,
}

/// The programs of `tests/peers`.
const PEERS: [&str; 2] = ["floor", "anchor-v1"];

/// Measures the program.
pub fn run(workspace: &Workspace, Arguments { action }: Arguments) -> Result<()> {
    system::ensure(workspace, PROGRAM_BUILD)?;
    match action {
        None => {
            headline("measure the program");
            measure(workspace, &["write"])
        }
        Some(Action::Show { key_sets }) => measure(workspace, &["show", &key_sets.to_string()]),
        Some(Action::Peers) => {
            let (root, peers) = (workspace.root(), workspace.root().join("tests/peers"));
            for peer in PEERS {
                headline(&format!("measure {peer}"));
                let binary = generion_sbf::build_other(root, &peers, peer, &mut progress)?;
                let binary = binary.to_str().context("a path that is not UTF-8")?;
                measure(workspace, &["peer", peer, binary])?;
            }
            measure(workspace, &["page"])
        }
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
