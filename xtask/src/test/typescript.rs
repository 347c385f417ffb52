//! The step `typescript`: the packages of `client` from an empty `node_modules` to their last test.

use std::process::Command;

use anyhow::{Context, Result};

use super::outcome::{Outcome, build_programs, check};
use crate::{
    system::{self, TYPESCRIPT},
    workspace::Workspace,
};

/// Checks and tests the client.
pub fn run(workspace: &Workspace) -> Result<Outcome> {
    system::ensure(workspace, TYPESCRIPT)?;
    // Its tests start a ledger and a store, and let the Rust client take the other side.
    build_programs(workspace)?;
    let programs = workspace.target()?.join("debug");
    let npm = |arguments: &[&str]| -> Command {
        let mut npm = workspace.command("npm");
        npm.current_dir(workspace.root().join("client"))
            .arg("--silent")
            .args(arguments)
            .env("GENERION_PROGRAMS", &programs);
        npm
    };
    check(&mut npm(&["ci", "--prefer-offline"])).context(
        "the packages of client could not be installed: npm needs its registry once, and has them in its cache then",
    )?;
    check(&mut npm(&["run", "licenses"]))?;
    check(&mut npm(&["run", "generate", "-w", "ts", "--", "--check"]))?;
    check(&mut npm(&["run", "lint", "-w", "ts"]))?;
    check(&mut npm(&["test", "-w", "ts"]))?;
    check(&mut npm(&["run", "lint", "-w", "web"]))?;
    check(&mut npm(&["run", "check", "-w", "web"]))?;
    check(&mut npm(&["test", "-w", "web"]))
}
