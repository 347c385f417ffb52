//! Whether the same sources give the same binary in another folder, and whether the committed binary is theirs.

use std::{fs, path::Path};

use crate::{
    artifact::ProgramArtifact,
    context::Context,
    error::{Error, Result, io_error},
    program::build,
};

/// How a new build compares with the committed binary.
#[derive(Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Byte for byte the same.
    Same,
    /// It was built from these sources with another toolchain: which, and which this one is. Nobody can tell whether it
    /// is theirs; what is tested has to be this build.
    OtherToolchain(String),
    /// There is none of this id and these sources: the reason.
    None(String),
}

/// Builds in the workspace and in a copy of it elsewhere, with a target folder of its own, and compares the binaries.
/// Then compares with the committed binary, if that says that it was built from the same with the same toolchain.
pub fn verify_reproducible(
    root: &Path,
    log: &mut dyn FnMut(&str),
) -> Result<(ProgramArtifact, Comparison)> {
    verify_in(&Context::from_env(root)?, log)
}

pub(crate) fn verify_in(
    context: &Context,
    log: &mut dyn FnMut(&str),
) -> Result<(ProgramArtifact, Comparison)> {
    let here = build(context, log)?;

    let elsewhere =
        tempfile::tempdir().map_err(io_error("make a folder in", std::env::temp_dir()))?;
    let copy = elsewhere.path().join("copy");
    copy_workspace(&context.root, &copy)?;
    let other = Context {
        root: copy,
        target: elsewhere.path().join("target"),
        ..context.clone()
    };
    let there = build(&other, log)?;
    compare(
        "the build in the workspace",
        &here,
        "the one in a copy of it",
        &there.manifest.sha256,
    )?;

    let committed = match ProgramArtifact::load(
        &context.committed(),
        &here.program_id,
        &here.manifest.source_digest,
    ) {
        Err(reason) => Comparison::None(reason.to_string()),
        Ok(committed) if committed.manifest.toolchain != here.manifest.toolchain => {
            Comparison::OtherToolchain(format!(
                "it was built with {}, this is {}",
                committed.manifest.toolchain, here.manifest.toolchain
            ))
        }
        Ok(committed) => {
            compare(
                "this build",
                &here,
                "the committed binary",
                &committed.manifest.sha256,
            )?;
            Comparison::Same
        }
    };
    Ok((here, committed))
}

fn compare(first: &str, artifact: &ProgramArtifact, second: &str, sha256: &str) -> Result<()> {
    if artifact.manifest.sha256 == sha256 {
        return Ok(());
    }
    Err(Error::NotReproducible {
        first: first.to_owned(),
        first_sha256: artifact.manifest.sha256.clone(),
        second: second.to_owned(),
        second_sha256: sha256.to_owned(),
    })
}

/// Copies what cargo needs to see the workspace: every member, since it reads all their manifests.
fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(io_error("make", to))?;
    for entry in fs::read_dir(from).map_err(io_error("list", from))? {
        let entry = entry.map_err(io_error("list", from))?;
        let (name, source) = (entry.file_name(), entry.path());
        let kind = entry.file_type().map_err(io_error("read", &source))?;
        if kind.is_dir()
            && !["target", ".git", "node_modules", "artifacts"]
                .iter()
                .any(|skipped| name == *skipped)
        {
            copy_workspace(&source, &to.join(&name))?;
        } else if kind.is_file() {
            fs::copy(&source, to.join(&name)).map_err(io_error("copy", &source))?;
        }
    }
    Ok(())
}
