//! `cargo xtask bench-gateway`: builds the gateway and its benchmark with the release profile, and measures.

use anyhow::Result;

use crate::{
    launch::{self, Arguments},
    system::{self, TESTS},
    workspace::{Workspace, headline},
};

/// Runs the benchmark. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    // PostgreSQL, which one side is measured on, is among what the tests need.
    system::ensure(workspace, TESTS)?;
    headline("build the programs");
    launch::build(workspace, &["generion-gateway-bench"], true)?;

    let benchmark = workspace.target()?.join("release/generion-gateway-bench");
    let mut command = workspace.command(benchmark);
    command.args(arguments);
    launch::become_program(command)
}
