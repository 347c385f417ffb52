//! `cargo xtask vectors`: known answers for other implementations. That they are current is a test of `generion-spec`.

use std::process::Stdio;

use anyhow::Result;

use crate::{
    idl::spec,
    workspace::{Workspace, headline, progress, show},
};

/// Writes `programs/generion/vectors`.
pub fn run(workspace: &Workspace) -> Result<()> {
    headline("make known answers");
    let folder = workspace.root().join("programs/generion/vectors");
    show(
        spec(workspace)
            .arg("vectors")
            .arg(&folder)
            .stdin(Stdio::null()),
    )?;
    progress(&format!("{}", folder.display()));
    Ok(())
}
