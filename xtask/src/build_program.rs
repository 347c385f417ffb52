//! `cargo xtask build-program`: the program's binary, for the id that the environment asks for.

use anyhow::Result;
use generion_sbf::{Comparison, ProgramArtifact, Register};

use crate::{
    system::{self, PROGRAM_BUILD},
    workspace::{Workspace, headline, progress},
};

/// The program to build, and the checks.
#[derive(clap::Args)]
pub struct Arguments {
    /// Build here and in a copy elsewhere, compare the two and the committed binary, and change nothing
    #[arg(long)]
    verify_reproducible: bool,
    /// Build here and in a copy elsewhere, compare the two, and record the digest in deployments/digests.json: what
    /// `cargo xtask deploy` holds a binary to
    #[arg(long, conflicts_with = "verify_reproducible")]
    record: bool,
}

/// Builds the program.
pub fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    system::ensure(workspace, PROGRAM_BUILD)?;
    if arguments.verify_reproducible {
        return verify(workspace).map(drop);
    }
    headline("build the program");
    if arguments.record {
        return record(workspace);
    }
    let artifact = generion_sbf::build_program(workspace.root(), &mut progress)?;
    describe(&artifact);
    Ok(())
}

/// Builds twice and compares.
pub fn verify(workspace: &Workspace) -> Result<Comparison> {
    let (artifact, committed) = generion_sbf::verify_reproducible(workspace.root(), &mut progress)?;
    describe(&artifact);
    match &committed {
        Comparison::Same => {
            progress("the same bytes from two folders, and in the committed binary")
        }
        Comparison::OtherToolchain(reason) | Comparison::None(reason) => progress(&format!(
            "the same bytes from two folders; not compared with the committed binary: {reason}"
        )),
    }
    Ok(committed)
}

fn record(workspace: &Workspace) -> Result<()> {
    let (artifact, _) = generion_sbf::verify_reproducible(workspace.root(), &mut progress)?;
    describe(&artifact);
    let mut register = Register::open(workspace.root())?;
    let file = register.record(&artifact.manifest)?;
    progress(&format!("recorded in {}: commit it", file.display()));
    Ok(())
}

fn describe(
    ProgramArtifact {
        binary, manifest, ..
    }: &ProgramArtifact,
) {
    progress(&format!("{}, {} bytes", binary.display(), manifest.size));
    progress(&format!(
        "for {}, sha256 {}",
        manifest.program_id, manifest.sha256
    ));
    progress(&format!(
        "{}, {}, {}",
        manifest.toolchain.rustc, manifest.toolchain.llvm, manifest.toolchain.linker
    ));
}
