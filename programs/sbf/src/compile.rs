//! Compiling the program with a ready toolchain.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cargo::{BUILTINS, BUILTINS_SHIM, cargo_for_sbf, without_flags},
    command::run_visibly,
    context::{Context, PACKAGE},
    error::{Error, Result, io_error},
    id::{ID_VARIABLE, ProgramId},
    toolchain::Toolchain,
};

/// What the linker and its LLVM are told. A call frame is 4 KiB; instructions that SBPF has not are switched off.
pub(crate) const LINKER_ARGUMENTS: [&str; 8] = [
    "--arch=v3",
    "--llvm-args=--bpf-stack-size=4096",
    "--llvm-args=--disable-movsx",
    "--llvm-args=--disable-ldsx",
    "--llvm-args=--disable-bswap",
    "--llvm-args=--bpf-min-jump-table-entries=4294967295",
    "--export=entrypoint,custom_panic,SECURITY_TXT",
    "--deploy=false",
];

/// Builds the program and returns where the shared object is. `digest` is that of its sources.
pub(crate) fn compile(
    context: &Context,
    toolchain: &Toolchain,
    id: &ProgramId,
    digest: &str,
) -> Result<PathBuf> {
    let (mut command, binary) = match toolchain {
        Toolchain::PlatformTools(_) => platform_tools(context),
        Toolchain::Registry(home, _) => registry(context, home, digest),
    };
    // The committed id comes from the program's own file: a variable that says the same would only be another input.
    command.env_remove(ID_VARIABLE);
    if *id != context.default_program_id()? {
        command.env(ID_VARIABLE, id.as_str());
    }
    // What an earlier build left must not pass for this one's result.
    match fs::remove_file(&binary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error("remove", &binary)(error))
        }
        _ => Ok(()),
    }?;
    run_visibly(&mut command).map_err(|reason| Error::Build { reason })?;
    Ok(binary)
}

fn platform_tools(context: &Context) -> (Command, PathBuf) {
    let folder = context.target.join("platform-tools");
    let manifest = context.program().join("Cargo.toml");
    let command = cargo_build_sbf(context, &context.root, &folder, &manifest);
    (command, folder.join("deploy").join(format!("{PACKAGE}.so")))
}

/// `cargo build-sbf` of one package of the workspace in `sources`.
fn cargo_build_sbf(context: &Context, sources: &Path, target: &Path, manifest: &Path) -> Command {
    let mut command = context.command("cargo-build-sbf");
    without_flags(&mut command)
        .env("CARGO_TARGET_DIR", target)
        .current_dir(sources);
    command
        .args(["--arch", "v3", "--manifest-path"])
        .arg(manifest);
    command.arg("--sbf-out-dir").arg(target.join("deploy"));
    // Their compiler is older than the workspace's `rust-version`, which is about the host's crates.
    command.args(["--", "--locked", "--ignore-rust-version"]);
    command
}

fn registry(context: &Context, home: &Path, digest: &str) -> (Command, PathBuf) {
    let folder = context.target.join("sbf");
    let mut command = cargo_rustc_sbf(context, home, &context.root, &folder, PACKAGE);
    // Cargo goes by modification times: a restored file, or a second checkout with the same target folder, would pass
    // for unchanged. An argument that no code reads makes it go by the digest.
    command
        .arg("--")
        .arg(format!("--cfg=source_digest=\"{digest}\""));
    (
        command,
        folder.join(format!("sbpf-solana/release/lib{PACKAGE}.so")),
    )
}

/// `cargo rustc` with all arguments that a program takes, for one package of the workspace in `sources`.
fn cargo_rustc_sbf(
    context: &Context,
    home: &Path,
    sources: &Path,
    target: &Path,
    package: &str,
) -> Command {
    let mut link_arguments: Vec<String> = LINKER_ARGUMENTS.map(str::to_owned).to_vec();
    link_arguments
        .extend([BUILTINS, BUILTINS_SHIM].map(|file| home.join(file).display().to_string()));
    let mut command = cargo_for_sbf(context, home, sources, target, &link_arguments);
    command.args([
        "--locked",
        "--package",
        package,
        "--lib",
        "-Zbuild-std=std,panic_abort",
    ]);
    // As a `lib` beside the `cdylib`, cargo would leave link-time optimisation out.
    command.args([
        "-Zbuild-std-features=optimize_for_size",
        "--crate-type",
        "cdylib",
    ]);
    command
}

/// Builds a program of another workspace with the toolchain and the flags of this one's, and returns where the shared
/// object is. `package` is also the name of its folder in that workspace.
pub(crate) fn compile_other(
    context: &Context,
    toolchain: &Toolchain,
    workspace: &Path,
    package: &str,
) -> Result<PathBuf> {
    let library = package.replace('-', "_");
    let (mut command, binary) = match toolchain {
        Toolchain::PlatformTools(_) => {
            let target = context.target.join("others-platform-tools");
            let manifest = workspace.join(package).join("Cargo.toml");
            let command = cargo_build_sbf(context, workspace, &target, &manifest);
            (command, target.join("deploy").join(format!("{library}.so")))
        }
        Toolchain::Registry(home, _) => {
            let target = context.target.join("others-sbf");
            let command = cargo_rustc_sbf(context, home, workspace, &target, package);
            let binary = target.join(format!("sbpf-solana/release/lib{library}.so"));
            (command, binary)
        }
    };
    command.env_remove(ID_VARIABLE);
    run_visibly(&mut command).map_err(|reason| Error::Build { reason })?;
    Ok(binary)
}
