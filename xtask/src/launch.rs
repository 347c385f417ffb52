//! Programs of the workspace that a command builds and hands over to.

use std::{
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::workspace::{Workspace, show};

/// Options that go to the program as they are.
#[derive(clap::Args)]
pub struct Arguments {
    /// Options of the program that it starts; `-- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// Builds packages, with the release profile or without optimization.
pub fn build(workspace: &Workspace, packages: &[&str], is_release: bool) -> Result<()> {
    let mut build = workspace.cargo(["build", "--locked"]);
    build.args(is_release.then_some("--release"));
    build.args(packages.iter().flat_map(|package| ["--package", package]));
    show(build.stdin(Stdio::null()))
}

/// Becomes the program, so that an interrupt reaches it, and it can tidy up before it ends. Returns only if the program
/// could not be started.
pub fn become_program(mut command: Command) -> Result<()> {
    let error = command.exec();
    let program = command.get_program().to_string_lossy().into_owned();
    Err(error).with_context(|| format!("cannot start {program}"))
}
