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

/// Runs a command with nothing to read: a step that asks a question would wait for ever.
pub(super) fn check(command: &mut Command) -> Result<Outcome> {
    show(command.stdin(Stdio::null())).map(|()| Outcome::Passed)
}

/// The end-to-end tests start programs of packages that they can't depend on. With the tests, since cargo would otherwise
/// choose other features for some dependencies, and build those, and all that needs them, once more for the tests.
pub(super) fn build_programs(workspace: &Workspace) -> Result<Outcome> {
    check(&mut workspace.cargo(["build", "--locked", "--workspace", "--bins", "--tests"]))
}
