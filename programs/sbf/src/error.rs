//! Errors between the sources of the program and its binary.

use std::{fmt, io, path::PathBuf};

/// Why there is no program binary. Every text says what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {error}{}", path.display(), next_line(&error.to_string()))]
    Io {
        /// The action, as in "cannot *read* FILE".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// A file of the workspace is malformed.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The program id is not the base58 text of 32 bytes.
    #[error(
        "the program id `{text}` of {origin} is not an address: {reason}; it takes the base58 text of 32 bytes"
    )]
    ProgramId {
        /// The text as found.
        text: String,
        /// The variable or file that it came from.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The program depends on a package that has no checksum in `Cargo.lock`.
    #[error(
        "the program depends on `{0}`, which is not a registry package: the source digest does not cover it, \
         so a stale binary would be taken; depend on a published version"
    )]
    UncoveredDependency(String),
    /// Neither `XDG_CACHE_HOME` nor `HOME` names a folder for the toolchain.
    #[error("there is no cache folder: set HOME or XDG_CACHE_HOME to an absolute path")]
    NoCacheFolder,
    /// `GENERION_SBF_TOOLCHAIN` names no toolchain.
    #[error(
        "GENERION_SBF_TOOLCHAIN is `{0}`; it takes `platform-tools` or `registry`, or leave it unset"
    )]
    UnknownToolchain(String),
    /// `GENERION_PROGRAM_BUILD` has an unknown value.
    #[error("GENERION_PROGRAM_BUILD is `{0}`; it takes `fresh`, or leave it unset")]
    UnknownBuild(String),
    /// The one compiler version that the registry toolchain is made for is not installed.
    #[error(
        "the SBF toolchain needs rustc 1.95.0, and {found}; run `rustup toolchain install 1.95.0`, \
         or install Solana's platform-tools so that `cargo build-sbf` is on the PATH"
    )]
    NoRustc {
        /// The compilers that are installed.
        found: String,
    },
    /// A step of the toolchain's set-up failed. The unfinished toolchain is removed.
    #[error(
        "setting up the SBF toolchain failed at the step `{step}`: {reason}\n{}", remedy(reason).unwrap_or(advice))]
    Setup {
        /// The step's name, as the set-up logs it.
        step: &'static str,
        /// The command that failed, and the end of its output.
        reason: String,
        /// What the step needs.
        advice: &'static str,
    },
    /// The compiler or linker refused the program.
    #[error("building the program failed: {reason}{}", next_line(reason))]
    Build {
        /// The command that failed.
        reason: String,
    },
    /// A source file changed during the build.
    #[error("the program's sources changed while they were being built; run the command again")]
    SourcesChanged,
    /// The register has no digest for the binary of a deployment.
    #[error(
        "no digest is recorded for program {program_id} built with {toolchain}: build it twice and record it with \
         `cargo xtask build-program --record`, and commit {}", file.display())]
    NotRecorded {
        /// The id that the binary was built for.
        program_id: String,
        /// What built it.
        toolchain: String,
        /// The file of the records.
        file: PathBuf,
    },
    /// The binary differs from the one in the register.
    #[error(
        "the binary of program {program_id} built with {toolchain} has sha256 {found}, and {recorded} is recorded: \
         find out why they differ; if the sources changed, record the new one with \
         `cargo xtask build-program --record`, and commit {}", file.display())]
    DigestDiffers {
        /// The id that the binary was built for.
        program_id: String,
        /// What built it.
        toolchain: String,
        /// The digest that it should have.
        recorded: String,
        /// The digest that it has.
        found: String,
        /// The file of the records.
        file: PathBuf,
    },
    /// Two builds of the same sources differ.
    #[error(
        "the build is not reproducible: {first} has sha256 {first_sha256}, {second} has {second_sha256}"
    )]
    NotReproducible {
        /// The first binary.
        first: String,
        /// Its digest.
        first_sha256: String,
        /// The second binary.
        second: String,
        /// Its digest.
        second_sha256: String,
    },
}

/// `Result` with this crate's error.
pub type Result<T> = std::result::Result<T, Error>;

/// Names the path in an I/O error.
pub(crate) fn io_error(
    action: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |error| Error::Io {
        action,
        path,
        error,
    }
}

/// Advice for the two causes that any step can have.
fn remedy(reason: &str) -> Option<&'static str> {
    if reason.contains("No space left on device") {
        Some("The disk is full: free some space, the toolchain takes 1 GB while it is being made.")
    } else if reason.contains("Permission denied") {
        Some(
            "Run it as a user who may write there, or set XDG_CACHE_HOME and CARGO_TARGET_DIR to folders that you own.",
        )
    } else {
        None
    }
}

/// The same, as a further line of a message.
fn next_line(reason: &str) -> String {
    remedy(reason)
        .map(|text| format!("\n{text}"))
        .unwrap_or_default()
}

/// A command as a user would type it, for messages.
pub(crate) struct CommandLine<'a>(pub &'a std::process::Command);

impl fmt::Display for CommandLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}", self.0.get_program().to_string_lossy())?;
        for argument in self.0.get_args() {
            write!(f, " {}", argument.to_string_lossy())?;
        }
        f.write_str("`")
    }
}
