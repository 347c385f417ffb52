//! `cargo xtask bench-gateway`: builds the gateway and its benchmark with the release profile, and measures.

use std::{os::unix::process::CommandExt, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, TESTS},
    workspace::{Workspace, headline, show},
};

/// Goes to the benchmark's own program as it is.
#[derive(clap::Args)]
pub struct Arguments {
    /// Options of the benchmark, such as --records; `cargo xtask bench-gateway -- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the benchmark. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    // PostgreSQL, which one side is measured on, is among what the tests need.
    system::ensure(workspace, TESTS)?;
    headline("build the programs");
    let mut build = workspace.cargo(["build", "--locked", "--release"]);
    build.args(["--package", "generion-gateway-bench"]);
    show(build.stdin(Stdio::null()))?;

    let benchmark = workspace.target()?.join("release/generion-gateway-bench");
    let error = workspace.command(&benchmark).args(arguments).exec();
    Err(error).with_context(|| format!("cannot start {}", benchmark.display()))
}
