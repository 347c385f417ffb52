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
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
}

/// What a package depends on.
pub(crate) struct Dependency {
    /// The package's name.
    pub package: String,
    /// The name in the manifest.
    pub name: String,
    pub kind: Kind,
}

/// What something is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The library and the programs.
    Product,
    /// Tests, benchmarks and examples.
    Test,
    /// The build script.
    Build,
}

/// What cargo builds of a package.
pub(crate) struct Target {
    pub kind: Kind,
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
    /// The name in the manifest, where it is not the package's.
    rename: Option<String>,
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

    fn kind(&self) -> Kind {
        match &self.kind[..] {
            [kind] if kind == "custom-build" => Kind::Build,
            [kind] if matches!(&kind[..], "test" | "bench" | "example") => Kind::Test,
            _ => Kind::Product,
        }
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
    let dependencies = package.dependencies.into_iter();
    let dependencies = dependencies.map(|dependency| Dependency {
        name: dependency.rename.unwrap_or_else(|| dependency.name.clone()),
        package: dependency.name,
        kind: match dependency.kind.as_deref() {
            Some("dev") => Kind::Test,
            Some("build") => Kind::Build,
            _ => Kind::Product,
        },
    });
    let targets = package.targets.into_iter();
    let targets = targets.map(|target| Target {
        kind: target.kind(),
        is_layered: target.is_library() || (!has_library && target.kind() == Kind::Product),
        root: target.src_path,
    });
    Ok(Package {
        name: package.name,
        manifest: package.manifest_path.strip_prefix(root)?.to_owned(),
        dependencies: dependencies.collect(),
        targets: targets.collect(),
    })
}
