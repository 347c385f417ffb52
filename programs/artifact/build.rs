//! Finds or builds the program's binary, and passes its path to the crate.

use std::{env, fs, path::Path, process::ExitCode};

use anyhow::Context;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            eprintln!(
                "`cargo xtask build-program` makes the program's binary and shows its progress"
            );
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let folder = env::var("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?;
    let root = Path::new(&folder)
        .ancestors()
        .nth(2)
        .context("this crate is in programs/artifact of the workspace")?;
    for variable in [generion_sbf::ID_VARIABLE, generion_sbf::BUILD_VARIABLE] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for input in generion_sbf::inputs(root)? {
        println!("cargo::rerun-if-changed={}", input.display());
    }

    let mut reason = None;
    let artifact = generion_sbf::ensure_program(root, &mut |line| {
        // Cargo shows it if the script fails.
        eprintln!("{line}");
        reason.get_or_insert_with(|| line.to_owned());
    })?;
    if let Some(reason) = reason {
        println!(
            "cargo::warning={reason}: built {}",
            artifact.binary.display()
        );
    }

    // A copy, so that the embedded file can't change while the compiler reads it.
    let binary = Path::new(&env::var("OUT_DIR").context("cargo sets OUT_DIR")?).join("generion.so");
    fs::copy(&artifact.binary, &binary)
        .with_context(|| format!("cannot copy the program to {}", binary.display()))?;
    println!(
        "cargo::rustc-env=GENERION_ARTIFACT_BINARY={}",
        binary.display()
    );
    println!(
        "cargo::rustc-env=GENERION_ARTIFACT_ID={}",
        artifact.program_id
    );
    println!(
        "cargo::rustc-env=GENERION_ARTIFACT_SHA256={}",
        artifact.manifest.sha256
    );
    Ok(())
}
