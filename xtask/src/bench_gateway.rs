//! `cargo xtask bench-gateway`: builds the gateway and its benchmark with the profile of the packages, and measures.

use std::process::Stdio;

use anyhow::Result;

use crate::{
    launch::{self, Arguments},
    system::{self, TESTS},
    workspace::{Workspace, headline, show},
};

/// Runs the benchmark. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    // PostgreSQL, which one side is measured on, is among what the tests need.
    system::ensure(workspace, TESTS)?;
    headline("build the programs");
    let mut build = workspace.cargo(["build", "--locked", "--profile", "server"]);
    build.args([
        "--package",
        "generion-gateway-bench",
        "--package",
        "generion-localnet",
    ]);
    show(build.stdin(Stdio::null()))?;

    let programs = workspace.target()?.join("server");
    let mut command = workspace.command(programs.join("generion-gateway-bench"));
    command.env("GENERION_PROGRAMS", programs).args(arguments);
    launch::become_program(command)
}
