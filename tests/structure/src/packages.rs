//! The packages of a workspace, from their manifests.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// A package of the workspace.
pub(crate) struct Package {
    pub name: String,
    /// Relative to the workspace.
    pub manifest: PathBuf,
    /// The names of packages that it is built with, development dependencies left out.
    pub dependencies: Vec<String>,
    /// The library and the programs.
    pub targets: Vec<Target>,
}

/// A library or a program.
pub(crate) struct Target {
    /// Its `lib.rs` or `main.rs`.
    pub root: PathBuf,
    /// Whether the order of modules that is declared for the package is this target's: the library's, or the program's
    /// where there is no library.
    pub is_layered: bool,
}

/// The part of `cargo metadata` that is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<PackageMetadata>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<DependencyMetadata>,
    targets: Vec<TargetMetadata>,
}

#[derive(Deserialize)]
struct DependencyMetadata {
    name: String,
    /// `dev`, `build`, or nothing.
    kind: Option<String>,
}

#[derive(Deserialize)]
struct TargetMetadata {
    kind: Vec<String>,
    src_path: PathBuf,
}

impl TargetMetadata {
    fn is_library(&self) -> bool {
        let mut kinds = self.kind.iter();
        kinds.any(|kind| matches!(&kind[..], "lib" | "cdylib" | "proc-macro"))
    }

    fn is_program(&self) -> bool {
        self.kind == ["bin"]
    }
}

/// Reads the packages of the workspace in `root`.
pub(crate) fn read(root: &Path) -> Result<Vec<Package>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root)
        .output()
        .context("cannot run cargo metadata")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo metadata failed: {error}");
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cargo metadata printed something else")?;
    let packages = metadata.packages.into_iter();
    packages.map(|package| package_of(root, package)).collect()
}

fn package_of(root: &Path, package: PackageMetadata) -> Result<Package> {
    let has_library = package.targets.iter().any(TargetMetadata::is_library);
    let targets = package.targets.into_iter();
    let targets = targets.filter(|target| target.is_library() || target.is_program());
    let dependencies = package.dependencies.into_iter();
    let dependencies = dependencies.filter(|one| one.kind.as_deref() != Some("dev"));
    Ok(Package {
        name: package.name,
        manifest: package.manifest_path.strip_prefix(root)?.to_owned(),
        dependencies: dependencies.map(|dependency| dependency.name).collect(),
        targets: targets
            .map(|target| Target {
                is_layered: target.is_library() || !has_library,
                root: target.src_path,
            })
            .collect(),
    })
}
