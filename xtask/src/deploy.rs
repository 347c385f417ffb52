//! `cargo xtask deploy`: builds the deploying program and hands over to it.

use std::{os::unix::process::CommandExt, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, PROGRAM_BUILD, WORKSPACE},
    workspace::{Workspace, headline, show},
};

/// Goes to the deploying program as it is.
#[derive(clap::Args)]
pub struct Arguments {
    /// Options of the deployment, such as --url; `cargo xtask deploy -- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Deploys. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    system::ensure(workspace, PROGRAM_BUILD)?;
    headline("deploy the on-chain program");
    let mut build = workspace.cargo([
        "build",
        "--locked",
        "--quiet",
        "--workspace",
        "--bin",
        "generion-deploy",
    ]);
    show(build.stdin(Stdio::null()))?;
    let program = workspace.target()?.join("debug/generion-deploy");
    // Files are named from where the user is.
    let folder = std::env::current_dir().context("cannot find the current folder")?;
    // In this one's place, so that an interrupt is its own.
    let error = workspace
        .command(&program)
        .current_dir(folder)
        .arg("--workspace")
        .arg(workspace.root())
        .args(arguments)
        .exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}
