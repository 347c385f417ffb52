//! `cargo xtask bench-import`: builds what is measured with the release profile, and imports a made-up export.

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
    let programs = [
        "generion-e2e",
        "generion-cli",
        "generion-store",
        "generion-localnet",
        "generion-gateway",
    ];
    launch::build(workspace, &programs, true)?;

    let release = workspace.target()?.join("release");
    let mut command = workspace.command(release.join("import-bench"));
    command.env("GENERION_PROGRAMS", &release).args(arguments);
    launch::become_program(command)
}
