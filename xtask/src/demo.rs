//! `cargo xtask demo`: builds what the story needs and plays it.

use std::{os::unix::process::CommandExt, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, WORKSPACE},
    workspace::{Workspace, headline, progress, show},
};

/// The packages whose programs play a part: the story itself and the ones that it starts.
const PACKAGES: [&str; 4] = [
    "generion-demo",
    "generion-cli",
    "generion-store",
    "generion-localnet",
];

/// Options that the demo's own program reads.
#[derive(clap::Args)]
pub struct Arguments {
    /// Options of the story, such as --keep-running; `cargo xtask demo -- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Plays the demo. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    headline("the on-chain program");
    generion_sbf::ensure_program(workspace.root(), &mut progress)?;
    headline("build the programs (the first time takes some minutes)");
    let mut build = workspace.cargo(["build", "--locked"]);
    build.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    show(build.stdin(Stdio::null()))?;

    let story = workspace.target()?.join("debug/generion-demo");
    // The demo replaces this process: an interrupt then reaches the demo itself, which tidies up before it ends.
    let error = workspace.command(&story).args(arguments).exec();
    Err(error).with_context(|| format!("cannot start {}", story.display()))
}
