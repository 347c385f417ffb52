//! The description of the gateway's API.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// The committed description.
const COMMITTED: &str = "docs/gateway/openapi.json";

/// Checks that the committed description is what the gateway prints.
pub fn check(workspace: &Workspace) -> Result<()> {
    let printed = workspace
        .cargo(["run", "--quiet", "--workspace", "--bin", "generion-gateway"])
        .arg("openapi")
        .output()
        .context("can't run cargo")?;
    if !printed.status.success() {
        bail!(
            "`generion-gateway openapi` fails: {}",
            String::from_utf8_lossy(&printed.stderr)
        );
    }
    let committed = fs::read(workspace.root().join(COMMITTED))
        .with_context(|| format!("can't read {COMMITTED}"))?;
    if committed != printed.stdout {
        bail!(
            "{COMMITTED} is not current: run `cargo run --workspace --bin generion-gateway openapi > {COMMITTED}`, then \
             `npm run generate` in client/ts, and commit the results"
        );
    }
    Ok(())
}
