//! `cargo xtask bench-store`: builds what is measured with the release profile, and measures it.

use std::{os::unix::process::CommandExt, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, WORKSPACE},
    workspace::{Workspace, headline, show},
};

/// Goes to the benchmark's own program as it is.
#[derive(clap::Args)]
pub struct Arguments {
    /// Options of the benchmark, such as --rounds; `cargo xtask bench-store -- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the benchmark. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    headline("build the programs");
    let mut build = workspace.cargo(["build", "--locked", "--release"]);
    build.args(["--package", "generion-bench", "--package", "generion-store"]);
    show(build.stdin(Stdio::null()))?;

    let release = workspace.target()?.join("release");
    let benchmark = release.join("generion-bench");
    let mut command = workspace.command(&benchmark);
    command.arg("--store").arg(release.join("generion-store"));
    let error = command.args(arguments).exec();
    Err(error).with_context(|| format!("cannot start {}", benchmark.display()))
}
