//! `cargo xtask deploy`: builds the deploying program and hands over to it.

use std::process::Stdio;

use anyhow::{Context, Result};

use crate::{
    launch::{self, Arguments},
    system::{self, PROGRAM_BUILD, WORKSPACE},
    workspace::{Workspace, headline, show},
};

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
    let mut command = workspace.command(program);
    command
        .current_dir(folder)
        .arg("--workspace")
        .arg(workspace.root())
        .args(arguments);
    launch::become_program(command)
}
