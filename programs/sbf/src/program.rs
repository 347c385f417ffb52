//! Loading and building the program.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use crate::{
    artifact::{Distrust, Manifest, ProgramArtifact},
    compile,
    context::Context,
    digest,
    error::{Error, Result, io_error},
    toolchain::Toolchain,
};

/// Returns the program of the workspace in `root`, built from the present sources for the id that the environment names.
/// `log` gets a line for each step that takes time.
pub fn ensure_program(root: &Path, log: &mut dyn FnMut(&str)) -> Result<ProgramArtifact> {
    ensure(&Context::from_env(root)?, log)
}

/// As [`ensure_program`], for a given program id in base58 instead of the environment's.
pub fn ensure_program_for(
    root: &Path,
    id: Option<&str>,
    log: &mut dyn FnMut(&str),
) -> Result<ProgramArtifact> {
    let mut context = Context::from_env(root)?;
    if let Some(id) = id {
        context.program_id = Some(id.to_owned());
    }
    ensure(&context, log)
}

/// Builds the program of the workspace in `root`, even if there is a current binary. The result for the committed id replaces the
/// committed binary; one for another id goes to `target/generion/ID/`.
pub fn build_program(root: &Path, log: &mut dyn FnMut(&str)) -> Result<ProgramArtifact> {
    build_in(&Context::from_env(root)?, log)
}

pub(crate) fn build_in(context: &Context, log: &mut dyn FnMut(&str)) -> Result<ProgramArtifact> {
    let built = build(context, log)?;
    if built.program_id != context.default_program_id()? {
        return Ok(built);
    }
    let bytes = fs::read(&built.binary).map_err(io_error("read", &built.binary))?;
    let Manifest {
        source_digest,
        toolchain,
        ..
    } = &built.manifest;
    ProgramArtifact::store(
        &context.committed(),
        &bytes,
        &built.program_id,
        source_digest,
        toolchain,
    )
}

/// Builds a program of another workspace with the toolchain and the flags of the one in `root`, so that the two can be
/// compared, and returns where its shared object is. `package` is also the name of its folder in `workspace`.
pub fn build_other(
    root: &Path,
    workspace: &Path,
    package: &str,
    log: &mut dyn FnMut(&str),
) -> Result<PathBuf> {
    let context = Context::from_env(root)?;
    let toolchain = Toolchain::open(&context, log)?;
    log(&format!("building {package}"));
    compile::compile_other(&context, &toolchain, workspace, package)
}

/// Whether the committed binary was built from the present sources. `Err` holds the reason if it was not.
pub fn committed_is_current(root: &Path) -> Result<std::result::Result<(), String>> {
    let context = Context::from_env(root)?;
    let id = context.default_program_id()?;
    let digest = digest::source_digest(&context, &id)?;
    Ok(ProgramArtifact::load(&context.committed(), &id, &digest)
        .map(drop)
        .map_err(|reason| reason.to_string()))
}

/// The files and folders that decide what [`ensure_program`] returns, for a build script's `rerun-if-changed`.
pub fn inputs(root: &Path) -> Result<Vec<PathBuf>> {
    let context = Context::from_env(root)?;
    Ok(digest::inputs(&context)
        .into_iter()
        .chain([context.committed()])
        .collect())
}

pub(crate) fn ensure(context: &Context, log: &mut dyn FnMut(&str)) -> Result<ProgramArtifact> {
    let id = context.program_id()?;
    let digest = digest::source_digest(context, &id)?;
    match ProgramArtifact::load(&context.committed(), &id, &digest) {
        Ok(_) if context.fresh => {}
        Ok(artifact) => return Ok(artifact),
        // Another id's binary is never the committed one.
        Err(_) if id != context.default_program_id()? => {}
        Err(Distrust::Stale) => log("the committed program binary is of other sources than these"),
        Err(reason) => log(&format!(
            "the committed program binary is not used: {reason}"
        )),
    }
    match ProgramArtifact::load(&context.built(&id), &id, &digest) {
        Ok(artifact) => Ok(artifact),
        Err(_) => build(context, log),
    }
}

/// Builds into the target folder.
pub(crate) fn build(context: &Context, log: &mut dyn FnMut(&str)) -> Result<ProgramArtifact> {
    let id = context.program_id()?;
    let toolchain = Toolchain::open(context, log)?;
    fs::create_dir_all(&context.target).map_err(io_error("make", &context.target))?;
    // Two builds at the same time would mix up their results.
    let lock = context.target.join("build.lock");
    let lock_file = File::create(&lock).map_err(io_error("make", &lock))?;
    lock_file.lock().map_err(io_error("lock", &lock))?;

    let digest = digest::source_digest(context, &id)?;
    log(&format!(
        "building the program with {} ({})",
        toolchain.info().kind,
        toolchain.info().llvm
    ));
    let binary = compile::compile(context, &toolchain, &id, &digest)?;
    let bytes = fs::read(&binary).map_err(io_error("read the built program", &binary))?;
    if digest != digest::source_digest(context, &id)? {
        return Err(Error::SourcesChanged);
    }
    ProgramArtifact::store(&context.built(&id), &bytes, &id, &digest, toolchain.info())
}
