//! Tools from the package registry, which cargo builds when they are needed first.

use std::{path::PathBuf, process::Stdio};

use anyhow::Result;

use crate::workspace::{Workspace, progress, show};

/// Builds a tool instead of optimizing it. These tools run for seconds, and their authors' profiles link for minutes.
const QUICK_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

/// The program of a package, in the cache folder. It is installed if it is not there in that version.
pub fn installed(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    installed_binary(workspace, package, package, version)
}

/// As [`installed`], for one of the programs of a package that has several.
pub fn installed_binary(
    workspace: &Workspace,
    package: &str,
    binary: &str,
    version: &str,
) -> Result<PathBuf> {
    let tools = workspace.cache()?.join("tools");
    let program = tools.join("bin").join(binary);
    // Cargo names the subcommand to its programs, and some of them tell nothing without it.
    let subcommand = binary.strip_prefix("cargo-");
    let mut version_of = workspace.command(&program);
    let present = version_of.args(subcommand).arg("--version").output();
    let present = present.is_ok_and(|output| {
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        words.split_whitespace().any(|word| word == version)
    });
    if !present {
        progress(&format!("installing {binary} into the cache folder"));
        let mut install = workspace.cargo(["install", "--quiet", "--locked", "--version", version]);
        install
            .arg(package)
            .args(["--bin", binary])
            .arg("--root")
            .arg(&tools)
            // In a folder of its own, which cargo removes: ours would keep a release build of it.
            .env_remove("CARGO_TARGET_DIR")
            .envs(QUICK_BUILD)
            .stdin(Stdio::null());
        show(&mut install)?;
    }
    Ok(program)
}
