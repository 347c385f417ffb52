//! Where a build happens: the workspace and what the environment says about the build.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::without_outer_cargo,
    error::{Error, Result, io_error},
    id::{ID_FILE, ID_VARIABLE, ProgramId},
};

/// The program's package name.
pub(crate) const PACKAGE: &str = "generion";

/// Set to `fresh`, passes by the committed binary: what is loaded is built here, with the toolchain that is here.
pub const BUILD_VARIABLE: &str = "GENERION_PROGRAM_BUILD";

/// Chooses a toolchain by name where both could be used.
const TOOLCHAIN_VARIABLE: &str = "GENERION_SBF_TOOLCHAIN";

/// The workspace, the folders to write to and the build inputs from the environment, read once.
#[derive(Clone, Debug)]
pub struct Context {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// What is built here: `$CARGO_TARGET_DIR/generion` or `target/generion`.
    pub(crate) target: PathBuf,
    /// What is made once per user, shared by checkouts: `$XDG_CACHE_HOME/generion` or `~/.cache/generion`.
    pub(crate) cache: Option<PathBuf>,
    /// Where programs are looked up.
    pub(crate) path: OsString,
    /// `GENERION_PROGRAM_ID`, when set and not empty.
    pub(crate) program_id: Option<String>,
    /// `GENERION_SBF_TOOLCHAIN`, when set and not empty.
    pub(crate) toolchain: Option<String>,
    /// Whether `GENERION_PROGRAM_BUILD` is `fresh`.
    pub(crate) fresh: bool,
}

impl Context {
    /// Reads the environment for the workspace in `root`.
    pub fn from_env(root: &Path) -> Result<Self> {
        let root = root
            .canonicalize()
            .map_err(io_error("open the workspace", root))?;
        let text = |name| {
            env::var(name)
                .ok()
                .filter(|value: &String| !value.is_empty())
        };
        let absolute = |name| {
            env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let target = root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
        Ok(Self {
            target: target.join("generion"),
            cache: absolute("XDG_CACHE_HOME")
                .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
                .map(|cache| cache.join("generion")),
            path: env::var_os("PATH").unwrap_or_default(),
            program_id: text(ID_VARIABLE),
            toolchain: text(TOOLCHAIN_VARIABLE),
            fresh: match text(BUILD_VARIABLE).as_deref() {
                None => false,
                Some("fresh") => true,
                Some(other) => return Err(Error::UnknownBuild(other.to_owned())),
            },
            root,
        })
    }

    /// The folder of the program's crate.
    pub(crate) fn program(&self) -> PathBuf {
        self.root.join("programs/generion")
    }

    /// The folder of the committed binary.
    pub fn committed(&self) -> PathBuf {
        self.program().join("artifacts")
    }

    /// The folder of what was built here for `id`.
    pub(crate) fn built(&self, id: &ProgramId) -> PathBuf {
        self.target.join(id.as_str())
    }

    /// The user's cache folder of this project, made if need be.
    pub fn cache(&self) -> Result<&Path> {
        let cache = self.cache.as_deref().ok_or(Error::NoCacheFolder)?;
        std::fs::create_dir_all(cache).map_err(io_error("make the cache folder", cache))?;
        Ok(cache)
    }

    /// The id that the program is built for.
    pub fn program_id(&self) -> Result<ProgramId> {
        match &self.program_id {
            Some(id) => ProgramId::parse(id, ID_VARIABLE),
            None => self.default_program_id(),
        }
    }

    /// The committed id.
    pub(crate) fn default_program_id(&self) -> Result<ProgramId> {
        let file = self.program().join(ID_FILE);
        let text = std::fs::read_to_string(&file).map_err(io_error("read", &file))?;
        ProgramId::parse(text.trim_ascii(), &file.display().to_string())
    }

    /// A command found on this context's path, free of what an outer cargo left in the environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        without_outer_cargo(&mut command).env("PATH", &self.path);
        command
    }

    /// Whether a program of this name can be run.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        env::split_paths(&self.path).any(|folder| folder.join(name).is_file())
    }

    /// Which toolchain `GENERION_SBF_TOOLCHAIN` and the path ask for.
    pub(crate) fn wants_platform_tools(&self) -> Result<bool> {
        match self.toolchain.as_deref() {
            None => Ok(self.has_program("cargo-build-sbf")),
            Some("platform-tools") => Ok(true),
            Some("registry") => Ok(false),
            Some(other) => Err(Error::UnknownToolchain(other.to_owned())),
        }
    }
}
