//! The workspace that the commands work on, and the programs that they start.

use std::{
    cell::Cell,
    io::IsTerminal,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// The workspace of this checkout.
pub struct Workspace {
    root: PathBuf,
    fresh_program: Cell<bool>,
}

impl Workspace {
    /// Finds the workspace that this program was built from.
    pub fn open() -> Result<Self> {
        // At run time the variable names the present checkout; the one at compile time may have moved since.
        let folder =
            std::env::var_os("CARGO_MANIFEST_DIR").context("run it as `cargo xtask COMMAND`")?;
        let root = Path::new(&folder)
            .parent()
            .context("xtask is a folder of the workspace")?;
        Ok(Self {
            root: root.to_owned(),
            fresh_program: Cell::new(false),
        })
    }

    /// From now on, builds and tests use the program as this machine's toolchain builds it, instead of the committed
    /// binary.
    pub fn use_fresh_program(&self) {
        self.fresh_program.set(true);
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A command that runs a program in the workspace, without the variables that an outer cargo set.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        generion_sbf::without_outer_cargo(&mut command).current_dir(&self.root);
        if self.fresh_program.get() {
            command.env(generion_sbf::BUILD_VARIABLE, "fresh");
        }
        command
    }

    /// A `cargo` command with these arguments.
    pub fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.command("cargo");
        // The program is a `cdylib`, and cargo gives the library of such a crate one file name for all sets of
        // features: the demo's build and the tests' would overwrite each other's, and the next one fail with E0460.
        // rustc's own build uses this variable to keep them apart.
        command
            .env("__CARGO_DEFAULT_LIB_METADATA", "generion")
            .args(arguments);
        command
    }

    /// The folder that cargo builds into.
    pub fn target(&self) -> Result<PathBuf> {
        let output = self
            .cargo(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start cargo")?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("`cargo metadata` gave no answer")?;
        let folder = metadata["target_directory"]
            .as_str()
            .context("`cargo metadata` names no target_directory")?;
        Ok(folder.into())
    }

    /// The user's cache folder of this project.
    pub fn cache(&self) -> Result<PathBuf> {
        Ok(generion_sbf::Context::from_env(&self.root)?
            .cache()?
            .to_owned())
    }
}

/// Runs a command that shows its own output.
pub fn show(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Whether a command succeeds, without its output.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A command as a user would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Prints a headline for the next step.
pub fn headline(text: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("\n\x1b[1m== {text}\x1b[0m");
    } else {
        eprintln!("\n== {text}");
    }
}

/// Prints a line of progress.
pub fn progress(text: &str) {
    eprintln!("   {text}");
}
