//! From the sources of the on-chain program to a binary that is never stale.
//!
//! * [`ensure_program`] returns a current binary: the committed one if it was built from the present sources, an earlier
//!   build of this machine, or a new build. It writes to the target and cache folders only.
//! * [`build_program`] always builds and, for the committed program id, renews the committed binary.
//! * [`verify_reproducible`] builds in a second folder and compares.
//!
//! If Solana's platform-tools are installed, `cargo build-sbf` builds the program. Otherwise this crate makes a toolchain
//! from Debian's packages and crates alone, once per user, in the cache folder (`toolchain/` has its patches); it needs
//! x86_64 Debian and rustc 1.95.0. `GENERION_SBF_TOOLCHAIN` (`platform-tools` or `registry`) chooses a toolchain by name,
//! `GENERION_PROGRAM_ID` builds for another program id, and `GENERION_PROGRAM_BUILD=fresh` ignores the committed binary.

mod apt;
mod artifact;
mod cargo;
mod command;
mod compile;
mod context;
mod digest;
mod error;
mod id;
mod program;
mod recipe;
mod register;
mod reproduce;
mod rustc;
mod setup;
#[cfg(test)]
mod tests;
mod toolchain;
mod toolchain_info;

pub use artifact::{Manifest, ProgramArtifact};
pub use command::without_outer_cargo;
pub use context::{BUILD_VARIABLE, Context};
pub use error::{Error, Result};
pub use id::{ID_VARIABLE, ProgramId};
pub use program::{
    build_other, build_program, committed_is_current, ensure_program, ensure_program_for, inputs,
};
pub use register::Register;
pub use reproduce::{Comparison, verify_reproducible};
pub use toolchain_info::ToolchainInfo;
