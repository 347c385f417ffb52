//! `cargo xtask bench-store`: builds what is measured with the release profile, and measures it.

use anyhow::Result;

use crate::{
    launch::{self, Arguments},
    system::{self, WORKSPACE},
    workspace::{Workspace, headline},
};

/// Runs the benchmark. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    headline("build the programs");
    launch::build(workspace, &["generion-bench", "generion-store"], true)?;

    let release = workspace.target()?.join("release");
    let mut command = workspace.command(release.join("generion-bench"));
    command.arg("--store").arg(release.join("generion-store"));
    command.args(arguments);
    launch::become_program(command)
}
