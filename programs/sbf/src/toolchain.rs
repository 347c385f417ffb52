//! Which toolchain builds the program, and the trusted copies of the one made from packages.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{
    command::run,
    context::Context,
    error::{Error, Result, io_error},
    recipe,
    rustc::Rustc,
    setup,
    toolchain_info::{ToolchainInfo, short_digest},
};

/// The file that a complete registry toolchain has, written last.
pub(crate) const RECORD: &str = "toolchain.json";

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
    let same_host = fs::read_link(folder.join(recipe::HOST)).ok()? == rustc.sysroot;
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
