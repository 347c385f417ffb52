//! How the registry toolchain's cargo is called: for this machine's own programs, and for SBF.

use std::{path::Path, process::Command};

use crate::{context::Context, recipe::HOST};

/// The target specification, in the toolchain's folder. Its stem is the target's name.
pub(crate) const TARGET: &str = "sbpf-solana.json";
/// The compiler builtins in the toolchain's folder.
pub(crate) const BUILTINS: &str = "builtins.bc";
/// What gives some of them another calling convention.
pub(crate) const BUILTINS_SHIM: &str = "builtins.ll";

/// The toolchain's cargo and compiler, for this machine's own programs.
pub(crate) fn cargo(context: &Context, home: &Path) -> Command {
    let mut command = context.command(home.join(HOST).join("bin/cargo"));
    without_flags(&mut command).env("RUSTC", home.join(HOST).join("bin/rustc"));
    command
}

/// `cargo rustc --release` for SBF in the folder `sources`, which every machine calls the same, as it does `target`.
pub(crate) fn cargo_for_sbf(
    context: &Context,
    home: &Path,
    sources: &Path,
    target: &Path,
    link_arguments: &[String],
) -> Command {
    let mut flags = vec![
        format!("-Clinker={}", home.join("sbpf-linker").display()),
        "-Crelocation-model=static".to_owned(),
        "-Ctarget-cpu=v4".to_owned(),
        "-Ctarget-feature=+allows-misaligned-mem-access".to_owned(),
        "-Cpasses=lower-atomic".to_owned(),
        format!("--remap-path-prefix={}=/generion", sources.display()),
        format!("--remap-path-prefix={}=/target", target.display()),
    ];
    flags.extend(
        link_arguments
            .iter()
            .map(|argument| format!("-Clink-arg={argument}")),
    );
    let mut command = cargo(context, home);
    command
        .args(["rustc", "--release", "-Zjson-target-spec", "--target"])
        .arg(home.join(TARGET))
        .current_dir(sources)
        .env("RUSTC", home.join("rustc"))
        // `build-std` and target files are for nightly compilers, of which this stable one is the equal here.
        .env("RUSTC_BOOTSTRAP", "1")
        // Separated by what no path has, unlike `RUSTFLAGS`.
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", target);
    command
}

/// Keeps a user's own flags and wrappers, meant for host programs, out of a build that has to be the same everywhere.
pub(crate) fn without_flags(command: &mut Command) -> &mut Command {
    for name in [
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC_BOOTSTRAP",
        "CARGO_TARGET_DIR",
    ] {
        command.env_remove(name);
    }
    // Empty means none, also against a configuration file.
    command
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
}
