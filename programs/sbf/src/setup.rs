//! Makes the registry toolchain: rustc 1.95's own LLVM bitcode, linked by `sbpf-linker` with Debian's libLLVM 23.
//!
//! rustc can't emit SBPF itself. It compiles for the target `bpf` with a standard library that is built from patched
//! sources. The linker's newer LLVM turns the bitcode of the whole program into an SBPF v3 shared object.

use std::{
    env::consts::ARCH,
    fs, io,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use crate::{
    apt::{Apt, Package},
    cargo,
    command::run,
    context::Context,
    error::{Error, Result},
    recipe::{self, HOST, LINKER_VERSION},
    rustc::{RELEASE, Rustc},
    toolchain_info::ToolchainInfo,
};

/// Makes the toolchain in the empty folder `home`. `version` is the version of the recipe.
pub(crate) fn set_up(
    context: &Context,
    rustc: &Rustc,
    version: &str,
    home: &Path,
    log: &mut dyn FnMut(&str),
) -> Result<ToolchainInfo> {
    let mut step = Step { log };
    step.run("platform", "On other machines install Solana's platform-tools: `cargo build-sbf` is used then.", || {
        if ARCH != "x86_64" {
            return Err(format!("the packages are for x86_64 and this machine is {ARCH}"));
        }
        for program in ["apt-get", "dpkg-deb", "patch"] {
            if !context.has_program(program) {
                return Err(format!("there is no `{program}` on the PATH, it takes Debian with the package patch"));
            }
        }
        Ok(())
    })?;

    let network = "It needs this machine's Debian mirror: check the network, the proxy, and that `apt-get update` works.";
    let apt = step.run("package lists", network, || {
        Apt::open(context, home.join("apt"))
    })?;
    let llvm = step.run("LLVM 23", network, || llvm(&apt, context, home))?;
    let source = step.run("rust-src", network, || rust_src(&apt, context, rustc, home))?;
    let layout = "The toolchain's files are not as expected; report this with the text above.";
    step.run("sysroot", layout, || sysroot(context, rustc, home))?;
    let crates = "It needs cargo's registry: check the network and the proxy.";
    step.run("sbpf-linker", crates, || linker(context, home))?;
    step.run("compiler builtins", crates, || builtins(context, home))?;
    step.run("tidying up", layout, || {
        ["apt", "work"]
            .iter()
            .try_for_each(|name| fs::remove_dir_all(home.join(name)).map_err(at(home)))
    })?;

    let llvm = format!("{} {}", llvm.name, llvm.version);
    let linker = format!("sbpf-linker {LINKER_VERSION}");
    Ok(ToolchainInfo::new(
        "registry",
        [&rustc.version, &llvm, &linker],
        [version, &llvm, &source],
    ))
}

/// Runs named steps.
struct Step<'a> {
    log: &'a mut dyn FnMut(&str),
}

impl Step<'_> {
    fn run<T>(
        &mut self,
        step: &'static str,
        advice: &'static str,
        work: impl FnOnce() -> std::result::Result<T, String>,
    ) -> Result<T> {
        (self.log)(&format!("SBF toolchain: {step}"));
        work().map_err(|reason| Error::Setup {
            step,
            reason,
            advice,
        })
    }
}

type StepResult<T> = std::result::Result<T, String>;

fn at(path: &Path) -> impl FnOnce(io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

/// Copies libLLVM and every library that it needs, including the C library and the loader, into a folder of their own.
fn llvm(apt: &Apt, context: &Context, home: &Path) -> StepResult<Package> {
    let mut packages = apt.fetch("libllvm23")?;
    for package in &packages {
        run(context
            .command("dpkg-deb")
            .arg("-x")
            .arg(&package.file)
            .arg(home.join("debian")))?;
    }
    let libraries = home.join("debian/usr/lib/x86_64-linux-gnu");
    let library = fs::read_dir(&libraries)
        .map_err(at(&libraries))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find(|name| name.starts_with("libLLVM.so.23"))
        .ok_or_else(|| format!("{} has no libLLVM.so.23", libraries.display()))?;
    // The linker loads the first `libLLVM*` in its library path, so it gets a folder that contains only this one.
    let folder = home.join("llvm");
    fs::create_dir(&folder).map_err(at(&folder))?;
    symlink(
        Path::new("../debian/usr/lib/x86_64-linux-gnu").join(library),
        folder.join("libLLVM.so"),
    )
    .map_err(at(&folder))?;
    let share = home.join("debian/usr/share");
    fs::remove_dir_all(&share).map_err(at(&share))?;
    let llvm = packages
        .iter()
        .position(|package| package.name == "libllvm23");
    llvm.map(|index| packages.swap_remove(index))
        .ok_or_else(|| "apt-get downloaded no libllvm23".to_owned())
}

/// Copies the sources of the standard library, from the first source that has them. Returns the name of that source.
fn rust_src(apt: &Apt, context: &Context, rustc: &Rustc, home: &Path) -> StepResult<String> {
    let work = home.join("work");
    let target = home.join("sysroot/lib/rustlib/src/rust");
    fs::create_dir_all(&target).map_err(at(&target))?;
    let library = target.join("library");

    let component = rustc.sysroot.join("lib/rustlib/src/rust/library");
    if component.is_dir() {
        run(context
            .command("cp")
            .arg("-r")
            .arg(&component)
            .arg(&library))?;
        return Ok(format!("rust-src component {RELEASE}"));
    }
    let packages = apt.fetch(&format!("rust-src={RELEASE}*")).map_err(|reason| {
        format!("{reason}\nDebian's suites may have moved on from {RELEASE}; `rustup component add rust-src` serves as well.")
    })?;
    let package = packages.first().ok_or("apt-get downloaded no rust-src")?;
    run(context
        .command("dpkg-deb")
        .arg("-x")
        .arg(&package.file)
        .arg(&work))?;
    fs::rename(
        work.join(format!("usr/src/rustc-{RELEASE}/library")),
        &library,
    )
    .map_err(at(&library))?;
    Ok(format!("{} {}", package.name, package.version))
}

/// A sysroot with the patched sources, and with the compiler's own libraries for build scripts and procedural macros.
fn sysroot(context: &Context, rustc: &Rustc, home: &Path) -> StepResult<()> {
    let rustlib = home.join("sysroot/lib/rustlib");
    patch(context, &rustlib.join("src/rust"), recipe::RUST_SRC_PATCH)?;
    symlink(&rustc.sysroot, home.join(HOST)).map_err(at(home))?;
    let libraries = Path::new("../../..")
        .join(HOST)
        .join("lib/rustlib")
        .join(&rustc.host);
    symlink(libraries, rustlib.join(&rustc.host)).map_err(at(&rustlib))?;
    for (name, text, mode) in [
        ("rustc", recipe::RUSTC, 0o755),
        ("sbpf-linker", recipe::LINKER, 0o755),
        (cargo::TARGET, recipe::TARGET, 0o644),
        (cargo::BUILTINS_SHIM, recipe::BUILTINS_SHIM, 0o644),
    ] {
        let file = home.join(name);
        fs::write(&file, text).map_err(at(&file))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).map_err(at(&file))?;
    }
    Ok(())
}

fn linker(context: &Context, home: &Path) -> StepResult<()> {
    let mut install = cargo::cargo(context, home);
    install
        .args([
            "install",
            "--quiet",
            "--locked",
            "--version",
            LINKER_VERSION,
            "--root",
        ])
        .arg(home.join("linker"));
    run(install
        .arg("sbpf-linker")
        .env("CARGO_TARGET_DIR", home.join("work/linker"))
        // The linker spends its time in LLVM, so optimizing it would only make its build longer.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"))?;
    // Shows that the loader, the libraries and LLVM fit together.
    run(context.command(home.join("sbpf-linker")).arg("--version")).map(drop)
}

/// The functions that LLVM calls for operations without an SBPF instruction, as bitcode.
fn builtins(context: &Context, home: &Path) -> StepResult<()> {
    let fetch = home.join("work/fetch");
    let files = [
        ("Cargo.toml", recipe::BUILTINS_MANIFEST),
        ("Cargo.lock", recipe::BUILTINS_LOCK),
        ("src/lib.rs", ""),
    ];
    fs::create_dir_all(fetch.join("src")).map_err(at(&fetch))?;
    for (name, text) in files {
        fs::write(fetch.join(name), text).map_err(at(&fetch))?;
    }
    run(cargo::cargo(context, home)
        .current_dir(&fetch)
        .args(["vendor", "--quiet", "--locked", "vendor"]))?;
    let sources = fetch.join("vendor/solana-compiler-builtins");
    patch(context, &sources, recipe::BUILTINS_PATCH)?;
    // Otherwise cargo would look for a workspace, and find the crate that fetched this one.
    let manifest = sources.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(at(&manifest))? + "\n[workspace]\n";
    fs::write(&manifest, text).map_err(at(&manifest))?;

    let mut emit = std::ffi::OsString::from("--emit=llvm-bc=");
    emit.push(home.join(cargo::BUILTINS));
    let mut build = cargo::cargo_for_sbf(context, home, &sources, &home.join("work/builtins"), &[]);
    build.args(["--quiet", "-Zbuild-std=core", "--"]).arg(emit);
    run(build.args([
        "-Ccodegen-units=1",
        "-Coverflow-checks=off",
        "-Copt-level=3",
    ]))
    .map(drop)
}

fn patch(context: &Context, folder: &Path, patch: &str) -> StepResult<()> {
    let file: PathBuf = folder.join("generion.patch");
    fs::write(&file, patch).map_err(at(&file))?;
    run(context
        .command("patch")
        .args(["--silent", "--strip=1", "--input"])
        .arg(&file)
        .current_dir(folder))?;
    fs::remove_file(&file).map_err(at(&file))
}
