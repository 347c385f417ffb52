//! A workspace in a temporary folder, with programs that stand in for the compiler and for apt.

mod digest;
mod ensure;
mod register;
mod reproduce;
mod set_up;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Context, ProgramArtifact, ProgramId, ToolchainInfo, artifact, digest::source_digest};

pub(crate) const OTHER_ID: &str = "GeneRion22222222222222222222222222222222222";

const WORKSPACE: &str = r#"
[workspace]
resolver = "3"
members = ["programs/generion", "client"]
[workspace.package]
edition = "2024"
[workspace.dependencies]
framework = { version = "2", features = ["small"] }
clap = "4"
[profile.dev]
debug = 0
[profile.release]
opt-level = 3
"#;

const MANIFEST: &str = r#"
[package]
name = "generion"
version = "0.1.0"
[dependencies]
framework.workspace = true
[target.'cfg(unix)'.dependencies]
"#;

const LOCK: &str = r#"
version = 4
[[package]]
name = "generion"
version = "0.1.0"
dependencies = ["framework"]
[[package]]
name = "framework"
version = "2.0.0"
source = "registry+test"
checksum = "f0"
dependencies = ["hash 1.0.0"]
[[package]]
name = "hash"
version = "1.0.0"
source = "registry+test"
checksum = "a1"
[[package]]
name = "hash"
version = "2.0.0"
source = "registry+test"
checksum = "a2"
[[package]]
name = "client"
version = "0.1.0"
dependencies = ["hash 2.0.0"]
"#;

pub(crate) struct Fixture {
    pub context: Context,
    folder: TempDir,
}

impl Fixture {
    /// A workspace, and no program to run but what a test adds.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("workspace");
        let context = Context {
            target: root.join("target/generion"),
            cache: Some(folder.path().join("cache/generion")),
            path: folder.path().join("bin").into(),
            program_id: None,
            toolchain: None,
            fresh: false,
            root,
        };
        let fixture = Self { context, folder };
        fixture.write("Cargo.toml", WORKSPACE);
        fixture.write("Cargo.lock", LOCK);
        fixture.write("programs/generion/Cargo.toml", MANIFEST);
        fixture.write(
            "programs/generion/program-id.txt",
            "GeneRion11111111111111111111111111111111111\n",
        );
        fixture.write("programs/generion/src/lib.rs", "mod state;");
        fixture.write("programs/generion/src/state.rs", "//! State.");
        fixture
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.context.root.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let file = self.file(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Replaces a piece of text that has to be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replacen(from, to, 1));
    }

    /// Puts a shell script on the path. It can run what it names by its whole path.
    pub fn program(&self, name: &str, script: &str) {
        let bin = self.folder.path().join("bin");
        let text = self.folder.path().join("script");
        fs::create_dir_all(&bin).unwrap();
        fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
        // Another process writes what will be executed: a test that starts a program just then would inherit our
        // handle on the file, and the file would count as busy.
        let install = Command::new("install")
            .arg("-m755")
            .arg(&text)
            .arg(bin.join(name))
            .status()
            .unwrap();
        assert!(install.success());
    }

    /// A platform-tools compiler whose binary says for which id it is; it notes each build in the file `builds`, and
    /// runs `also` before it writes the binary, which ends with what that puts into `more`.
    pub fn compiler(&self, also: &str) {
        let builds = self.folder.path().join("builds");
        self.program(
            "cargo-build-sbf",
            &format!(
                r#"[ "$1" = --version ] && {{ printf 'cargo-build-sbf 4\nplatform-tools v1\nrustc 1\n'; exit; }}
while [ $# -gt 0 ]; do [ "$1" = --sbf-out-dir ] && out=$2; shift; done
echo "${{GENERION_PROGRAM_ID-default}}" >> '{}'
{also}
/bin/mkdir -p "$out"; echo "binary for ${{GENERION_PROGRAM_ID-default}}$more" > "$out/generion.so""#,
                builds.display()
            ),
        );
    }

    /// The id of each build so far.
    pub fn builds(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("builds")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn digest(&self) -> crate::Result<String> {
        source_digest(&self.context, &self.context.program_id()?)
    }

    /// Commits a binary of the present sources.
    pub fn commit(&self) -> ProgramArtifact {
        let id = self.context.program_id().unwrap();
        self.store(&self.context.committed(), b"committed", &id)
    }

    pub fn store(&self, folder: &Path, bytes: &[u8], id: &ProgramId) -> ProgramArtifact {
        let toolchain = ToolchainInfo::new("registry", ["rustc", "llvm", "linker"], ["test"]);
        artifact::ProgramArtifact::store(folder, bytes, id, &self.digest().unwrap(), &toolchain)
            .unwrap()
    }
}
