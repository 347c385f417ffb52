//! `cargo xtask package-debian`: the Debian packages of the servers (packaging/README.md).

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    system, tool,
    workspace::{Workspace, headline, progress, show},
};

/// The version of cargo-deb that is installed.
const CARGO_DEB: &str = "3.8.0";

/// The crates with a package. Each has one program of the same name, and the metadata for cargo-deb in its manifest.
const PACKAGES: [&str; 3] = ["generion-store", "generion-gateway", "generion-signer"];

/// Options of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Make only these packages
    #[arg(value_name = "PACKAGE", value_parser = PACKAGES)]
    packages: Vec<String>,
    /// Cargo profile to build the programs with
    #[arg(long, default_value = "server")]
    profile: String,
    /// Folder for the packages [default: `debian` in the target folder]
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

/// Builds the programs and packs them.
pub fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    let Arguments {
        packages,
        profile,
        output,
    } = arguments;
    let packages = match packages.is_empty() {
        true => PACKAGES.map(str::to_owned).to_vec(),
        false => packages,
    };
    system::ensure(workspace, system::PACKAGING)?;
    let cargo_deb = tool::installed(workspace, "cargo-deb", CARGO_DEB)?;
    let output = match output {
        Some(folder) => folder,
        None => workspace.target()?.join("debian"),
    };
    fs::create_dir_all(&output).with_context(|| format!("cannot make {}", output.display()))?;
    let output = output
        .canonicalize()
        .with_context(|| format!("cannot find {}", output.display()))?;

    headline("build the programs");
    let mut build = workspace.cargo(["build", "--workspace", "--locked", "--profile", &profile]);
    build.args(packages.iter().flat_map(|package| ["--bin", package]));
    show(&mut build)?;

    headline("make the packages");
    for package in &packages {
        let mut deb = workspace.command(&cargo_deb);
        deb.args([
            "deb",
            "--quiet",
            "--no-build",
            "--locked",
            "--package",
            package,
        ])
        .args(["--profile", &profile, "--output"])
        .arg(&output);
        show(&mut deb)?;
    }
    progress(&format!("the packages are in {}", output.display()));
    Ok(())
}
