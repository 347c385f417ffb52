//! Which toolchain builds the program, and the trusted copies of the one made from packages.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Context, Result,
    command::run,
    error::Error,
    error::io_error,
    rustc::{RELEASE, Rustc},
    setup,
};

/// What the registry toolchain is made with. Its version is the digest over all of it.
pub(crate) mod recipe {
    /// Teaches the standard library the target `solana`.
    pub const RUST_SRC_PATCH: &str = include_str!("../toolchain/rust-src.patch");
    /// Renames the 128-bit builtins to what [`BUILTINS_SHIM`] calls, and adds those that are missing.
    pub const BUILTINS_PATCH: &str = include_str!("../toolchain/builtins.patch");
    /// The 128-bit builtins under the calling convention of LLVM 23.
    pub const BUILTINS_SHIM: &str = include_str!("../toolchain/builtins.ll");
    /// A manifest that depends on the builtins' sources.
    pub const BUILTINS_MANIFEST: &str = include_str!("../toolchain/builtins.toml");
    /// Its lock file, with the sources' checksum.
    pub const BUILTINS_LOCK: &str = include_str!("../toolchain/builtins.lock");
    /// The target specification.
    pub const TARGET: &str = include_str!("../toolchain/sbpf-solana.json");
    /// Starts rustc with the toolchain's sysroot.
    pub const RUSTC: &str = include_str!("../toolchain/rustc.sh");
    /// Starts the linker with its own libraries.
    pub const LINKER: &str = include_str!("../toolchain/sbpf-linker.sh");
    /// The steps of the set-up: counted up when they come to make something else.
    pub const REVISION: &str = "1";

    /// All of them.
    pub const ALL: [&str; 11] = [
        RUST_SRC_PATCH,
        BUILTINS_PATCH,
        BUILTINS_SHIM,
        BUILTINS_MANIFEST,
        BUILTINS_LOCK,
        TARGET,
        RUSTC,
        LINKER,
        super::setup::LINKER_VERSION,
        super::RELEASE,
        REVISION,
    ];
}

/// The file that a complete registry toolchain has, written last.
pub(crate) const RECORD: &str = "toolchain.json";

/// What a binary was built with, as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolchainInfo {
    /// `registry` or `platform-tools`.
    pub kind: String,
    /// The compiler.
    pub rustc: String,
    /// Where LLVM came from.
    pub llvm: String,
    /// The linker.
    pub linker: String,
    /// Tells toolchains of one kind apart: a digest over the recipe and the packages that it was made from.
    pub id: String,
}

impl std::fmt::Display for ToolchainInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.kind, self.id, self.llvm)
    }
}

impl ToolchainInfo {
    /// Describes a toolchain; `parts` are what tells it from others.
    pub(crate) fn new<'a>(
        kind: &str,
        [rustc, llvm, linker]: [&str; 3],
        parts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let [kind, rustc, llvm, linker] = [kind, rustc, llvm, linker].map(str::to_owned);
        Self {
            kind,
            rustc,
            llvm,
            linker,
            id: short_digest(parts),
        }
    }
}

/// A toolchain that is ready to build.
pub(crate) enum Toolchain {
    /// Anza's, behind `cargo build-sbf`.
    PlatformTools(ToolchainInfo),
    /// Ours, in this folder.
    Registry(PathBuf, ToolchainInfo),
}

impl Toolchain {
    /// Platform-tools where they are installed, otherwise the registry toolchain, which is made if need be.
    pub fn open(context: &Context, log: &mut dyn FnMut(&str)) -> Result<Self> {
        if context.wants_platform_tools()? {
            let version = run(context.command("cargo-build-sbf").arg("--version"))
                .map_err(|reason| Error::Build { reason })?;
            let line = |name| {
                version
                    .lines()
                    .find(|line| line.contains(name))
                    .unwrap_or("unknown")
                    .trim()
            };
            let tools = line("platform-tools");
            let info = ToolchainInfo::new(
                "platform-tools",
                [line("rustc"), tools, tools],
                [version.as_str()],
            );
            return Ok(Self::PlatformTools(info));
        }
        let rustc = Rustc::find(context)?;
        let cache = context.cache()?;
        let folder = Self::folder(context, &rustc)?;

        // One process makes it, the others wait for that one. The lock goes with the process that holds it.
        let lock = cache.join("sbf-toolchain.lock");
        let lock_file = File::create(&lock).map_err(io_error("make", &lock))?;
        if let Err(TryLockError::WouldBlock) = lock_file.try_lock() {
            log("waiting for another process that sets up the SBF toolchain");
        }
        lock_file.lock().map_err(io_error("lock", &lock))?;

        let info = match trusted(&folder, &rustc) {
            Some(info) => info,
            None => {
                discard_leftovers(cache, &folder)?;
                let staging = tempfile::Builder::new()
                    .prefix(STAGING)
                    .tempdir_in(cache)
                    .map_err(io_error("make a folder in", cache))?;
                let info = setup::set_up(
                    context,
                    &rustc,
                    &recipe_version(&rustc),
                    staging.path(),
                    log,
                )?;
                let record = staging.path().join(RECORD);
                let write = || fs::write(&record, serde_json::to_vec_pretty(&info)?);
                write().map_err(io_error("write", &record))?;
                // Everything is on the disk before the name says that it is complete.
                run(context.command("sync").arg("-f").arg(&record)).map_err(|reason| {
                    Error::Setup {
                        step: "flush to disk",
                        reason,
                        advice: "Check the disk of the cache folder.",
                    }
                })?;
                fs::rename(staging.keep(), &folder)
                    .map_err(io_error("rename the finished toolchain to", &folder))?;
                info
            }
        };
        Ok(Self::Registry(folder, info))
    }

    /// Where the registry toolchain for this compiler is, or would be.
    pub fn folder(context: &Context, rustc: &Rustc) -> Result<PathBuf> {
        Ok(context
            .cache()?
            .join(format!("sbf-toolchain-{}", recipe_version(rustc))))
    }

    /// What a manifest says of it.
    pub fn info(&self) -> &ToolchainInfo {
        match self {
            Self::PlatformTools(info) | Self::Registry(_, info) => info,
        }
    }
}

/// The folders of set-ups under way.
pub(crate) const STAGING: &str = "sbf-toolchain.tmp-";

/// A complete toolchain that still belongs to this compiler's installation.
fn trusted(folder: &Path, rustc: &Rustc) -> Option<ToolchainInfo> {
    let record = fs::read(folder.join(RECORD)).ok()?;
    let same_host = fs::read_link(folder.join(setup::HOST)).ok()? == rustc.sysroot;
    serde_json::from_slice(&record).ok().filter(|_| same_host)
}

/// Removes what interrupted set-ups left, and an unusable toolchain of this name. Needs the lock.
fn discard_leftovers(cache: &Path, folder: &Path) -> Result<()> {
    for entry in fs::read_dir(cache)
        .map_err(io_error("list", cache))?
        .flatten()
    {
        if entry.path() == folder || entry.file_name().to_string_lossy().starts_with(STAGING) {
            fs::remove_dir_all(entry.path()).map_err(io_error("remove", entry.path()))?;
        }
    }
    Ok(())
}

/// What two equal set-ups share, but for the packages' versions.
fn recipe_version(rustc: &Rustc) -> String {
    short_digest(recipe::ALL.into_iter().chain([rustc.commit.as_str()]))
}

/// The first 16 hex digits of a digest over texts.
fn short_digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())[..16].to_owned()
}
