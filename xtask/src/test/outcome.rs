//! How a step ends, and what several steps do.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::workspace::{Workspace, show};

/// The end of a step that did not fail.
pub enum Outcome {
    /// It passed.
    Passed,
    /// It can't be run here, for this reason.
    Skipped(&'static str),
}

/// Runs a command without standard input: a command that asks a question would wait for ever.
pub(super) fn check(command: &mut Command) -> Result<Outcome> {
    show(command.stdin(Stdio::null())).map(|()| Outcome::Passed)
}

/// Builds all programs, which the end-to-end tests start. It builds the tests with them: otherwise cargo would choose
/// other features for some dependencies, and build them and their dependents again for the tests.
pub(super) fn build_programs(workspace: &Workspace) -> Result<Outcome> {
    check(&mut workspace.cargo(["build", "--locked", "--workspace", "--bins", "--tests"]))
}
